"""A CalDAV account in the life of the site, with a real Radicale: read, written by bookings, stated in a file."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, make_link, make_user
from tests.peers.dav import DavUser
from tests.peers.radicale import Radicale
from tests.services.test_booking import HALF_HOUR, NINE, ask, starts
from website.extensions import db
from website.models import Booking, BookingEvent, Calendar, CalendarAccount, Link, Message, User
from website.models.message import DONE
from website.services.booking import book
from website.services.calendar import refresh
from website.services.calendar_event import CHANNEL
from website.services.cancellation import cancel
from website.services.errors import SlotTaken
from website.services.outbox import deliver_due
from website.services.worker import work_once
from website.services.workspace_file import BadWorkspace, apply, export


@pytest.fixture
def dav(radicale: Radicale) -> DavUser:
    return radicale.new_user()


def linked(dav: DavUser, *calendars: str) -> tuple[CalendarAccount, Link]:
    """A host with this account alone, whose first calendar receives bookings, and their link. Read once."""
    user = make_user("Ana", calendar=False)
    account = CalendarAccount(kind="caldav", user=user, secret=dict(dav.account().secret))
    account.calendars = [
        Calendar(external_id=url, receives_bookings=url == calendars[0]) for url in calendars
    ]
    db.session.add(account)
    link = make_link("personal", hosts=[user])
    db.session.commit()
    refresh([account.id], NOW)
    return account, link


def busy_at_nine(dav: DavUser, calendar: str) -> str:
    return dav.put(calendar, "UID:busy\nDTSTART:20270202T080000Z\nDTEND:20270202T083000Z", name="busy.ics")


def event_of(booking: Booking) -> BookingEvent:
    return db.session.scalars(select(BookingEvent).where(BookingEvent.booking_id == booking.id)).one()


@pytest.mark.rule("R4")
def test_what_stands_in_any_of_the_calendars_is_not_offered(world: Flask, dav: DavUser) -> None:
    work, home = dav.make_calendar("Work"), dav.make_calendar("Home")
    account, link = linked(dav, work, home)
    assert NINE in starts(link)
    busy = busy_at_nine(dav, home)
    refresh([account.id], NOW)
    assert NINE not in starts(link)
    assert NINE + HALF_HOUR in starts(link)
    dav.delete(busy)
    refresh([account.id], NOW)
    assert NINE in starts(link)


@pytest.mark.rule("R12")
def test_a_calendar_that_did_not_change_is_known_to_be_as_it_was(world: Flask, dav: DavUser) -> None:
    work = dav.make_calendar("Work")
    busy_at_nine(dav, work)
    account, link = linked(dav, work)
    later = NOW + HALF_HOUR
    refresh([account.id], later)
    assert account.calendars[0].checked_at == later
    assert NINE not in starts(link)
    assert NINE + HALF_HOUR in starts(link)


@pytest.mark.rule("R31")
def test_what_came_into_the_calendar_a_moment_ago_is_found_at_booking(world: Flask, dav: DavUser) -> None:
    work = dav.make_calendar("Work")
    _account, link = linked(dav, work)
    busy_at_nine(dav, work)
    assert NINE in starts(link)
    with pytest.raises(SlotTaken):
        book(link, ask(), now=NOW + HALF_HOUR / 30)
    assert NINE not in starts(link)


@pytest.mark.rule("R12")
def test_a_host_whose_password_no_longer_works_is_not_free(
    world: Flask, radicale: Radicale, dav: DavUser
) -> None:
    account, link = linked(dav, dav.make_calendar("Work"))
    radicale.set_password(dav, "another")
    refresh([account.id], NOW)
    assert account.broken
    assert "password" in account.error
    assert starts(link) == []


@pytest.mark.rule("R12")
def test_a_host_one_of_whose_calendars_is_gone_is_not_free_once_what_is_known_is_old(
    world: Flask, dav: DavUser
) -> None:
    work, home = dav.make_calendar("Work"), dav.make_calendar("Home")
    account, link = linked(dav, work, home)
    dav.delete(home)
    refresh([account.id], NOW)
    assert [calendar.missing_at is None for calendar in account.calendars] == [True, False]
    account.calendars[1].checked_at = NOW - 2 * HALF_HOUR
    db.session.commit()
    assert starts(link) == []


@pytest.mark.rule("R34")
def test_a_booking_stands_in_the_calendar_until_it_is_called_off(world: Flask, dav: DavUser) -> None:
    work, home = dav.make_calendar("Work"), dav.make_calendar("Home")
    _account, link = linked(dav, work, home)
    booking = book(link, ask(), now=NOW)
    assert dav.text(event_of(booking).external_id or work + "none") == ""
    deliver_due(NOW)
    event = event_of(booking)
    assert event.external_id.startswith(work)
    text = dav.text(event.external_id)
    assert "DTSTART:20270202T080000Z" in text
    assert "Dana Prospect" in text
    assert f"/booking/{booking.token}" in text
    assert not any(f"\n{name}" in text for name in ("ORGANIZER", "ATTENDEE", "METHOD"))
    cancel(booking.token, reason="", now=NOW)
    work_once(NOW)
    assert dav.text(event.external_id) == ""
    assert {message.state for message in db.session.scalars(select(Message))} == {DONE}


@pytest.mark.rule("R4")
def test_a_meeting_of_ours_counts_once(world: Flask, dav: DavUser) -> None:
    account, link = linked(dav, dav.make_calendar("Work"))
    booking = book(link, ask(), now=NOW)
    work_once(NOW)
    refresh([account.id], NOW)
    assert NINE not in starts(link)
    cancel(booking.token, reason="", now=NOW)
    assert NINE in starts(link)


@pytest.mark.rule("R32")
def test_a_delivery_of_which_nothing_was_recorded_is_made_again_without_a_second_event(
    world: Flask, dav: DavUser
) -> None:
    work = dav.make_calendar("Work")
    _account, link = linked(dav, work)
    booking = book(link, ask(), now=NOW)
    deliver_due(NOW)
    url, event = event_of(booking).external_id, event_of(booking)
    event.external_id = event.uid = event.etag = ""
    message = db.session.scalars(select(Message).where(Message.channel == CHANNEL)).one()
    message.state, message.done_at = "waiting", None
    db.session.commit()
    deliver_due(NOW)
    assert event_of(booking).external_id == url
    assert dav.ask("PROPFIND", work, Depth="1").text.count(".ics") == 1


FILE = """
[[users]]
email = "ana@acme.example"
name = "Ana"
role = "admin"
seat = true

