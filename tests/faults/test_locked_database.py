"""Another process holds SQLite's write lock: a short wait is invisible, a long one ends in a calm page (R32)."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from tests.factories import NOW
from tests.faults.visitors import form, open_link, post, slot, token_of, tokens
from tests.services.test_booking import NINE, stored
from website import database
from website.config import Config
from website.models import BuiltinEvent
from website.services import transaction
from website.services.outbox import deliver_due
from website.services.worker import work_once

pytestmark = [pytest.mark.fault(18), pytest.mark.rule("R32")]
SHORT, PATIENCE = 3, 0.1
WRITER = """
import sqlite3, sys, time
writer = sqlite3.connect(sys.argv[1], isolation_level=None)
writer.execute("BEGIN IMMEDIATE")
writer.execute("UPDATE user SET name = 'Somebody'")
print("locked", flush=True)
time.sleep(float(sys.argv[2])) if sys.argv[2] else sys.stdin.read()
writer.execute("ROLLBACK")
"""


@contextmanager
def writing(config: Config, seconds: float | None = None) -> Iterator[None]:
    """Another process is in the midst of a long write: for so long, or until the end of the block."""
    path = str(make_url(config.database_url).database)
    command = [sys.executable, "-c", WRITER, path, str(seconds or "")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"locked\n"
        yield
        writer.communicate(timeout=30)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The site gives up soon. Before the application is made."""
    monkeypatch.setattr(database, "LOCK_SECONDS", PATIENCE)


def test_three_seconds_are_waited_for(world: Flask, client: FlaskClient, config: Config) -> None:
    sent = form(open_link().id)
    with writing(config, SHORT):
        answer = post(client, sent)
    assert answer.status_code == 303
    assert tokens() == [token_of(answer)]


@pytest.mark.usefixtures("impatient")
def test_a_lock_that_lasts_ends_in_a_calm_page_and_the_same_post_books_once(
    config: Config, world: Flask, client: FlaskClient
) -> None:
    sent = form(open_link().id) | {"guests": "guest@prospect.example"}
    with writing(config):
        refused = post(client, sent)
        assert refused.status_code == 503
        assert client.get("/book/demo?timezone=Europe/Paris").status_code == 200
        assert tokens() == []
    assert "Send this again in a moment" in refused.text
    assert all(typed in refused.text for typed in ("Dana Prospect", "guest@prospect.example", sent["token"]))
    first, again = post(client, sent), post(client, sent)
    assert first.status_code == 303
    assert first.location == again.location
    assert tokens() == [token_of(first)]


@pytest.mark.usefixtures("impatient")
def test_a_program_is_told_to_come_back_and_books_once(
    config: Config, world: Flask, client: FlaskClient
) -> None:
    open_link()
    body = {"start": NINE.isoformat(), "name": "Dana", "email": "dana@prospect.example"}
    with writing(config):
        refused = client.post("/api/v1/links/demo/bookings", json=body)
    assert (refused.status_code, refused.content_type) == (503, "application/problem+json")
    assert refused.headers["Retry-After"]
    ids = {client.post("/api/v1/links/demo/bookings", json=body).json["id"] for _ in range(2)}
    assert ids == set(tokens())


@pytest.mark.usefixtures("impatient")
def test_a_worker_outlasts_it(config: Config, world: Flask, client: FlaskClient) -> None:
    post(client, form(open_link().id, slot(1)))
    with writing(config):
        assert work_once(NOW, (deliver_due,)) == 0
    assert work_once(NOW, (deliver_due,)) == 3, "the event, and two mails"
    assert stored(BuiltinEvent) == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("patience", "again"), [(PATIENCE, 0), (60, transaction.ATTEMPTS - 1)])
def test_whoever_waited_in_vain_is_not_made_to_wait_again(
    config: Config, world: Flask, caplog: pytest.LogCaptureFixture, patience: float, again: int
) -> None:
    with writing(config), pytest.raises(OperationalError):
        transaction.in_transaction(lambda: None, patience_seconds=patience)
    assert caplog.text.count("transaction tried again") == again


def test_a_visitor_s_patience_ends_with_the_first_wait_for_the_lock() -> None:
    assert transaction.PATIENCE_SECONDS < database.LOCK_SECONDS
