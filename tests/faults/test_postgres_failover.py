"""PostgreSQL fails over to its standby while people book: what is lost where the standby was waited for (nothing), and
where it was not."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import BASE, _migrate
from tests.factories import NOW
from tests.faults.stubborn import THREADS, visiting
from tests.faults.visitors import Form, form, open_link, post, post_apart, slot, token_of, tokens
from tests.flows.test_contention import no_overlap
from tests.peers.line import BACK, THERE
from tests.peers.postgres import Postgres
from tests.peers.postgres_pair import PostgresPair
from website import database
from website.config import Config
from website.extensions import db
from website.models import Booking, BuiltinEvent, Message
from website.models.message import DONE
from website.services.outbox import LEASE, deliver_due
from website.services.worker import work_once

pytestmark = [
    pytest.mark.fault(22),
    pytest.mark.rule("R30"),
    pytest.mark.rule("R32"),
    pytest.mark.rule("R33"),
]
BEFORE, AFTER, DELAY_SECONDS = 10, 8, 0.02
AHEAD, LOST = 4, 3


@pytest.fixture
def primary() -> Iterator[Postgres]:
    server = Postgres(lasting=True)
    yield server
    server.stop()


@pytest.fixture
def filled(primary: Postgres) -> str:
    """The address of a migrated database of the primary's."""
    url = primary.new_database()
    _migrate(url)
    return url


@pytest.fixture
def pair(primary: Postgres, filled: str) -> Iterator[PostgresPair]:
    made = PostgresPair(primary)
    yield made
    made.stop()


@pytest.fixture
def config(pair: PostgresPair, filled: str) -> Config:
    return replace(BASE, database_url=pair.url(filled))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The site waits for no standby for long. Before the application is made."""
    monkeypatch.setattr(database, "COMMIT_SECONDS", 0.2)


@pytest.fixture
def aside() -> Iterator[Callable[..., Future[object]]]:
    """Runs something beside the test."""
    with ThreadPoolExecutor(2) as pool:
        yield pool.submit


def deliver(app: Flask, stopping: Event) -> None:
    """What a worker does, until it is told to stop."""
    with app.app_context():
        while not stopping.is_set():
            work_once(NOW, (deliver_due,)) or stopping.wait(0.02)


def check_delivered(app: Flask) -> None:
    """The outbox is emptied once leases of attempts that were cut off have ended, and each booking stands in its
    host's calendar once."""
    while work_once(NOW + 2 * LEASE, (deliver_due,)):
        pass
    assert set(db.session.scalars(select(Message.state))) == {DONE}
    events = db.session.scalar(select(func.count()).select_from(BuiltinEvent))
    assert events == len(tokens())


def check_consistent() -> None:
    """Nobody is booked twice, neither as a host nor as an invitee."""
    assert no_overlap()
    emails = db.session.scalars(select(Booking.email)).all()
    assert len(emails) == len(set(emails))


def test_behind_a_synchronous_standby_nothing_that_was_acknowledged_is_lost(
    world: Flask, pair: PostgresPair, aside: Callable[..., Future[object]]
) -> None:
    pair.line.delay_seconds = DELAY_SECONDS
    pair.synchronous()
    stopping = Event()
    worker = aside(deliver, world, stopping)
    try:
        with visiting(world, open_link(hosts=2).id) as visitors:
            visitors.wait_for_more(BEFORE)
            pair.fail_over()
            visitors.wait_for_more(AFTER)
    finally:
        stopping.set()
    worker.result()
    stored, acknowledged = tokens(), list(visitors.told.values())
    assert all(acknowledged) and visitors.refused
    assert set(acknowledged) <= set(stored)
    # What was stored and not acknowledged is what the end of the test cut off, one for each thread at most.
    assert len(stored) - len(acknowledged) <= THREADS
    check_consistent()
    check_delivered(world)


@pytest.mark.parametrize(("held", "arrived"), [(BACK, False), (THERE, True)])
def test_a_commit_of_which_nobody_heard_is_settled_by_the_same_form(
    world: Flask, client: FlaskClient, pair: PostgresPair, aside: Callable[..., Future[object]],
    held: str, arrived: bool,
) -> None:  # fmt: skip
    """It did not come to the standby before the crash, or it did and the primary did not hear of that."""
    pair.synchronous()
    sent = form(open_link().id)
    pair.line.held.add(held)
    unheard = aside(post_apart, world, sent)
    pair.wait_for_waiting()
    if arrived:
        wait_until(lambda: pair.standby.ask(HAS_ALL.format(pair.primary.ask("SELECT pg_current_wal_lsn()"))))
    pair.primary.crash()
    assert unheard.result().status_code == 503  # type: ignore[attr-defined]
    pair.standby.promote()
    assert len(tokens()) == arrived
    check_told_once(client, sent)


HAS_ALL = "SELECT pg_last_wal_replay_lsn() >= '{}'"


def wait_until(fulfilled: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not fulfilled():
        assert time.monotonic() < end
        time.sleep(0.02)


def check_told_once(client: FlaskClient, sent: Form) -> None:
    """The form sent again is answered with its one booking."""
    first, again = post(client, sent), post(client, sent)
    assert (first.status_code, first.location) == (303, again.location)
    assert tokens() == [token_of(first)]
    check_consistent()


@pytest.mark.usefixtures("impatient")
def test_while_no_standby_answers_pages_stay_calm_and_nothing_is_acknowledged(
    world: Flask, client: FlaskClient, pair: PostgresPair
) -> None:
    """PostgreSQL itself would wait for ever. It has stored the booking by then, for itself alone."""
    sent = form(open_link().id) | {"guests": "guest@prospect.example"}
    pair.synchronous()
    pair.standby.crash()
    for _ in range(2):
        refused = post(client, sent)
        assert refused.status_code == 503
        assert "Send this again in a moment" in refused.text
        assert all(
            typed in refused.text for typed in ("Dana Prospect", "guest@prospect.example", sent["token"])
        )
    assert client.get("/book/demo?timezone=Europe/Paris").status_code == 200
    assert len(tokens()) == 1
    pair.standby.start()
    check_told_once(client, sent)
    check_delivered(world)


def test_behind_an_asynchronous_standby_the_last_bookings_are_lost_and_what_is_left_is_whole(
    world: Flask, client: FlaskClient, pair: PostgresPair
) -> None:
    """This is what docs/deploy.md and docs/backup.md warn of."""
    link_id = open_link().id
    forms = [form(link_id, slot(n), f"v{n}@prospect.example") for n in range(AHEAD + LOST)]
    arrived = [token_of(post(client, sent)) for sent in forms[:AHEAD]]
    pair.level()
    pair.line.held.add(BACK)
    lost = [token_of(post(client, sent)) for sent in forms[AHEAD:]]
    assert all(arrived + lost)
    pair.fail_over()
    wait_until(lambda: client.get(f"/booking/{arrived[0]}").status_code != 503)
    assert client.get(f"/booking/{arrived[0]}").status_code == 200
    assert sorted(tokens()) == sorted(arrived)
    assert [client.get(f"/booking/{token}").status_code for token in lost] == [404] * LOST
    again = [post(client, sent) for sent in forms]
    assert [token_of(answer) for answer in again[:AHEAD]] == arrived
    assert all(token_of(answer) for answer in again[AHEAD:])
    assert len(tokens()) == AHEAD + LOST
    check_consistent()
    check_delivered(world)
