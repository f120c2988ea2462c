"""Events that were moved or deleted in a host's own calendar: noticed, confirmed, shown, decided (R38)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.diary import Diary, diaries, link_diary
from tests.factories import NOW, make_link, make_user
from tests.services.test_booking import NINE, ask, starts
from website.extensions import db
from website.ical.feed import BusyEvent
from website.models import Booking, BookingEvent, Claim, User
from website.providers.calendars.errors import CalendarUnreachable
from website.services import event_finding
from website.services.booking import book
from website.services.calendar import refresh
from website.services.errors import AlreadyOver, NotAllowed, SlotTaken
from website.services.event_look import look_due, look_soon
from website.services.outbox import deliver_due

MINUTE = timedelta(minutes=1)
SOON, LATER = NOW + 11 * MINUTE, NOW + 13 * MINUTE

pytestmark = pytest.mark.both_engines


@pytest.fixture
def diary() -> Iterator[Diary]:
    with diaries() as provider:
        yield provider


def booked(*names: str, kind: str = "personal") -> Booking:
    """A booking at nine whose events stand in the hosts' diaries."""
    hosts = [make_user(name, calendar=False, email=f"{name.lower()}@acme.example") for name in names]
    for host in hosts:
        link_diary(host, NOW)
    link = make_link(kind, hosts=hosts)
    db.session.commit()
    booking = book(link, ask(), now=NOW)
    deliver_due(NOW)
    return booking


def look_twice() -> None:
    assert look_due(SOON) > 0
    assert look_due(LATER) > 0


def the_event() -> BookingEvent:
    return db.session.scalars(select(BookingEvent).where(BookingEvent.found != "")).one()


def host_of(booking: Booking) -> User:
    return booking.hosts[0].user


@pytest.mark.rule("R34")
def test_the_event_stands_in_the_calendar_of_its_host_and_one_asks_the_guests(
    world: Flask, diary: Diary
) -> None:
    booking = booked("Ana", "Ben", kind="group")
    assert {name for name, _ in diary.events} == {"ana@acme.example", "ben@acme.example"}
    assert [bool(event.guests) for event in diary.wanted] == [True, False]
    assert [event.invites for event in booking.events] == [True, False]


