"""Moving bookings that stand in Google calendars, whose free/busy does not say which event is ours (R4, R35)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.factories import NOW
from tests.peers.google import Google
from tests.services.google.linking import (
    DANA,
    HALF_HOUR,
    MINUTE,
    NINE,
    link_of,
    mails,
    make_rep,
    read,
    work,
)
from website.extensions import db
from website.models import Booking, Link, User
from website.services.booking import book
from website.services.booking_request import Request
from website.services.errors import SlotTaken
from website.services.reschedule import reschedule
from website.services.worker import work_once

ANA, BEN = "ana@acme.example", "ben@acme.example"
HALF_PAST, TEN = NINE + HALF_HOUR, NINE + 2 * HALF_HOUR
pytestmark = pytest.mark.rule("R4")


def booked(link: Link) -> Booking:
    """A meeting of an hour at nine."""
    request = Request(
        NINE, duration=60, timezone="Europe/London", name="Dana Prospect", email=DANA, nonce="first"
    )
    return book(link, request, now=NOW)


def standing(google: Google, **values: Any) -> tuple[Booking, User]:
    """The same, with its event in Ana's calendar, which was read again since."""
    ana = make_rep(google)
    booking = booked(link_of(ana, durations=[60], increment=30, **values))
    work_once(NOW)
    read(ana)
    db.session.expire_all()
    return booking, ana


def move(booking: Booking, **values: Any) -> Booking:
    asked: dict[str, Any] = {"by": None, "any_host": False, "nonce": "move", "now": NOW + MINUTE}
    return reschedule(booking.id, values.pop("start_at", HALF_PAST), **asked | values)


@pytest.mark.both_engines
@pytest.mark.rule("R35")
def test_a_meeting_moves_into_its_own_time_and_stays_one_event(world: Flask, google: Google) -> None:
    booking, _ana = standing(google)
    uid = booking.events[0].uid
    moved = move(booking)
    assert (moved.start_at, moved.unchecked) == (HALF_PAST, False)
    work_once(NOW + MINUTE)
    (event,) = google.events(ANA)
    assert event["iCalUID"] == uid
    assert event["start"]["dateTime"] == "2027-02-02T08:30:00+00:00"
    assert mails(google) == [("request", DANA), ("update", DANA)]
    work(NOW + 2 * MINUTE, rounds=1)
    assert (moved.unchecked, moved.clash) == (False, False)


@pytest.mark.both_engines
@pytest.mark.parametrize("known", [True, False], ids=["read before", "at the last moment"])
def test_another_event_under_our_own_one_is_in_the_way(world: Flask, google: Google, known: bool) -> None:
    booking, ana = standing(google)
    google.add_event(ANA, NINE + HALF_HOUR, NINE + 2 * HALF_HOUR)
    if known:
        read(ana)
    with pytest.raises(SlotTaken) as refusal:
        move(booking)
    assert NINE + 2 * HALF_HOUR in refusal.value.alternatives
    assert (booking.start_at, booking.sequence) == (NINE, 0)
    assert move(booking, start_at=TEN).start_at == TEN


@pytest.mark.rule("R5")
def test_what_does_not_block_under_our_own_event_is_not_in_the_way(world: Flask, google: Google) -> None:
    booking, _ana = standing(google)
    google.add_event(ANA, NINE, TEN, transparency="transparent")
    google.add_event(ANA, NINE, TEN, response="declined")
    google.delete_event(ANA, google.add_event(ANA, NINE, TEN))
    assert move(booking).start_at == HALF_PAST


@pytest.mark.rule("R5")
def test_a_busy_day_under_our_own_event_is_in_the_way(world: Flask, google: Google) -> None:
    booking, _ana = standing(google)
    google.add_event(ANA, NINE.date(), NINE.date() + timedelta(days=1))
    with pytest.raises(SlotTaken):
        move(booking)


def test_a_time_that_buffers_bring_to_our_own_event_is_looked_at_too(world: Flask, google: Google) -> None:
    booking, _ana = standing(google, buffer_before=30)
    assert move(booking, start_at=TEN).start_at == TEN


@pytest.mark.rule("R31")
def test_without_an_answer_the_move_is_unchecked_and_looked_at_before_the_event_moves(
    world: Flask, google: Google
) -> None:
    booking, ana = standing(google)
    google.fail("unavailable", times=1, method="calendar.events.list")
    assert move(booking).unchecked
    google.add_event(ANA, NINE + HALF_HOUR, TEN)
    read(ana, now=NOW + 2 * MINUTE)
    assert (booking.unchecked, booking.clash) == (True, False)
    work_once(NOW + 3 * MINUTE)
    read(ana, now=NOW + 4 * MINUTE)
    db.session.expire_all()
    assert (booking.unchecked, booking.clash) == (False, True)


@pytest.mark.rule("R31")
def test_the_old_event_of_an_unchecked_move_is_no_clash(world: Flask, google: Google) -> None:
    booking, ana = standing(google)
    google.fail("unavailable", times=1, method="calendar.events.list")
    assert move(booking).unchecked
    work_once(NOW + 3 * MINUTE)
    read(ana, now=NOW + 4 * MINUTE)
    db.session.expire_all()
    assert (booking.unchecked, booking.clash) == (False, False)


@pytest.mark.rule("R35")
def test_a_meeting_is_moved_back_before_its_event_followed(world: Flask, google: Google) -> None:
    booking, _ana = standing(google)
    move(booking, start_at=TEN)
    assert move(booking, start_at=NINE, nonce="back").start_at == NINE
    work(NOW + MINUTE, rounds=2)
    (event,) = google.events(ANA)
    assert event["start"]["dateTime"].startswith("2027-02-02T08:00")


@pytest.mark.rule("R35")
def test_another_host_takes_over_with_one_event_and_one_invitation(world: Flask, google: Google) -> None:
    ana, ben = make_rep(google, "Ana"), make_rep(google, "Ben")
    link = link_of(
        ana, ben, kind="round_robin", rotation="strict", durations=[60], increment=30, any_colleague=True
    )
    booking = booked(link)
    work_once(NOW)
    google.add_event(ANA, TEN, TEN + HALF_HOUR)
    moved = move(booking, start_at=HALF_PAST, any_host=True)
    assert [host.user_id for host in moved.hosts] == [ben.id]
    work(NOW + MINUTE, rounds=2)
    assert [len(google.events(name)) for name in (ANA, BEN)] == [1, 1]
    assert sorted(mails(google)) == [("cancel", DANA), ("request", DANA), ("request", DANA)]
