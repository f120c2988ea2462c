"""When a message is tried again, and that one bad message stops no other (R32)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from tests.diary import Diary, diaries
from tests.factories import NOW
from tests.services.test_booking import NINE
from tests.services.test_calendar_event import booked as booked_with_mails
from website.extensions import db
from website.models import Booking, CalendarAccount, Message
from website.models.message import DONE, FAILED, GIVEN_UP, WAITING
from website.providers.calendars.errors import AccessRevoked, CalendarMissing, CalendarUnreachable
from website.services.effect import Effect
from website.services.outbox import CHANNELS, LONGEST_WAIT, deliver_due
from website.services.outbox_waking import wake_due

pytestmark = [pytest.mark.both_engines, pytest.mark.rule("R32")]
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def diary() -> Iterator[Diary]:
    with diaries() as provider:
        yield provider


def booked(name: str) -> Booking:
    """A booking of which nothing but its event waits in the outbox."""
    booking = booked_with_mails(name)
    db.session.execute(delete(Message).where(Message.channel == "booking_mail"))
    db.session.commit()
    return booking


def only() -> Message:
    db.session.rollback()
    return db.session.scalars(select(Message).where(Message.channel == "calendar_event")).one()


def pauses(failure: Exception, times: int, diary: Diary) -> list[timedelta]:
    """How long each failed try puts the next one off."""
    diary.wrong, found, now = failure, [], NOW
    for _ in range(times):
        assert deliver_due(now) == 1
        found.append(only().due_at - now)
        now = only().due_at
    return found


def test_pauses_grow_to_an_hour_and_a_half_at_most_and_are_never_the_same(world: Flask, diary: Diary) -> None:
    booked("Ana")
    found = pauses(CalendarUnreachable("No answer."), 16, diary)
    for number, pause in enumerate(found, start=1):
        usual = min(2**number, 3600)
        assert usual * 0.5 * SECOND <= pause <= usual * 1.5 * SECOND
    assert len(set(found)) == 16
    assert only().state == WAITING


def test_a_provider_that_asks_for_a_longer_pause_gets_it_within_reason(world: Flask, diary: Diary) -> None:
    booked("Ana")
    assert pauses(CalendarUnreachable("Slow down.", 1800), 3, diary) == [1800 * SECOND] * 3
    assert pauses_again(CalendarUnreachable("Slow down.", 10**9), diary) == LONGEST_WAIT
    assert pauses_again(CalendarUnreachable("Slow down.", 1), diary) > SECOND


def pauses_again(failure: Exception, diary: Diary) -> timedelta:
    now, diary.wrong = only().due_at, failure
    deliver_due(now)
    return only().due_at - now


def test_an_event_is_tried_until_its_meeting_has_ended(world: Flask, diary: Diary) -> None:
    booked("Ana")
    diary.wrong, now = CalendarUnreachable("No answer."), NOW
    while now < NINE:
        now = only().due_at
        assert deliver_due(now) == 1
        assert only().state == WAITING
    diary.wrong = None
    deliver_due(only().due_at)
    assert (only().state, len(diary.events)) == (DONE, 1)


@pytest.mark.parametrize("failure", [CalendarMissing("Gone."), AccessRevoked("Not now.", final=False)])
def test_what_somebody_mended_in_silence_is_delivered_within_the_hour(
    world: Flask, diary: Diary, failure: Exception
) -> None:
    booked("Ana")
    diary.wrong = failure
    deliver_due(NOW)
    assert (wake_due(NOW + 59 * MINUTE), only().state) == (0, FAILED)
    assert wake_due(NOW + HOUR) == 1
    deliver_due(NOW + HOUR)
    assert (only().state, only().attempts) == (FAILED, 2)
    diary.wrong = None
    assert wake_due(NOW + 2 * HOUR) == 1
    deliver_due(NOW + 2 * HOUR)
    assert (only().state, len(diary.events)) == (DONE, 1)


def test_a_broken_account_is_left_in_peace(world: Flask, diary: Diary) -> None:
    booked("Ana")
    diary.wrong = AccessRevoked("Refused.")
    deliver_due(NOW)
    db.session.scalars(select(CalendarAccount)).one().broken = True
    db.session.commit()
    assert wake_due(NOW + HOUR) == 0
    db.session.scalars(select(CalendarAccount)).one().broken = False
    db.session.commit()
    assert wake_due(NOW + HOUR) == 1


def test_a_meeting_that_is_over_and_one_that_was_given_up_are_not_tried_again(
    world: Flask, diary: Diary
) -> None:
    booking = booked("Ana")
    diary.wrong = CalendarMissing("Gone.")
    deliver_due(NOW)
    assert wake_due(booking.end_at) == 0
    only().state = GIVEN_UP
    db.session.commit()
    assert wake_due(NOW + HOUR) == 0


def test_an_outcome_that_cannot_be_kept_is_a_failure_like_any_other(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise KeyError("an address that nobody should read")

    effects = {"bad": Effect(lambda: None, keep=broken), "good": Effect(lambda: None)}
    monkeypatch.setitem(CHANNELS, "test", lambda message, now: effects[message.kind])
    for kind in ("bad", "good"):
        db.session.add(Message(key=kind, channel="test", kind=kind, due_at=NOW, created_at=NOW))
    db.session.commit()
    assert deliver_due(NOW) == 2
    rows = {row.kind: row for row in db.session.scalars(select(Message))}
    assert rows["good"].state == DONE
    assert (rows["bad"].state, rows["bad"].lease_until) == (WAITING, None)
    assert rows["bad"].error.startswith("KeyError")
    assert rows["bad"].due_at > NOW


def test_a_channel_that_nobody_knows_stops_no_other(world: Flask, diary: Diary) -> None:
    db.session.add(Message(key="odd", channel="pigeon", kind="x", due_at=NOW - HOUR, created_at=NOW))
    booked("Ana")
    deliver_due(NOW)
    assert {row.channel: row.state for row in db.session.scalars(select(Message))} == {
        "pigeon": WAITING,
        "calendar_event": DONE,
    }
