"""What the doctor finds on real databases and servers, and that it says how to mend it without a secret."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, text, update

from tests.conftest import BASE
from tests.factories import make_feed, make_link, make_organisation, make_user
from tests.peers.google import Google
from tests.peers.smtp import MailServer
from tests.peers.web import WebServer
from tests.services.test_booking import NINE, ask
from tests.test_key_commands import restarted, run
from website import clock, create_app, locales
from website.config import Config
from website.doctor import CHECKS, FAIL, OK, WARN, examine
from website.doctor import database as database_checks
from website.extensions import db
from website.models import Booking, BookingHost, Claim, Message
from website.models.message import FAILED
from website.services.booking import book
from website.services.transaction import in_transaction
from website.services.worker_sign import sign

SECRET = "hunter2-and-a-long-secret-key"


@pytest.fixture
def at_work(world: Flask) -> Flask:
    """A site in order: an organisation, a worker, and a booking that is to come."""
    make_organisation()
    link = make_link("personal", hosts=[make_user("Ana")])
    db.session.commit()
    book(link, ask(NINE), now=NINE - timedelta(days=1))
    in_transaction(lambda: sign("host:1", clock.now()))
    return world


def found(app: Flask, name: str) -> tuple[str, str]:
    """What one check says of a site."""
    with app.app_context():
        finding = examine(clock.now())[name]
    return finding.level, finding.sentence


def site(config: Config, **settings: Any) -> Flask:
    return restarted(config, **settings)


@pytest.mark.both_engines
def test_a_site_in_order_has_nothing_that_fails(at_work: Flask) -> None:
    status, said = run(at_work, "doctor", "--json")
    checks = json.loads(said)["checks"]
    assert [check["check"] for check in checks] == list(CHECKS)
    assert [check for check in checks if check["level"] == FAIL] == []
    assert (status, json.loads(said)["ok"]) == (0, True)
    status, said = run(at_work, "doctor")
    assert (status, len(said.splitlines())) == (0, len(CHECKS))
    for name in ("database", "migrations", "bookings", "worker", "stored secrets", "time zones"):
        assert f"ok    {name} " in said


@pytest.mark.both_engines
def test_a_database_without_tables_is_told_how_to_get_them(
    request: pytest.FixtureRequest, engine: str, tmp_path: Path
) -> None:
    sqlite = engine.startswith("sqlite")
    url = f"sqlite:///{tmp_path}/new.db" if sqlite else request.getfixturevalue("postgres").new_database()
    empty = create_app(replace(BASE, database_url=url))
    status, said = run(empty, "doctor")
    assert status == 1
    assert "FAIL  migrations      The database has no tables yet. Run `flask --app wsgi db upgrade`" in said
    assert "Traceback" not in said
    with empty.app_context():
        db.engine.dispose()


@pytest.mark.both_engines
def test_a_database_of_another_release_is_told(app: Flask) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    level, sentence = found(app, "migrations")
    assert (level, "another release (0001)" in sentence) == (FAIL, True)


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/site.db", f"postgresql+psycopg://u:{SECRET}@127.0.0.1:1/x"]
)
def test_a_database_that_is_not_there_fails_without_giving_the_password_away(url: str) -> None:
    status, said = run(create_app(replace(BASE, database_url=url)), "doctor")
    assert status == 1
    assert "FAIL  database        The database does not take what is written: " in said
    assert "Is DATABASE_URL right?" in said
    assert SECRET not in said


def test_a_database_that_cannot_be_written_fails(app: Flask, config: Config) -> None:
    with app.app_context():
        db.session.execute(text("SELECT 1"))
    path = config.database_url.removeprefix("sqlite:///")
    locked = create_app(replace(config, database_url=f"sqlite:///file:{path}?mode=ro&uri=true"))
    assert found(locked, "database")[0] == FAIL


def test_a_postgresql_that_forgets_is_warned_of(request: pytest.FixtureRequest) -> None:
    postgres, template = (request.getfixturevalue(name) for name in ("postgres", "postgres_template"))
    app = create_app(replace(BASE, database_url=postgres.new_database(template)))
    level, sentence = found(app, "engine")
    assert (level, "fsync=off" in sentence, "synchronous_commit=off" in sentence) == (WARN, True, True)
    with app.app_context():
        db.engine.dispose()


def test_sqlite_on_a_full_disk_or_over_the_network_is_warned_of(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(app, "engine")[0] == OK
    monkeypatch.setattr(database_checks, "LITTLE", 2**60)
    assert found(app, "engine")[0] == WARN
    monkeypatch.setattr(database_checks, "HARDLY_ANY", 2**60)
    assert "are free" in found(app, "engine")[1]
    here = database_checks._filesystem(Path(app.instance_path))
    monkeypatch.setattr(database_checks, "OVER_THE_NETWORK", (here,))
    level, sentence = found(app, "engine")
    assert (level, "SQLite needs a local disk" in sentence) == (FAIL, True)


def test_a_damaged_file_is_found(app: Flask, config: Config) -> None:
    with app.app_context():
        db.session.execute(text("PRAGMA writable_schema=ON"))
        db.session.execute(
            text("UPDATE sqlite_master SET rootpage = 99999 WHERE name = 'ix_message_state_due_at'")
        )
        db.session.commit()
        db.engine.dispose()
    assert found(create_app(config), "engine")[0] == FAIL


HTTPS = "https://meet.acme.example"


@pytest.mark.parametrize(
    ("check", "settings", "level", "words"),
    [
        ("base address", {"base_url": "http://127.0.0.1:8000"}, WARN, "BASE_URL is not set"),
        ("base address", {"base_url": "http://localhost"}, WARN, "nobody else"),
        ("base address", {"base_url": "http://meet.acme.example"}, FAIL, "https://"),
        ("base address", {"base_url": HTTPS}, OK, ""),
        ("demo", {"base_url": HTTPS, "demo": True}, FAIL, "Take DEMO out"),
        ("demo", {"base_url": "http://localhost", "demo": True}, WARN, "anybody"),
        ("demo", {"base_url": HTTPS, "demo": False}, OK, ""),
        ("proxies", {"base_url": HTTPS, "trusted_proxies": 0}, WARN, "Set it to the number of proxies"),
        ("proxies", {"base_url": HTTPS, "trusted_proxies": 1}, OK, ""),
        ("proxies", {"base_url": "http://localhost", "trusted_proxies": 1}, WARN, "Set it to 0"),
        ("rate limits", {"base_url": HTTPS}, WARN, "RATELIMIT_STORAGE_URL=redis://"),
        ("mail server", {"smtp_url": ""}, WARN, "/outbox"),
        ("mail server", {"smtp_url": "smtp://127.0.0.1:1"}, FAIL, "does not answer"),
        ("mail server", {"smtp_url": "smtps://127.0.0.1:1"}, FAIL, "does not answer"),
        ("sign-in", {"base_url": HTTPS, "demo": False}, FAIL, "Nobody can sign in"),
        ("sign-in", {"demo": True}, WARN, "Nobody can sign in"),
        ("sign-in", {"google_client_id": "x", "google_client_secret": "y"}, FAIL, "Google does not answer"),
    ],
)
def test_settings_are_weighed(
    config: Config, app: Flask, check: str, settings: dict[str, Any], level: str, words: str
) -> None:
    said = found(site(config, **settings), check)
    assert (said[0], words in said[1]) == (level, True), said


def test_a_key_that_the_machine_made_is_no_key_for_the_world(
    config: Config, app: Flask, tmp_path: Path
) -> None:
    for base, level in (("http://localhost", WARN), (HTTPS, FAIL)):
        kept = site(config, base_url=base)
        kept.instance_path = str(tmp_path)
        (tmp_path / "secret.key").write_text(config.secret_key + "\n")
        assert found(kept, "secret key")[0] == level
        (tmp_path / "secret.key").write_text("another")
        assert found(kept, "secret key")[0] == OK


@pytest.fixture
def mails() -> Iterator[MailServer]:
    server = MailServer(login=("ana", SECRET))
    yield server
    server.stop()


def test_the_mail_server_is_spoken_with_and_gets_no_mail(
    config: Config, app: Flask, mails: MailServer
) -> None:
    right = site(config, smtp_url=mails.url(f"ana:{SECRET}"))
    assert found(right, "mail server") == (OK, "The mail server answers and lets us sign in.")
    level, sentence = found(site(config, smtp_url=mails.url(f"ana:wrong-{SECRET}")), "mail server")
    assert (level, "refuses the user and password" in sentence, SECRET in sentence) == (FAIL, True, False)
    assert mails.taken == []


def test_a_mail_server_without_a_login_does_not_want_one(config: Config, app: Flask) -> None:
    server = MailServer()
    try:
        assert found(site(config, smtp_url=server.url()), "mail server")[0] == OK
        assert found(site(config, smtp_url=server.url("ana:x")), "mail server")[0] == FAIL
    finally:
        server.stop()


def test_google_is_asked_whether_it_answers(config: Config, app: Flask, google: Google) -> None:
    settings = {
        "google_client_id": "x",
        "google_client_secret": "y",
        "google_metadata_url": google.metadata_url,
    }
    assert found(site(config, **settings), "sign-in") == (OK, "Google answers.")


@pytest.mark.both_engines
def test_a_worker_that_is_missing_or_late_is_told(at_work: Flask) -> None:
    assert found(at_work, "worker")[0] == OK
    in_transaction(lambda: sign("host:1", clock.now() - timedelta(minutes=3)))
    level, sentence = found(at_work, "worker")
    assert (level, "No worker was seen since 3 min" in sentence) == (FAIL, True)
    in_transaction(lambda: sign("host:1", clock.now()))
    add_message(due_at=clock.now() - timedelta(minutes=10))
    level, sentence = found(at_work, "worker")
    assert (level, "due for 10 min" in sentence) == (FAIL, True)


def add_message(**values: Any) -> None:
    now = clock.now()
    db.session.add(Message(key="k", channel="email", kind="k", created_at=now, **{"due_at": now} | values))
    db.session.commit()


def test_what_failed_is_counted(at_work: Flask) -> None:
    assert found(at_work, "outbox")[0] == OK
    add_message(state=FAILED)
    level, sentence = found(at_work, "outbox")
    assert (level, sentence.startswith("1 messages")) == (WARN, True)


@pytest.mark.both_engines
@pytest.mark.rule("R30")
def test_bookings_that_contradict_each_other_are_found(
    at_work: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NINE)
    assert found(at_work, "bookings") == (OK, "Nobody is booked twice.")
    db.session.execute(
        delete(Claim).where(Claim.step == db.session.query(Claim.step).limit(1).scalar_subquery())
    )
    db.session.commit()
    assert "1 coming bookings do not hold their time" in found(at_work, "bookings")[1]
    link = make_link("personal", hosts=[make_user("Ben")])
    db.session.commit()
    second = book(link, ask(NINE, nonce="second"), now=NINE - timedelta(days=1))
    ana = db.session.query(BookingHost).order_by(BookingHost.booking_id).first()
    assert ana is not None
    db.session.execute(
        update(BookingHost).where(BookingHost.booking_id == second.id).values(user_id=ana.user_id)
    )
    db.session.commit()
    level, sentence = found(at_work, "bookings")
    assert level == FAIL
    assert "1 hosts are booked twice" in sentence
    assert "6 times are held by no booking" in sentence
    db.session.execute(update(Booking).values(state="cancelled"))
    db.session.commit()
    assert "twice at one time" not in found(at_work, "bookings")[1]


def test_meetings_side_by_side_and_pruned_ones_are_in_order(at_work: Flask) -> None:
    link = db.session.query(Booking).one().link
    book(link, ask(NINE + timedelta(minutes=30), nonce="next"), now=NINE - timedelta(days=1))
    db.session.execute(delete(Claim))
    db.session.commit()
    with at_work.app_context():
        late = examine(NINE + timedelta(days=2))["bookings"]
    assert late.level == OK


@pytest.mark.both_engines
def test_a_wrong_secret_key_is_told(at_work: Flask, config: Config) -> None:
    make_feed(make_user("Cleo", calendar=False))
    db.session.commit()
    assert found(at_work, "stored secrets")[0] == OK
    other = site(config, secret_key=SECRET)
    level, sentence = found(other, "stored secrets")
    assert (level, "SECRET_KEY does not open" in sentence) == (FAIL, True)
    status, said = run(other, "doctor", "--json")
    assert (status, SECRET in said, config.secret_key in said) == (1, False, False)


def test_a_check_that_breaks_is_a_failure_and_stops_no_other(
    at_work: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(now: datetime) -> None:
        raise KeyError(SECRET)

    monkeypatch.setitem(CHECKS, "engine", broken)
    level, sentence = found(at_work, "engine")
    assert (level, "KeyError" in sentence, SECRET in sentence) == (FAIL, True, False)
    assert found(at_work, "bookings")[0] == OK


def test_time_zones_that_somebody_uses_have_to_be_there(at_work: Flask) -> None:
    assert found(at_work, "time zones")[0] == OK
    make_user("Zoe", timezone="Mars/Base")
    db.session.commit()
    level, sentence = found(at_work, "time zones")
    assert (level, "Mars/Base" in sentence) == (FAIL, True)


def test_time_zone_rules_of_long_ago_are_warned_of(at_work: Flask) -> None:
    with at_work.app_context():
        finding = examine(datetime(2032, 1, 1, tzinfo=UTC))["time zones"]
    assert finding.level == WARN


@pytest.mark.parametrize(("minutes", "level"), [(0, OK), (-10, FAIL), (10, FAIL)])
def test_the_clock_is_compared_with_the_one_of_the_site_s_web_server(
    config: Config, app: Flask, minutes: int, level: str
) -> None:
    web = WebServer()
    try:
        web.headers["Date"] = format_datetime(clock.now() + timedelta(minutes=minutes), usegmt=True)
        assert found(site(config, base_url=f"http://127.0.0.1:{web.port}"), "clock")[0] == level
        assert web.asked[0][1] == "/healthz"
    finally:
        web.stop()


def test_without_another_clock_it_says_that_nothing_was_checked(config: Config, app: Flask) -> None:
    level, sentence = found(site(config, base_url="http://127.0.0.1:1"), "clock")
    assert (level, "was not checked" in sentence) == (WARN, True)


def test_the_clock_is_compared_with_the_database_s(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres, template = (request.getfixturevalue(name) for name in ("postgres", "postgres_template"))
    app, real = create_app(replace(BASE, database_url=postgres.new_database(template))), clock.now
    assert found(app, "clock") == (OK, "The clock agrees with that of the database.")
    monkeypatch.setattr(clock, "now", lambda: real() - timedelta(seconds=20))
    level, sentence = found(app, "clock")
    assert (level, "20 s from that of the database" in sentence) == (WARN, True)
    with app.app_context():
        db.engine.dispose()


def test_languages_that_nobody_compiled_are_named(
    at_work: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(at_work, "languages") == (OK, "Pages and mails speak 6 languages.")
    monkeypatch.setattr(locales, "FOLDER", tmp_path)
    level, said = found(at_work, "languages")
    assert level == WARN
    assert "Deutsch" in said
    assert "make install" in said
