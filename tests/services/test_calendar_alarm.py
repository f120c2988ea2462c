"""Who is told of a calendar that keeps a rep from being booked, when, and that it stops (R12)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, make_user
from tests.fakes import FakeCalendar, fake_provider
from tests.peers.smtp import MailServer
from tests.translations.spoken import left_in_english, lines_of_page
from website.config import in_force, put_in_force
from website.extensions import db
from website.locales import LANGUAGES
from website.models import Calendar, CalendarAccount, Message, User
from website.models.message import DONE, FAILED, WAITING
from website.providers.calendars.errors import AccessRevoked, CalendarMissing, CalendarUnreachable
from website.providers.calendars.records import FoundCalendar
from website.services.calendar import refresh
from website.services.calendar_alarm import STAGES, due_stages, tell_due
from website.services.connect import Access, link_account
from website.services.outbox import deliver_due
from website.services.unlink import unlink
from website.services.worker import work_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REFUSED = AccessRevoked("The password was refused.")


@pytest.fixture
def fake(world: Flask) -> Iterator[FakeCalendar]:
    with fake_provider() as provider:
        yield provider


@pytest.fixture
def ana(fake: FakeCalendar) -> User:
    """A rep with a calendar that was just read."""
    user = make_user("Ana", calendar=False, email="ana@acme.example")
    account = CalendarAccount(kind="fake", user=user, label="ana@work.example", secret={"token": "x"})
    account.calendars.append(Calendar(external_id="main", name="Work"))
    db.session.add(account)
    make_user("Boss", calendar=False, email="boss@acme.example", role="admin")
    make_user("Gone", calendar=False, email="gone@acme.example", role="admin", active=False)
    db.session.commit()
    read(user, NOW)
    return user


def read(user: User, now: datetime) -> None:
    db.session.commit()
    refresh([account.id for account in user.accounts], now)


def mails() -> list[tuple[str, str]]:
    """Each mail in the outbox: to whom, and about what."""
    rows = db.session.scalars(select(Message).where(Message.channel == "email").order_by(Message.id))
    return [(row.payload["to"], row.payload["subject"]) for row in rows]


OWN = ("ana@acme.example", "Reconnect your calendar: you are not offered until you do")
ADMIN = ("boss@acme.example", "Ana has not been offered for a day: a calendar needs attention")


@pytest.mark.parametrize(
    ("told", "hours", "stages"),
    [
        (0, -1, []),
        (0, 0, [0]),
        (1, 0, []),
        (1, 23, []),
        (1, 24, [1]),
        (0, 25, [0, 1]),
        (2, 71, []),
        (2, 72, [2]),
        (3, 168, [3]),
        (1, 400, [1, 2, 3]),
        (4, 4000, []),
    ],
)
def test_each_stage_comes_once(told: int, hours: int, stages: list[int]) -> None:
    assert due_stages(told, NOW, NOW + hours * HOUR) == tuple(STAGES[number] for number in stages)


@pytest.mark.fault(14)
@pytest.mark.rule("R12")
@pytest.mark.both_engines
def test_a_broken_account_is_told_at_once_and_after_1_3_and_7_days(world: Flask) -> None:
    with fake_provider() as fake:
        ana = make_user("Ana", calendar=False, email="ana@acme.example")
        account = CalendarAccount(kind="fake", user=ana, calendars=[Calendar(external_id="main")])
        db.session.add(account)
        make_user("Boss", calendar=False, email="boss@acme.example", role="admin")
        db.session.commit()
        read(ana, NOW)
        assert tell_due(NOW) == 0
        fake.failure["ana@acme.example"] = REFUSED
        read(ana, NOW)
        told = {}
        for hours in range(0, 24 * 9, 6):
            count = tell_due(NOW + hours * HOUR)
            if count:
                told[hours] = count
    assert told == {0: 1, 24: 2, 72: 1, 168: 1}
    assert mails() == [OWN, OWN, ADMIN, OWN, OWN]
    assert account.told == 4


@pytest.mark.rule("R12")
def test_what_was_missed_is_told_in_one_mail(ana: User, fake: FakeCalendar) -> None:
    fake.failure["ana@acme.example"] = REFUSED
    read(ana, NOW)
    assert tell_due(NOW + 4 * DAY) == 2
    assert mails() == [OWN, ADMIN]
    assert tell_due(NOW + 4 * DAY) == 0


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if not tag.startswith("en")])
def test_everybody_is_told_in_their_own_language(ana: User, fake: FakeCalendar, tag: str) -> None:
    boss = db.session.scalars(select(User).where(User.name == "Boss")).one()
    ana.language, boss.language = tag, "en-US"
    fake.failure["ana@acme.example"] = REFUSED
    read(ana, NOW)
    assert tell_due(NOW + 4 * DAY) == 2
    rows = {row.payload["to"]: row.payload for row in db.session.scalars(select(Message))}
    own, theirs = rows["ana@acme.example"], rows["boss@acme.example"]
    assert f'<html lang="{tag}" dir="{"rtl" if tag == "ar-EG" else "ltr"}">' in own["html"]
    assert (
        left_in_english([own["subject"], *own["text"].splitlines(), *lines_of_page(own["html"])], tag) == []
    )
    assert (theirs["subject"], 'lang="en-US"' in theirs["html"]) == (ADMIN[1], True)


@pytest.mark.rule("R12")
def test_a_missing_calendar_is_told(ana: User, fake: FakeCalendar) -> None:
    fake.unknown["main"] = CalendarMissing("It is gone.")
    read(ana, NOW)
    assert tell_due(NOW) == 1
    assert mails() == [("ana@acme.example", "A calendar of yours is gone: you are not offered")]


@pytest.mark.rule("R12")
@pytest.mark.parametrize("part", ["account", "calendar"])
def test_a_calendar_that_is_too_old_to_count_is_told_and_not_before(
    ana: User, fake: FakeCalendar, part: str
) -> None:
    error = CalendarUnreachable("No answer.")
    if part == "account":
        fake.failure["ana@acme.example"] = error
    else:
        fake.unknown["main"] = error
    read(ana, NOW + timedelta(minutes=2))
    assert tell_due(NOW + timedelta(minutes=29)) == 0
    assert tell_due(NOW + timedelta(minutes=31)) == 1
    assert mails() == [("ana@acme.example", "Your calendar does not answer: you are not offered")]
    assert tell_due(NOW + DAY) == 0
    assert tell_due(NOW + DAY + timedelta(minutes=31)) == 2


@pytest.mark.rule("R12")
def test_a_calendar_that_nobody_could_ask_is_nobody_s_fault(ana: User, fake: FakeCalendar) -> None:
    assert tell_due(NOW + DAY) == 0


@pytest.mark.rule("R12")
def test_a_calendar_that_is_not_checked_is_no_trouble(ana: User, fake: FakeCalendar) -> None:
    ana.accounts[0].calendars[0].conflicts = False
    fake.failure["ana@acme.example"] = CalendarUnreachable("No answer.")
    read(ana, NOW)
    assert tell_due(NOW + 2 * HOUR) == 0


def test_who_left_is_not_told(ana: User, fake: FakeCalendar) -> None:
    fake.failure["ana@acme.example"] = REFUSED
    read(ana, NOW)
    ana.active = False
    db.session.commit()
    assert tell_due(NOW + 9 * DAY) == 0


def test_an_admin_whose_own_calendar_is_broken_is_told_as_its_user_alone(
    ana: User, fake: FakeCalendar
) -> None:
    ana.role = "admin"
    fake.failure["ana@acme.example"] = REFUSED
    read(ana, NOW)
    tell_due(NOW + DAY)
    assert [to for to, _ in mails()] == ["ana@acme.example", "boss@acme.example"]


# It stops


@pytest.mark.rule("R12")
@pytest.mark.parametrize("how", ["answers again", "linked again", "unlinked"])
def test_once_it_works_again_waiting_mails_are_not_sent(ana: User, fake: FakeCalendar, how: str) -> None:
    account = ana.accounts[0]
    fake.failure["ana@acme.example"] = REFUSED
    read(ana, NOW)
    assert tell_due(NOW) == 1
    fake.failure.clear()
    if how == "answers again":
        read(ana, NOW + HOUR)
        tell_due(NOW + HOUR)
    elif how == "linked again":
        link_account(
            Access("fake", {"token": "x"}, [FoundCalendar("main", "Work")]), user_id=ana.id, now=NOW + HOUR
        )
    else:
        unlink(ana.id, account.id, NOW + HOUR)
    assert mails() == []
    if how != "unlinked":
        assert account.told == 0


@pytest.mark.rule("R12")
def test_new_trouble_is_told_from_the_start(ana: User, fake: FakeCalendar) -> None:
    for day in (0, 2):
        fake.failure["ana@acme.example"] = REFUSED
        read(ana, NOW + day * DAY)
        assert tell_due(NOW + day * DAY) == 1
        deliver_due(NOW + day * DAY)
        fake.failure.clear()
        read(ana, NOW + (day + 1) * DAY)
        tell_due(NOW + (day + 1) * DAY)
    assert mails() == [OWN, OWN]


# What the mails say


@pytest.mark.rule("R12")
def test_the_rep_reads_what_is_wrong_since_when_and_where_to_mend_it(ana: User, fake: FakeCalendar) -> None:
    ana.timezone = "America/New_York"
    fake.failure["ana@acme.example"] = REFUSED
    read(ana, NOW)
    tell_due(NOW)
    mail = db.session.scalars(select(Message)).one().payload
    assert mail["text"] == (
        "Hello Ana,\n\n"
        "The password was refused. You are not offered until you reconnect.\n\n"
        "Account: Fake calendar, ana@work.example\n"
        "Since: Monday, 1 February 2027, 03:00 (New York)\n\n"
        "Until it works again, nobody can book you. Open your calendars to mend it:\n\n"
        "http://localhost/calendars\n\n"
        "You are told at once, and again after 1, 3 and 7 days, for as long as it does not work.\n"
    )
    assert '<html lang="en-GB"' in mail["html"]
    assert 'href="http://localhost/calendars"' in mail["html"]


@pytest.mark.rule("R12")
def test_admins_read_who_and_nothing_that_is_the_rep_s_own(ana: User, fake: FakeCalendar) -> None:
    fake.failure["ana@acme.example"] = REFUSED
    read(ana, NOW)
    tell_due(NOW + DAY)
    mail = db.session.scalars(select(Message).order_by(Message.id.desc())).first().payload
    assert mail["to"] == "boss@acme.example"
    assert "A calendar of Ana keeps them from being booked." in mail["text"]
    assert "http://localhost/calendars/health" in mail["text"]
    assert "password" not in mail["text"] + mail["html"]
    assert "ana@work.example" not in mail["text"] + mail["html"]


def test_a_name_is_text_in_the_mail(ana: User, fake: FakeCalendar) -> None:
    ana.name, ana.accounts[0].label = "<b>Ana</b>", "<i>x</i>"
    db.session.commit()
    fake.failure["ana@acme.example"] = AccessRevoked("<u>No</u>")
    read(ana, NOW)
    tell_due(NOW)
    html = db.session.scalars(select(Message)).one().payload["html"]
    assert not any(tag in html for tag in ("<b>Ana", "<i>x", "<u>No"))


# Delivery, by the worker


@pytest.fixture
def with_smtp(world: Flask, mail_server: MailServer) -> MailServer:
    put_in_force(replace(in_force(), smtp_url=mail_server.url()))
    return mail_server


@pytest.mark.rule("R32")
def test_the_worker_tells_and_sends(ana: User, fake: FakeCalendar, with_smtp: MailServer) -> None:
    fake.failure["ana@acme.example"] = REFUSED
    read(ana, NOW)
    work_once(NOW)
    work_once(NOW)
    assert [str(mail["Subject"]) for mail in with_smtp.taken] == [OWN[1]]
    assert with_smtp.envelopes == [("meet@acme.example", ["ana@acme.example"])]


ANSWERS: list[tuple[str, str, Any]] = [
    ("550 No such user", FAILED, "MailRefused: The mail server refused: 550 No such user"),
    ("451 Later", WAITING, "DeliveryError: The mail server refused: 451 Later"),
]


@pytest.mark.rule("R32")
@pytest.mark.parametrize(("answer", "state", "error"), ANSWERS)
def test_a_refused_mail_fails_or_waits(
    ana: User, fake: FakeCalendar, with_smtp: MailServer, answer: str, state: str, error: str
) -> None:
    fake.failure["ana@acme.example"] = REFUSED
    read(ana, NOW)
    tell_due(NOW)
    with_smtp.says["RCPT"] = answer
    deliver_due(NOW)
    message = db.session.scalars(select(Message)).one()
    assert (message.state, message.error) == (state, error)
    with_smtp.says.clear()
    deliver_due(NOW + HOUR)
    assert len(with_smtp.taken) == (1 if state == WAITING else 0)


@pytest.mark.rule("R32")
@pytest.mark.both_engines
def test_a_site_without_a_mail_server_keeps_the_mail(world: Flask) -> None:
    with fake_provider() as fake:
        ana = make_user("Ana", calendar=False, email="ana@acme.example")
        account = CalendarAccount(kind="fake", user=ana, calendars=[Calendar(external_id="main")])
        db.session.add(account)
        db.session.commit()
        fake.failure["ana@acme.example"] = REFUSED
        read(ana, NOW)
        tell_due(NOW)
        deliver_due(NOW)
    message = db.session.scalars(select(Message)).one()
    assert (message.state, message.payload["kept"]) == (DONE, True)
