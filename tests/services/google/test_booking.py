"""Bookings in Google calendars: one event, one invitation, one cancellation, whatever happens on the way."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW
from tests.peers.google import Google
from tests.services.google.linking import (
    DANA,
    HALF_HOUR,
    MINUTE,
    NINE,
    account_of,
    book_nine,
    link_of,
    mails,
    make_rep,
    work,
)
from website.extensions import db
from website.models import Booking, BookingEvent, Message
from website.models.message import DONE, FAILED
from website.services.calendar_event import CHANNEL
from website.services.cancellation import cancel
from website.services.worker import work_once

ANA, BEN = "ana@acme.example", "ben@acme.example"


def messages() -> list[Message]:
    db.session.expire_all()
    """Those for calendars."""
    return list(db.session.scalars(select(Message).where(Message.channel == CHANNEL).order_by(Message.id)))


def events_of(booking: Booking) -> list[BookingEvent]:
    db.session.expire_all()
    return list(booking.events)


@pytest.mark.both_engines
@pytest.mark.rule("R34")
def test_a_booking_stands_in_the_calendar_with_its_guest_and_a_meeting(world: Flask, google: Google) -> None:
    booking = book_nine(link_of(make_rep(google)))
    work_once(NOW)
    (event,) = google.events(ANA)
    assert [guest["email"] for guest in event["attendees"]] == [DANA]
    assert (event["start"]["dateTime"], event["start"]["timeZone"]) == (
        "2027-02-02T08:00:00+00:00",
        "Europe/London",
    )
    assert mails(google) == [("request", DANA)]
    (known,) = events_of(booking)
    assert (known.external_id, known.uid, known.etag) == (event["id"], event["iCalUID"], event["etag"])
    assert known.address == event["htmlLink"]
    assert booking.meeting_url == event["hangoutLink"]
    assert [message.state for message in messages()] == [DONE]


@pytest.mark.rule("R35")
def test_a_cancellation_takes_the_event_away_and_tells_the_guest_once(world: Flask, google: Google) -> None:
    booking = book_nine(link_of(make_rep(google)))
    work(rounds=2)
    cancel(booking.token, reason="", now=NOW)
    work(rounds=2)
    assert google.events(ANA) == []
    assert mails(google) == [("request", DANA), ("cancel", DANA)]


@pytest.mark.fault(10)
@pytest.mark.rule("R32")
@pytest.mark.parametrize(
    "kind", ["lost_before", "lost_after", "unavailable", "truncated", "rateLimitExceeded"]
)
@pytest.mark.parametrize("times", [1, 4])
def test_mishaps_end_in_one_event_one_invitation_and_one_cancellation(
    world: Flask, google: Google, kind: str, times: int
) -> None:
    booking = book_nine(link_of(make_rep(google)))
    google.fail(kind, times=times, method="calendar.events.")
    work()
    assert len(google.events(ANA)) == 1
    assert mails(google) == [("request", DANA)]
    assert events_of(booking)[0].external_id == google.events(ANA)[0]["id"]
    cancel(booking.token, reason="", now=NOW)
    google.fail(kind, times=times, method="calendar.events.")
    work()
    assert google.events(ANA) == []
    assert mails(google) == [("request", DANA), ("cancel", DANA)]
    assert {message.state for message in messages()} == {DONE}


@pytest.mark.rule("R32")
def test_a_booking_called_off_before_its_event_was_known_to_stand_leaves_none(
    world: Flask, google: Google
) -> None:
    booking = book_nine(link_of(make_rep(google)))
    google.fail("lost_after", method="calendar.events.insert")
    work_once(NOW)
    assert len(google.events(ANA)) == 1
    cancel(booking.token, reason="", now=NOW)
    work()
    assert google.events(ANA) == []
    assert mails(google) == [("request", DANA), ("cancel", DANA)]


@pytest.mark.rule("R34")
def test_a_meeting_that_takes_a_while_is_waited_for_without_another_mail(
    world: Flask, google: Google
) -> None:
    google.meet.reads = 3
    booking = book_nine(link_of(make_rep(google)))
    work_once(NOW)
    assert booking.meeting_url == ""
    work()
    assert booking.meeting_url == google.events(ANA)[0]["hangoutLink"]
    assert mails(google) == [("request", DANA)]


@pytest.mark.rule("R34")
def test_a_calendar_without_meetings_gets_the_event_alone(world: Flask, google: Google) -> None:
    ana = make_rep(google, meets=False)
    google.calendars[ANA].conferences = ()
    booking = book_nine(link_of(ana))
    work()
    assert len(google.events(ANA)) == 1
    assert booking.meeting_url == ""


@pytest.mark.rule("R34")
def test_the_hosts_of_a_group_each_have_the_event_and_one_of_them_invites(
    world: Flask, google: Google
) -> None:
    hosts = make_rep(google, "Ana"), make_rep(google, "Ben")
    booking = book_nine(link_of(*hosts, kind="group"))
    work()
    (anas,), (bens,) = google.events(ANA), google.events(BEN)
    assert [guest["email"] for guest in anas["attendees"]] == [DANA]
    assert "attendees" not in bens
    assert anas["iCalUID"] != bens["iCalUID"]
    assert mails(google) == [("request", DANA)]
    assert booking.meeting_url == anas["hangoutLink"]
    cancel(booking.token, reason="", now=NOW)
    work()
    assert google.events(ANA) == google.events(BEN) == []
    assert mails(google) == [("request", DANA), ("cancel", DANA)]


@pytest.mark.rule("R32")
def test_an_event_that_cannot_be_put_is_shown(world: Flask, google: Google) -> None:
    link = link_of(make_rep(google))
    book_nine(link)
    google.revoke(ANA)
    work(rounds=1)
    (message,) = messages()
    assert message.state == FAILED
    assert message.error.startswith("AccessRevoked: ")


@pytest.mark.rule("R38")
def test_an_event_that_the_host_moved_is_looked_at_rather_than_moved_back(
    world: Flask, google: Google
) -> None:
    booking = book_nine(link_of(make_rep(google)))
    work_once(NOW)
    (known,) = events_of(booking)
    google.move_event(ANA, known.external_id, NINE + HALF_HOUR, NINE + 2 * HALF_HOUR)
    db.session.rollback()
    message = messages()[0]
    message.state, message.due_at = "waiting", NOW
    db.session.commit()
    work_once(NOW + MINUTE)
    assert events_of(booking)[0].doubted_at == NOW + MINUTE
    assert google.events(ANA)[0]["start"]["dateTime"].startswith("2027-02-02T08:30")


@pytest.mark.rule("R12")
def test_the_account_is_read_again_once_its_event_stands(world: Flask, google: Google) -> None:
    ana = make_rep(google)
    book_nine(link_of(ana))
    work_once(NOW + MINUTE)
    assert account_of(ana).checked_at == NOW + MINUTE
