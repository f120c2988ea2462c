"""Workers leave signs of life, and the site says when none is there to do what is due."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import NOW
from website import clock
from website.extensions import db
from website.models import Message, WorkerSign
from website.models.message import FAILED
from website.services import worker_sign
from website.services.seldom import Seldom
from website.services.transaction import in_transaction
from website.services.worker import work_once
from website.services.worker_sign import last_seen, own_name, sign, sign_due

pytestmark = pytest.mark.both_engines
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has not signed yet."""
    monkeypatch.setattr(worker_sign, "_rest", Seldom(30 * SECOND))


def signs() -> dict[str, object]:
    db.session.rollback()
    return {one.name: one.seen_at for one in db.session.scalars(select(WorkerSign))}


def test_a_worker_signs_every_thirty_seconds_under_one_name(world: Flask) -> None:
    assert last_seen(NOW) is None
    work_once(NOW)
    assert signs() == {own_name(): NOW}
    sign_due(NOW + 29 * SECOND)
    assert signs() == {own_name(): NOW}
    sign_due(NOW + 30 * SECOND)
    assert signs() == {own_name(): NOW + 30 * SECOND}
    assert last_seen(NOW + MINUTE) == 30 * SECOND


def test_those_that_were_not_seen_for_a_day_are_forgotten(world: Flask) -> None:
    in_transaction(lambda: sign("gone:1", NOW - DAY - SECOND))
    in_transaction(lambda: sign("other:1", NOW - DAY + SECOND))
    sign_due(NOW)
    assert set(signs()) == {"other:1", own_name()}


def due(seconds: int) -> None:
    at = clock.now() - seconds * SECOND
    db.session.add(Message(key=f"k{seconds}", channel="email", kind="k", due_at=at, created_at=at))
    db.session.commit()


def seen(seconds: int) -> None:
    in_transaction(lambda: sign("host:1", clock.now() - seconds * SECOND))


@pytest.mark.parametrize(
    ("lag", "sign_ago", "status", "word"),
    [
        (None, None, 200, "ok"),
        (None, 3600, 200, "ok"),
        (1, 1, 200, "ok"),
        (1, 110, 200, "ok"),
        (1, 130, 503, "late"),
        (1, None, 503, "late"),
        (310, 1, 503, "late"),
    ],
)
def test_the_site_is_late_when_something_is_due_and_nobody_is_there(
    world: Flask, client: FlaskClient, lag: int | None, sign_ago: int | None, status: int, word: str
) -> None:
    if lag is not None:
        due(lag)
    if sign_ago is not None:
        seen(sign_ago)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (status, word)
    assert set(answer.json) == {"status", "database", "worker_lag_seconds", "worker_seen_seconds"}
    shown = answer.json["worker_seen_seconds"]
    assert shown is None if sign_ago is None else sign_ago <= shown <= sign_ago + 10


def test_what_failed_or_is_not_due_yet_needs_no_worker(world: Flask, client: FlaskClient) -> None:
    due(60)
    due(-60)
    db.session.query(Message).filter_by(key="k60").one().state = FAILED
    db.session.commit()
    assert client.get("/readyz").status_code == 200
