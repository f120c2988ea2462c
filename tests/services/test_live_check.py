"""What calendars outside our database mean for slots and bookings: broken, silent, busy at the last moment."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from tests.factories import NOW, make_link, make_user
from tests.fakes import FakeCalendar, fake_provider
from tests.services.test_booking import NINE, ask, starts
from website.extensions import db
from website.ical.feed import BusyEvent
from website.models import Booking, Calendar, CalendarAccount, Link, User
from website.providers.calendars.errors import AccessRevoked, CalendarUnreachable
from website.services.booking import book
from website.services.calendar import refresh_due
from website.services.errors import SlotTaken

MINUTE = timedelta(minutes=1)


@pytest.fixture
def fake() -> Iterator[FakeCalendar]:
    with fake_provider() as provider:
        yield provider


def make_linked(name: str) -> User:
    """A user whose only calendar is a fake one that has not been read yet."""
    user = make_user(name, calendar=False, email=f"{name.lower()}@acme.example")
    account = CalendarAccount(kind="fake", user=user)
    db.session.add_all([account, Calendar(account=account, external_id="main")])
    db.session.flush()
    return user


def read_all(now: datetime = NOW) -> None:
    for account in db.session.query(CalendarAccount):
        account.next_check_at = None
    db.session.commit()
    refresh_due(now)


def link_of(*hosts: User, kind: str = "round_robin") -> Link:
    link = make_link(kind, hosts=hosts, rotation="strict")
    db.session.commit()
    return link


@pytest.mark.rule("R12")
def test_a_calendar_that_was_never_read_is_not_free(world: Flask, fake: FakeCalendar) -> None:
    assert starts(link_of(make_linked("Ana"))) == []


@pytest.mark.rule("R12")
def test_a_calendar_that_was_read_offers_what_is_free(world: Flask, fake: FakeCalendar) -> None:
    fake.busy["ana@acme.example"] = [BusyEvent(NINE, NINE + 30 * MINUTE)]
    link = link_of(make_linked("Ana"))
    read_all()
    assert NINE not in starts(link)
    assert NINE + 30 * MINUTE in starts(link)


@pytest.mark.rule("R12")
def test_a_broken_calendar_is_never_free(world: Flask, fake: FakeCalendar) -> None:
    link = link_of(make_linked("Ana"))
    read_all()
    fake.failure["ana@acme.example"] = AccessRevoked("Access was revoked.")
    read_all()
    assert starts(link) == []


@pytest.mark.rule("R12")
def test_a_silent_calendar_counts_as_last_seen_until_its_age_is_reached(
    world: Flask, fake: FakeCalendar
) -> None:
    link = link_of(make_linked("Ana"))
    read_all(NOW - 30 * MINUTE)
    fake.failure["ana@acme.example"] = CalendarUnreachable("No answer.")
    read_all()
    assert NINE in starts(link)


@pytest.mark.rule("R12")
def test_a_silent_calendar_counts_as_not_free_after_its_age(world: Flask, fake: FakeCalendar) -> None:
    link = link_of(make_linked("Ana"))
    read_all(NOW - 31 * MINUTE)
    fake.failure["ana@acme.example"] = CalendarUnreachable("No answer.")
    read_all()
    assert starts(link) == []


@pytest.mark.rule("R12")
def test_one_broken_calendar_of_a_round_robin_does_not_empty_the_page(
    world: Flask, fake: FakeCalendar
) -> None:
    fake.failure["ana@acme.example"] = AccessRevoked("Access was revoked.")
    link = link_of(make_linked("Ana"), make_user("Ben"))
    read_all()
    assert NINE in starts(link)


@pytest.mark.rule("R31")
def test_a_host_who_turns_out_to_be_busy_is_passed_over(world: Flask, fake: FakeCalendar) -> None:
    ana, ben = make_linked("Ana"), make_linked("Ben")
    link = link_of(ana, ben)
    read_all()
    fake.busy["ana@acme.example"] = [BusyEvent(NINE, NINE + 30 * MINUTE)]
    booking = book(link, ask(), now=NOW + MINUTE)
    assert [host.user_id for host in booking.hosts] == [ben.id]
    assert [ana.id, "busy"] in booking.receipt["checked"]


@pytest.mark.rule("R31")
def test_when_everybody_turns_out_to_be_busy_the_slot_is_taken(world: Flask, fake: FakeCalendar) -> None:
    link = link_of(make_linked("Ana"))
    read_all()
    fake.busy["ana@acme.example"] = [BusyEvent(NINE, NINE + 30 * MINUTE)]
    with pytest.raises(SlotTaken):
        book(link, ask(), now=NOW + MINUTE)


@pytest.mark.rule("R31")
def test_a_host_whose_calendar_is_silent_comes_last(world: Flask, fake: FakeCalendar) -> None:
    ana, ben = make_linked("Ana"), make_linked("Ben")
    link = link_of(ana, ben)
    read_all()
    fake.failure["ana@acme.example"] = CalendarUnreachable("No answer.")
    booking = book(link, ask(), now=NOW + MINUTE)
    assert [host.user_id for host in booking.hosts] == [ben.id]
    assert not booking.unchecked


@pytest.mark.rule("R31")
def test_when_nobody_answers_the_booking_is_accepted_unchecked(world: Flask, fake: FakeCalendar) -> None:
    link = link_of(make_linked("Ana"))
    read_all()
    fake.failure["ana@acme.example"] = CalendarUnreachable("No answer.")
    assert book(link, ask(), now=NOW + MINUTE).unchecked


@pytest.mark.rule("R31")
def test_when_nobody_answers_past_the_age_the_booking_is_refused(world: Flask, fake: FakeCalendar) -> None:
    link = link_of(make_linked("Ana"))
    read_all()
    fake.failure["ana@acme.example"] = CalendarUnreachable("No answer.")
    with pytest.raises(SlotTaken):
        book(link, ask(), now=NOW + 31 * MINUTE)


@pytest.mark.rule("R31")
def test_an_unchecked_booking_is_checked_as_soon_as_there_is_an_answer(
    world: Flask, fake: FakeCalendar
) -> None:
    booking = unchecked_booking(fake)
    del fake.failure["ana@acme.example"]
    read_all(NOW + 2 * MINUTE)
    assert (booking.unchecked, booking.clash) == (False, False)


@pytest.mark.rule("R31")
def test_a_clash_that_shows_later_is_marked(world: Flask, fake: FakeCalendar) -> None:
    booking = unchecked_booking(fake)
    del fake.failure["ana@acme.example"]
    fake.busy["ana@acme.example"] = [BusyEvent(NINE, NINE + 30 * MINUTE)]
    read_all(NOW + 2 * MINUTE)
    assert (booking.unchecked, booking.clash) == (False, True)


def unchecked_booking(fake: FakeCalendar) -> Booking:
    link = link_of(make_linked("Ana"))
    read_all()
    fake.failure["ana@acme.example"] = CalendarUnreachable("No answer.")
    return book(link, ask(), now=NOW + MINUTE)


@pytest.mark.rule("R4")
def test_a_meeting_of_ours_that_a_feed_shows_counts_once(world: Flask, fake: FakeCalendar) -> None:
    link = link_of(make_linked("Ana"))
    read_all()
    booking = book(link, ask(), now=NOW)
    before = starts(link)
    fake.busy["ana@acme.example"] = [BusyEvent(booking.start_at, booking.end_at, booking.uid)]
    read_all()
    assert starts(link) == before


@pytest.mark.rule("R4")
def test_a_meeting_of_ours_that_was_moved_in_the_calendar_blocks_where_it_is(
    world: Flask, fake: FakeCalendar
) -> None:
    link = link_of(make_linked("Ana"))
    read_all()
    booking = book(link, ask(), now=NOW)
    moved = booking.start_at + 120 * MINUTE
    fake.busy["ana@acme.example"] = [BusyEvent(moved, moved + 30 * MINUTE, booking.uid)]
    read_all()
    assert moved not in starts(link)