@pytest.mark.rule("R38")
def test_an_event_that_stands_as_booked_is_well(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    assert (look_due(SOON), look_due(LATER)) == (1, 0)
    assert [event.found for event in booking.events] == [""]


@pytest.mark.rule("R38")
def test_one_odd_answer_shows_nothing(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    diary.move(60 * MINUTE)
    look_due(SOON)
    assert [event.found for event in booking.events] == [""]
    diary.move(-60 * MINUTE)
    look_due(LATER)
    assert [event.found for event in booking.events] == [""]


@pytest.mark.rule("R38")
def test_a_moved_event_is_shown_after_a_second_look(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    diary.move(60 * MINUTE)
    look_twice()
    event = the_event()
    assert (event.found, event.found_start_at) == ("moved", NINE + 60 * MINUTE)
    assert booking.confirmed
    assert booking.start_at == NINE


@pytest.mark.rule("R38")
def test_a_deleted_event_is_shown_and_cancels_nothing(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    diary.events.clear()
    look_twice()
    assert the_event().found == "gone"
    assert booking.confirmed


@pytest.mark.rule("R38")
def test_no_answer_is_no_finding(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    diary.events.clear()
    diary.wrong = CalendarUnreachable("No answer.")
    look_due(SOON)
    look_due(SOON + 20 * MINUTE)
    assert [event.found for event in booking.events] == [""]


@pytest.mark.rule("R38")
def test_keeping_a_moved_meeting_puts_its_event_back(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    diary.move(60 * MINUTE)
    look_twice()
    event_finding.keep(the_event().id, by=host_of(booking), now=LATER)
    deliver_due(LATER)
    assert diary.only().start == NINE
    assert look_due(LATER + 30 * MINUTE) == 1
    assert [event.found for event in booking.events] == [""]


@pytest.mark.rule("R38")
def test_keeping_a_deleted_meeting_makes_a_new_event(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    before = diary.only().ref.external_id
    diary.events.clear()
    look_twice()
    event_finding.keep(the_event().id, by=host_of(booking), now=LATER)
    deliver_due(LATER)
    assert diary.only().start == NINE
    assert diary.only().ref.external_id != before


@pytest.mark.rule("R38")
def test_moving_follows_the_calendar_and_takes_everybody_along(world: Flask, diary: Diary) -> None:
    booking = booked("Ana", "Ben", kind="group")
    name = ("ana@acme.example", booking.events[0].external_id)
    later = diary.events[name]
    diary.events[name] = type(later)(later.ref, NINE + 60 * MINUTE, NINE + 90 * MINUTE)
    look_twice()
    event_finding.move(the_event().id, by=host_of(booking), now=LATER)
    deliver_due(LATER)
    assert {placed.start for placed in diary.events.values()} == {NINE + 60 * MINUTE}
    assert (booking.start_at, booking.sequence) == (NINE + 60 * MINUTE, 1)
    assert db.session.scalar(select(func.count()).select_from(Claim)) == 2 * 6
    assert NINE in starts(booking.link)


@pytest.mark.rule("R30")
def test_moving_onto_another_booking_is_refused(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    book(booking.link, ask(NINE + 60 * MINUTE, email="other@prospect.example", nonce="second"), now=NOW)
    diary.move(60 * MINUTE)
    look_twice()
    with pytest.raises(SlotTaken):
        event_finding.move(the_event().id, by=host_of(booking), now=LATER)
    db.session.refresh(booking)
    assert (booking.start_at, booking.sequence) == (NINE, 0)
    assert db.session.scalar(select(func.count()).select_from(Claim)) == 2 * 6


@pytest.mark.rule("R38")
def test_cancelling_takes_the_event_away(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    diary.move(60 * MINUTE)
    look_twice()
    event_finding.cancel(the_event().id, by=host_of(booking), now=LATER)
    deliver_due(LATER)
    assert not booking.confirmed
    assert diary.events == {}


@pytest.mark.rule("R38")
def test_nobody_else_decides_and_nobody_decides_twice(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    stranger = make_user("Carl")
    db.session.commit()
    diary.move(60 * MINUTE)
    look_twice()
    event_id = the_event().id
    with pytest.raises(NotAllowed):
        event_finding.keep(event_id, by=stranger, now=LATER)
    event_finding.keep(event_id, by=host_of(booking), now=LATER)
    with pytest.raises(AlreadyOver):
        event_finding.move(event_id, by=host_of(booking), now=LATER)


@pytest.mark.rule("R38")
def test_a_hint_from_the_calendar_brings_the_look_forward(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    account = host_of(booking).accounts[0]
    assert look_due(NOW + MINUTE) == 0
    look_soon(account.id, NOW + MINUTE)
    db.session.commit()
    assert look_due(NOW + MINUTE) == 1


@pytest.mark.rule("R4")
def test_where_it_was_and_where_it_is_are_both_busy_until_it_is_decided(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    diary.busy["ana@acme.example"] = [BusyEvent(NINE + 60 * MINUTE, NINE + 90 * MINUTE)]
    refresh([host_of(booking).accounts[0].id], NOW)
    offered = starts(booking.link)
    assert NINE not in offered
    assert NINE + 60 * MINUTE not in offered
    assert NINE + 30 * MINUTE in offered


@pytest.mark.rule("R38")
def test_a_meeting_that_was_moved_along_can_be_moved_again(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    diary.move(60 * MINUTE)
    look_twice()
    event_finding.move(the_event().id, by=host_of(booking), now=LATER)
    deliver_due(LATER)
    diary.move(30 * MINUTE)
    assert look_due(LATER + 11 * MINUTE) == look_due(LATER + 13 * MINUTE) == 1
    event = the_event()
    assert (event.found, event.found_start_at) == ("moved", NINE + 90 * MINUTE)
