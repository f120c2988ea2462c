"""Bookings' events in calendars: in order, once, and looked at before they hide what was there (R31, R32, R34)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.diary import Diary, diaries, link_diary
from tests.factories import NOW, make_link, make_user
from tests.services.test_booking import NINE, ask
from website.extensions import db
from website.ical.feed import BusyEvent
from website.models import Booking, BookingEvent, Message
from website.models.message import DONE, FAILED, WAITING
from website.providers.calendars.errors import AccessRevoked, CalendarUnreachable
from website.providers.calendars.records import Account, CalendarEvent, EventRef, Placed
from website.services.booking import book
from website.services.calendar import refresh
from website.services.calendar_event import CHANNEL
from website.services.cancellation import cancel
from website.services.event_look import look_due
from website.services.outbox import deliver_due

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
pytestmark = pytest.mark.both_engines


@pytest.fixture
def diary() -> Iterator[Diary]:
    with diaries() as provider:
        yield provider


def booked(*names: str, kind: str = "personal", **link: object) -> Booking:
    hosts = [make_user(name, calendar=False, email=f"{name.lower()}@acme.example") for name in names]
    for host in hosts:
        link_diary(host, NOW)
    made = make_link(kind, hosts=hosts, **link)
    db.session.commit()
    return book(made, ask(), now=NOW)


def messages() -> list[Message]:
    """Those for calendars."""
    return list(db.session.scalars(select(Message).where(Message.channel == CHANNEL).order_by(Message.id)))


def states() -> list[str]:
    db.session.expire_all()
    return [message.state for message in messages()]


@pytest.mark.rule("R32")
def test_what_cannot_be_delivered_now_is_delivered_later_and_once(world: Flask, diary: Diary) -> None:
    booked("Ana")
    diary.wrong = CalendarUnreachable("No answer.")
    deliver_due(NOW)
    assert states() == [WAITING]
    diary.wrong = None
    deliver_due(NOW + HOUR)
    deliver_due(NOW + 2 * HOUR)
    assert (states(), len(diary.wanted)) == ([DONE], 1)


@pytest.mark.rule("R32")
def test_what_only_a_person_can_mend_is_kept_and_says_why(world: Flask, diary: Diary) -> None:
    booked("Ana")
    diary.wrong = AccessRevoked("Access was revoked.")
    deliver_due(NOW)
    assert states() == [FAILED]
    assert "Access was revoked." in messages()[0].error


@pytest.mark.rule("R32")
def test_a_cancellation_waits_for_the_event_that_it_takes_away(world: Flask, diary: Diary) -> None:
    booking = booked("Ana")
    diary.wrong = CalendarUnreachable("No answer.")
    deliver_due(NOW)
    cancel(booking.token, reason="", now=NOW)
    diary.wrong = None
    deliver_due(NOW)
    assert states() == [WAITING, WAITING]
    deliver_due(NOW + HOUR)
    assert (states(), diary.events) == ([DONE, DONE], {})


@pytest.mark.rule("R32")
def test_one_host_s_silent_calendar_holds_up_nobody_else_s(world: Flask, diary: Diary) -> None:
    booked("Ana", "Ben", kind="group")
    messages()[0].due_at = NOW + HOUR
    db.session.commit()
    deliver_due(NOW)
    assert states() == [WAITING, DONE]
    assert [name for name, _ in diary.events] == ["ben@acme.example"]


@pytest.mark.rule("R34")
def test_a_video_meeting_that_is_being_made_is_asked_for_again(
    world: Flask, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed, answers = diary.put_event, ["", "", "https://meet.example/abc"]

    def slowly(
        account: Account, calendar_id: str, event: CalendarEvent, ref: EventRef, deadline_seconds: float
    ) -> Placed:
        url = answers.pop(0)
        stands = placed(account, calendar_id, event, ref, deadline_seconds)
        return replace(stands, meeting_url=url, meeting_pending=not url)

    monkeypatch.setattr(diary, "put_event", slowly)
    booking = booked("Ana", place={"kind": "meet", "value": ""})
    deliver_due(NOW)
    assert (booking.meeting_url, states()) == ("", [WAITING])
    deliver_due(NOW + MINUTE)
    deliver_due(NOW + 2 * MINUTE)
    assert (booking.meeting_url, states()) == ("https://meet.example/abc", [DONE])
    assert len({event.uid for event in diary.wanted}) == len(diary.events) == 1
    assert all(event.meeting for event in diary.wanted)


@pytest.mark.rule("R38")
def test_an_event_that_was_deleted_before_a_change_reached_it_is_looked_at(
    world: Flask, diary: Diary
) -> None:
    booking = booked("Ana")
    deliver_due(NOW)
    diary.events.clear()
    booking.sequence = 1
    (message,) = messages()
    message.state, message.due_at = WAITING, NOW
    db.session.commit()
    deliver_due(NOW)
    assert states() == [DONE]
    look_due(NOW)
    look_due(NOW + 2 * MINUTE)
    assert db.session.scalars(select(BookingEvent.found)).one() == "gone"


@pytest.mark.rule("R31")
def test_a_clash_is_found_before_the_event_of_the_booking_hides_it(world: Flask, diary: Diary) -> None:
    booking = unchecked(diary)
    diary.wrong = None
    diary.busy["ana@acme.example"] = [BusyEvent(NINE, NINE + 15 * MINUTE)]
    deliver_due(NOW + HOUR)
    refresh_all()
    assert (booking.unchecked, booking.clash, len(diary.events)) == (False, True, 1)


@pytest.mark.rule("R31")
def test_the_event_of_a_booking_is_no_clash_with_itself(world: Flask, diary: Diary) -> None:
    booking = unchecked(diary)
    diary.wrong = None
    deliver_due(NOW + HOUR)
    diary.busy["ana@acme.example"] = [BusyEvent(NINE, NINE + 30 * MINUTE)]
    refresh_all()
    assert (booking.unchecked, booking.clash) == (False, False)


@pytest.mark.rule("R31")
def test_while_nobody_answers_the_event_waits(world: Flask, diary: Diary) -> None:
    booking = unchecked(diary)
    deliver_due(NOW + HOUR)
    assert (states(), booking.unchecked, diary.events) == ([WAITING], True, {})


def unchecked(diary: Diary) -> Booking:
    diary.wrong = CalendarUnreachable("No answer.")
    booking = booked("Ana")
    assert booking.unchecked
    return booking


def refresh_all() -> None:
    accounts = [
        event.calendar.account_id for event in db.session.scalars(select(BookingEvent)) if event.calendar
    ]
    refresh(accounts, NOW + HOUR)


def test_events_in_the_built_in_calendar_are_not_looked_at(world: Flask) -> None:
    link = make_link("personal", hosts=[make_user()])
    db.session.commit()
    book(link, ask(), now=NOW)
    deliver_due(NOW)
    assert look_due(NOW + HOUR) == 0
