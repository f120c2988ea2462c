"""Old messages and past claims go, in batches; what is still needed stays."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, make_contact, make_link, make_personal_link, make_user
from tests.services.test_booking import NINE, ask, stored
from website.extensions import db
from website.models import Booking, Claim, Message, PersonalLink
from website.models.message import DONE, DROPPED, FAILED, GIVEN_UP, WAITING
from website.services import pruning
from website.services.booking import book
from website.services.cancellation import cancel
from website.services.pruning import BATCH, prune_due
from website.services.seldom import Seldom
from website.services.worker import work_once

pytestmark = pytest.mark.both_engines
DAY = timedelta(days=1)
LONG_AGO = NOW - 91 * DAY


@pytest.fixture(autouse=True)
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has pruned nothing yet."""
    monkeypatch.setattr(pruning, "_rest", Seldom(timedelta(hours=1)))


def add(
    key: str, state: str, at: datetime = LONG_AGO, booking: Booking | None = None, **values: object
) -> None:
    done_at = at if state in (DONE, GIVEN_UP) else None
    db.session.add(
        Message(
            key=key,
            state=state,
            booking=booking,
            channel="email",
            kind="k",
            due_at=at,
            created_at=at,
            done_at=done_at,
            **values,
        )
    )
    db.session.commit()


def keys() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(Message.key)))


def test_what_is_finished_goes_after_ninety_days_and_what_is_open_never(world: Flask) -> None:
    for state in (DONE, GIVEN_UP, DROPPED, WAITING, FAILED):
        add(state, state)
    add("young", DONE, NOW - 89 * DAY)
    assert prune_due(NOW) == 3
    assert keys() == [FAILED, WAITING, "young"]


def test_messages_of_a_booking_stay_together_until_its_meeting_is_long_over(world: Flask) -> None:
    link = make_link("personal", hosts=[make_user("Ana")])
    db.session.commit()
    booking = book(link, ask(), now=NOW)
    add("old", DONE, NINE, booking)
    before = keys()
    assert prune_due(NINE + 90 * DAY) > 0
    assert keys() == before
    for message in db.session.scalars(select(Message)):
        message.state, message.done_at = DONE, NINE
    db.session.commit()
    add("younger", DONE, NINE + 10 * DAY, booking)
    prune_due(NINE + 92 * DAY)
    assert keys() == sorted([*before, "younger"])
    prune_due(NINE + 101 * DAY)
    assert keys() == []
    assert stored(Booking) == 1


def test_claims_go_a_day_after_the_meeting_and_the_booking_stays_whole(world: Flask) -> None:
    link = make_link("personal", hosts=[make_user("Ana")], buffer_after=30)
    db.session.commit()
    booking = book(link, ask(), now=NOW)
    end = booking.end_at
    assert prune_due(end + DAY) == 0
    assert stored(Claim) == 12
    assert prune_due(end + 3 * DAY) == 12
    kept = db.session.get_one(Booking, booking.id)
    assert (kept.confirmed, bool(kept.receipt), len(kept.hosts)) == (True, True, 1)


def test_a_coming_meeting_keeps_its_claims_and_so_its_place(world: Flask) -> None:
    link = make_link("personal", hosts=[make_user("Ana")])
    db.session.commit()
    first = book(link, ask(), now=NOW)
    assert prune_due(NOW) == 0
    assert stored(Claim) == 6
    cancel(first.token, reason="", now=NOW)
    assert stored(Claim) == 0


@pytest.mark.rule("R21")
def test_personal_links_go_when_they_expired_long_ago(world: Flask) -> None:
    link, contact = make_link(hosts=[make_user("Ana")]), make_contact()
    for days in (-91, -89, 1):
        make_personal_link(link, contact, until=NOW + days * DAY)
    db.session.commit()
    assert prune_due(NOW) == 1
    assert stored(PersonalLink) == 2


def test_it_comes_in_batches_and_then_once_an_hour(world: Flask) -> None:
    for number in range(BATCH + 1):
        db.session.add(
            Message(key=f"{number}", state=DONE, channel="email", kind="k", due_at=LONG_AGO, created_at=LONG_AGO,
                    done_at=LONG_AGO)
        )  # fmt: skip
    db.session.commit()
    assert [prune_due(NOW), prune_due(NOW)] == [BATCH, 1]
    add("late", DONE)
    assert prune_due(NOW + timedelta(minutes=59)) == 0
    assert prune_due(NOW + timedelta(minutes=60)) == 1


def test_the_worker_does_it(world: Flask) -> None:
    add("old", DONE)
    work_once(NOW)
    assert keys() == []


def test_a_clock_that_was_set_back_stops_nothing() -> None:
    rest = Seldom(timedelta(hours=1))
    rest.done(NOW)
    assert not rest.is_due(NOW)
    assert rest.is_due(NOW - timedelta(seconds=1))
    assert rest.is_due(NOW + timedelta(hours=1))