[[users.calendars]]
kind = "caldav"
url = "{url}"
username = "{name}"
password = "{password}"

[[links]]
slug = "ana"
kind = "personal"
title = "Meet Ana"
timezone = "Europe/Paris"
durations = [30]
notice_minutes = 0
hours = {{ mon = ["09:00-17:00"], tue = ["09:00-17:00"] }}
hosts = [{{ user = "ana@acme.example" }}]
"""


def file_of(dav: DavUser) -> str:
    return FILE.format(url=dav.url, name=dav.name, password=dav.password)


def the_account() -> tuple[CalendarAccount, Link]:
    user = db.session.scalars(select(User)).one()
    return user.accounts[0], db.session.scalars(select(Link)).one()


@pytest.mark.rule("R12")
def test_a_workspace_file_states_a_calendar_by_its_own_address(world: Flask, dav: DavUser) -> None:
    work = dav.make_calendar("Work")
    text = file_of(replace(dav, url=work))
    assert "added caldav calendar of ana@acme.example" in apply(text, prune=False, now=NOW)
    assert apply(text, prune=False, now=NOW) == []
    assert apply(export(), prune=True, now=NOW) == []
    account, link = the_account()
    assert starts(link) == []
    busy_at_nine(dav, work)
    refresh([account.id], NOW)
    assert NINE not in starts(link)
    booking = book(link, ask(NINE + HALF_HOUR), now=NOW)
    work_once(NOW)
    assert event_of(booking).external_id.startswith(work)
    assert "DTSTART:20270202T083000Z" in dav.text(event_of(booking).external_id)


@pytest.mark.rule("R12")
def test_a_host_whose_file_names_no_calendars_own_address_is_not_free(world: Flask, dav: DavUser) -> None:
    dav.make_calendar("Work")
    apply(file_of(dav), prune=False, now=NOW)
    account, link = the_account()
    refresh([account.id], NOW)
    assert "no calendar at this address" in account.calendars[0].error
    assert starts(link) == []


def test_a_workspace_file_without_a_password_is_refused(world: Flask, dav: DavUser) -> None:
    text = file_of(dav).replace(f'password = "{dav.password}"\n', "")
    with pytest.raises(BadWorkspace) as refused:
        apply(text, prune=False, now=NOW)
    assert "password" in str(refused.value)
