"""Clocks that jump, stand still or differ: never two bookings, no lost message, nothing that waits for a past future.

`now` is handed in to the services, so a clock that jumps is a `now` that does.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from tests.diary import Diary, diaries, link_diary
from tests.factories import NOW, make_link, make_user
from tests.fakes import FakeCalendar, fake_provider
from tests.faults.visitors import ALL_DAY, check_whole, slot
from tests.flows.test_contention import no_overlap
from tests.services.test_booking import NINE, ask, stored
from tests.services.test_live_check import make_linked
from website import clock
from website.extensions import db
from website.models import Booking, BookingEvent, CalendarAccount, Link, Message, User
from website.models.message import DONE, WAITING
from website.providers.calendars.errors import CalendarUnreachable
from website.services import booking_mail
from website.services.booking import book
from website.services.calendar import refresh_due
from website.services.calendar_account import provider_account
from website.services.calendar_state import account_states
from website.services.cancellation import cancel
from website.services.errors import SlotTaken
from website.services.event_look import look_due
from website.services.hosts import host_of
from website.services.outbox import _lease, deliver_due
from website.services.transaction import in_transaction
from website.services.worker import work_once

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
JUMPS = [HOUR, -HOUR, DAY, -DAY, timedelta(0)]
AHEAD = [HOUR, DAY, 3653 * DAY]
SKEW = 90 * SECOND
pytestmark = [pytest.mark.fault(16), pytest.mark.both_engines]


@pytest.fixture
def diary() -> Iterator[Diary]:
    with diaries() as provider:
        yield provider


@pytest.fixture
def ana(world: Flask, diary: Diary) -> User:
    """A host whose meetings stand in a calendar outside, on a link that is open day and night."""
    user = make_user("Ana", calendar=False, email="ana@acme.example")
    link_diary(user, NOW)
    make_link("personal", hosts=[user], slug="demo", hours=ALL_DAY)
    db.session.commit()
    return user


def book_at(number: int, now: datetime) -> Booking:
    """Somebody books a slot, by a clock that says `now`."""
    link = db.session.scalars(select(Link)).one()
    request = ask(slot(number), nonce=f"{number} {now}", email=f"v{number}@prospect.example")
    return book(link, request, now=now)


def book_silently(number: int, now: datetime) -> Message:
    """Somebody books, and nobody is told by mail; returns the one message, for the calendar."""
    book_at(number, now)
    db.session.execute(delete(Message).where(Message.channel == booking_mail.CHANNEL))
    db.session.commit()
    return db.session.scalars(select(Message)).one()


def states() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Message.state).order_by(Message.id)))


# Jumps


@pytest.mark.rule("R30")
@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_jump_makes_no_second_booking_and_loses_no_message(
    ana: User, diary: Diary, jump: timedelta
) -> None:
    """Bookings, a cancellation and deliveries by both clocks: where a reading is too old by one, nobody is free."""
    times = [NOW, NOW + jump, NOW, NOW + jump]
    for step, now in enumerate(times):
        for number in range(step, step + 3):
            try:
                book_at(number + 60, now)
            except SlotTaken:
                continue
        deliver_due(now)
    cancel(db.session.scalars(select(Booking.token)).first() or "", reason="", now=NOW)
    deliver_due(NOW)
    assert no_overlap()
    assert set(states()) == {DONE}
    assert len(diary.events) == stored(Booking) - 1 >= 4
    # One for the calendar, and mails to the invitee and the host, for each booking and for the cancellation.
    assert stored(Message) == 3 * (stored(Booking) + 1)


@pytest.mark.rule("R32")
def test_a_clock_that_stands_still_delivers_what_is_due(ana: User, diary: Diary) -> None:
    for number in range(3):
        book_at(number, NOW)
    assert deliver_due(NOW) == 9
    assert deliver_due(NOW) == 0
    assert states() == [DONE] * 9
    check_whole()


@pytest.mark.rule("R30")
def test_two_machines_whose_clocks_differ_book_nothing_twice_and_deliver_everything_once(
    ana: User, diary: Diary
) -> None:
    slow, fast = NOW - SKEW, NOW + SKEW
    for number, now in enumerate([slow, fast] * 4):
        book_at(number // 2 * 2 + number % 2, now)
        with pytest.raises(SlotTaken):
            book_at(number, fast if now is slow else slow)
        work_once(slow, (deliver_due, refresh_due, look_due))
        work_once(fast, (deliver_due, refresh_due, look_due))
    assert no_overlap()
    assert set(states()) == {DONE}
    assert len(diary.wanted) == len(diary.events) == stored(Booking) == 8
    check_whole()


@pytest.mark.rule("R32")
def test_a_lease_is_kept_from_a_machine_whose_clock_differs(ana: User, diary: Diary) -> None:
    book_silently(0, NOW)
    assert in_transaction(lambda: _lease(NOW)) is not None
    for now in (NOW - SKEW, NOW, NOW + SKEW):
        assert in_transaction(lambda now=now: _lease(now)) is None  # type: ignore[misc]


# The clock was ahead, and was set right


@pytest.mark.rule("R32")
@pytest.mark.parametrize("ahead", AHEAD, ids=str)
def test_a_message_that_was_written_in_the_future_goes_out_now(
    ana: User, diary: Diary, ahead: timedelta
) -> None:
    message = book_silently(0, NOW)
    message.due_at = message.created_at = NOW + ahead
    db.session.commit()
    assert deliver_due(NOW) == 1
    assert states() == [DONE]


@pytest.mark.rule("R32")
def test_a_message_that_was_written_for_later_waits(ana: User, diary: Diary) -> None:
    message = book_silently(0, NOW)
    message.due_at = NOW + 3 * DAY
    db.session.commit()
    assert deliver_due(NOW) == deliver_due(NOW + 3 * DAY - SECOND) == 0
    assert deliver_due(NOW + 3 * DAY) == 1


@pytest.mark.rule("R32")
@pytest.mark.parametrize("ahead", AHEAD, ids=str)
def test_a_lease_of_the_future_holds_nobody_up(ana: User, diary: Diary, ahead: timedelta) -> None:
    """The worker whose clock was ahead was killed; the lease that it took is no lease of any clock that is right."""
    book_silently(0, NOW)
    assert in_transaction(lambda: _lease(NOW + ahead)) is not None
    assert deliver_due(NOW) == 1
    assert states() == [DONE]


@pytest.mark.rule("R32")
@pytest.mark.parametrize("ahead", [DAY, 3653 * DAY], ids=str)
def test_an_attempt_of_the_future_is_made_again_soon(ana: User, diary: Diary, ahead: timedelta) -> None:
    book_silently(0, NOW)
    diary.wrong = CalendarUnreachable("No answer.")
    deliver_due(NOW + ahead)
    assert states() == [WAITING]
    assert deliver_due(NOW) == 1, "it is tried, fails, and is put off by the right clock"
    assert deliver_due(NOW) == 0
    diary.wrong = None
    assert deliver_due(NOW + 2 * HOUR) == 1
    assert states() == [DONE]


@pytest.mark.rule("R38")
@pytest.mark.parametrize("ahead", [DAY, 3653 * DAY], ids=str)
def test_a_look_of_the_future_is_taken_now(ana: User, diary: Diary, ahead: timedelta) -> None:
    book_at(200, NOW)
    deliver_due(NOW)
    row = db.session.scalars(select(BookingEvent)).one()
    row.look_at = NOW + ahead
    db.session.commit()
    assert look_due(NOW) == 1
    assert look_due(NOW) == 0


@pytest.fixture
def fake() -> Iterator[FakeCalendar]:
    with fake_provider() as provider:
        yield provider


@pytest.mark.rule("R12")
@pytest.mark.parametrize("ahead", AHEAD, ids=str)
def test_a_reading_of_the_future_is_not_fresh_and_is_done_again(
    world: Flask, fake: FakeCalendar, ahead: timedelta
) -> None:
    ben = make_linked("Ben")
    link = make_link(hosts=[ben])
    db.session.commit()
    refresh_due(NOW + ahead)
    db.session.rollback()
    host, state = host_of(ben.id, NOW), account_states([ben.id], NOW)[ben.id][0]
    assert host is not None
    assert host.standing == "calendar_stale"
    assert state.known.hides
    with pytest.raises(SlotTaken):
        book(link, ask(), now=NOW)
    assert refresh_due(NOW) == 1
    assert refresh_due(NOW) == 0
    assert book(link, ask(), now=NOW).confirmed


@pytest.mark.rule("R12")
@pytest.mark.parametrize("failures", [0, 9])
def test_a_reading_that_was_leased_or_failed_in_the_future_is_done_now(
    world: Flask, fake: FakeCalendar, failures: int
) -> None:
    ben = make_linked("Ben")
    db.session.commit()
    account = ben.accounts[0]
    account.tried_at, account.failures = NOW + DAY, failures
    account.next_check_at = NOW + DAY + HOUR
    db.session.commit()
    assert refresh_due(NOW) == 1
    assert db.session.scalars(select(CalendarAccount.checked_at)).one() == NOW


@pytest.mark.rule("R31")
def test_the_calendar_is_asked_at_booking_though_its_reading_lies_in_the_future(
    world: Flask, fake: FakeCalendar
) -> None:
    ben = make_linked("Ben")
    link = make_link(hosts=[ben])
    db.session.commit()
    refresh_due(NOW + 10 * timedelta(minutes=1))
    asked = len(fake.asked)
    assert book(link, ask(NINE), now=NOW).confirmed
    assert len(fake.asked) == asked + 1


@pytest.mark.rule("R12")
@pytest.mark.parametrize("ahead", AHEAD, ids=str)
def test_a_renewal_that_began_in_the_future_holds_nobody_up(
    world: Flask, fake: FakeCalendar, ahead: timedelta
) -> None:
    ben = make_linked("Ben")
    ben.accounts[0].renewing_until = clock.now() + ahead
    db.session.commit()
    renew = provider_account(ben.accounts[0]).renew
    assert renew is not None
    assert renew(lambda _: {"access_token": "new"}) == {"access_token": "new"}
