"""The commands for whoever holds the keys, and what the site says under the wrong one."""

import logging
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import FreshClient
from tests.factories import make_feed, make_user
from tests.views.workspace.test_links import sign_in, token_of
from website import create_app
from website.config import Config
from website.extensions import db
from website.key_commands import before_work
from website.services.first_admin import first_admin_code

NEW = "the new secret key of tests"


def run(app: Flask, *command: str) -> tuple[int, str]:
    """The exit code of a command, and all it said."""
    done = app.test_cli_runner().invoke(args=list(command))
    return done.exit_code, done.output


def restarted(config: Config, **settings: object) -> Flask:
    """The same site with other settings."""
    return create_app(replace(config, **settings))  # type: ignore[arg-type]


@pytest.mark.both_engines
def test_the_code_is_printed_as_long_as_there_is_no_admin(app: Flask, config: Config) -> None:
    with app.app_context():
        code = str(first_admin_code())
    for command in (["first-admin"], ["worker", "--once"]):
        status, said = run(app, *command)
        assert status == 0
        assert code in said
        assert "http://localhost/sign-in" in said
    assert code in run(restarted(config), "first-admin")[1]
    with app.app_context():
        make_user("Cleo", role="admin")
        db.session.commit()
    assert run(app, "worker", "--once") == (0, "")
    assert "has an admin" in run(app, "first-admin")[1]


@pytest.mark.both_engines
def test_secrets_move_to_a_new_key(app: Flask, config: Config) -> None:
    with app.app_context():
        make_feed(make_user("Ana", calendar=False, role="admin"))
        db.session.commit()
    both = restarted(config, secret_key=NEW, secret_key_fallbacks=(config.secret_key,))
    assert run(both, "rotate-secrets") == (
        0,
        "Encrypted with the newest key: 1. Already so: 0. Opened by no key: 0.\n",
    )
    assert "newest key: 0. Already so: 1." in run(both, "rotate-secrets")[1]
    alone = restarted(config, secret_key=NEW)
    assert run(alone, "worker", "--once")[0] == 0


def test_under_the_wrong_key_the_worker_ends_with_a_sentence(app: Flask, config: Config) -> None:
    with app.app_context():
        make_user("Ana", role="admin")
        db.session.commit()
    wrong = restarted(config, secret_key=NEW)
    for command in (["worker", "--once"], ["worker"], ["rotate-secrets"]):
        status, said = run(wrong, *command)
        assert status == 1
        assert "Error: SECRET_KEY does not open the secrets in the database" in said
        assert "Traceback" not in said
    assert run(wrong, "rotate-secrets", "--give-up") == (
        0,
        "Given up: 1.\nEncrypted with the newest key: 0. Already so: 1. Opened by no key: 0.\n",
    )
    assert run(wrong, "worker", "--once")[0] == 0


def test_under_the_wrong_key_a_page_is_calm_and_the_log_says_why(
    app: Flask, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context():
        ana = make_user("Ana", role="admin")
        wrong = restarted(config, secret_key=NEW)
        client = FreshClient(wrong, wrong.response_class)
        sign_in(client, ana)
        with caplog.at_level(logging.ERROR):
            answer = client.get("/team")
    assert answer.status_code == 503
    assert "Not just now" in answer.text
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.getMessage().startswith("SECRET_KEY does not open")
    assert record.exc_info is None


def test_who_is_signed_in_stays_so_and_open_forms_still_count_after_a_change_of_keys(
    app: Flask, config: Config, client: FlaskClient
) -> None:
    with app.app_context():
        sign_in(client, make_user("Ana", role="admin"))
        token, cookie = token_of(client.get("/").text), client.get_cookie("session")
        assert cookie is not None
        both = restarted(
            config, secret_key=NEW, secret_key_fallbacks=("an even older one", config.secret_key)
        )
        alone = restarted(config, secret_key=NEW)
        for site, status in ((both, 303), (alone, 400)):
            later = FreshClient(site, site.response_class, use_cookies=True)
            later.set_cookie("session", cookie.value)
            assert later.post("/sign-out", data={"csrf_token": token}).status_code == status


def test_what_a_worker_reads_before_its_first_round_is_not_left_open(world: Flask) -> None:
    """Its transaction would stand for as long as the worker lives: SQLite's journal could only grow, and PostgreSQL
    would cut the connection."""
    before_work()
    assert not db.session().in_transaction()
