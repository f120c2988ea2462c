"""Moving a booking to another time (R35)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.at_once import at_once
from tests.diary import diaries, link_diary
from tests.factories import NOW, make_busy, make_link, make_user
from tests.fakes import FakeCalendar, fake_provider
from tests.services.test_booking import HALF_HOUR, NINE, ask, starts, stored
from tests.services.test_live_check import make_linked, read_all
from website.extensions import db
from website.ical.feed import BusyEvent
from website.models import Booking, BuiltinEvent, Claim, Link, User
from website.providers.calendars.errors import CalendarUnreachable
from website.scheduling.receipt import Receipt, remarks, sentence
from website.services.booking import book
from website.services.cancellation import cancel
from website.services.errors import AlreadyOver, NotAllowed, SlotTaken, TooLate, UnknownBooking
from website.services.reschedule import reschedule
from website.services.worker import work_once

TEN = NINE + 2 * HALF_HOUR
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def fake() -> Iterator[FakeCalendar]:
    with fake_provider() as provider:
        yield provider


def link_of(*hosts: User, kind: str = "round_robin", **values: Any) -> Link:
    link = make_link(kind, hosts=hosts, **values)
    db.session.commit()
    return link


def move(booking: Booking, start: datetime = TEN, **values: Any) -> Booking:
    asked: dict[str, Any] = {"by": None, "any_host": False, "nonce": "move", "now": NOW}
    return reschedule(booking.id, start, **asked | values)


def hosts_of(booking: Booking) -> list[int]:
    return [host.user_id for host in booking.hosts]


@pytest.mark.both_engines
@pytest.mark.rule("R35")
def test_a_booking_is_moved_with_its_host_uid_and_length(world: Flask) -> None:
    booking = book(link_of(make_user(), make_user("Ben"), durations=[30, 60]), ask(duration=60), now=NOW)
    uid, hosts = booking.uid, hosts_of(booking)
    work_once(NOW)
    moved = move(booking, now=NOW + MINUTE)
    assert (moved.start_at, moved.end_at) == (TEN, TEN + 2 * HALF_HOUR)
    assert (moved.uid, moved.sequence, hosts_of(moved)) == (uid, 1, hosts)
    assert stored(Claim) == 12
    work_once(NOW + MINUTE)
    event = db.session.scalars(select(BuiltinEvent)).one()
    assert (event.start_at, event.end_at) == (TEN, TEN + 2 * HALF_HOUR)


@pytest.mark.both_engines
@pytest.mark.rule("R4")
def test_a_booking_is_not_in_its_own_way(world: Flask) -> None:
    link = link_of(make_user(), kind="personal", durations=[60], buffer_before=15, buffer_after=10)
    booking = book(link, ask(duration=60), now=NOW)
    work_once(NOW)
    assert move(booking, NINE + HALF_HOUR).start_at == NINE + HALF_HOUR
    part = booking.hosts[0]
    assert part.occupied_until - part.occupied_from == 12 + 3 + 2


@pytest.mark.rule("R4")
def test_the_buffers_of_another_booking_are_in_the_way(world: Flask) -> None:
    link = link_of(make_user(), kind="personal", buffer_after=30)
    booking = book(link, ask(), now=NOW)
    book(link, ask(NINE + 4 * HALF_HOUR, nonce="second", email="eve@prospect.example"), now=NOW)
    with pytest.raises(SlotTaken):
        move(booking, NINE + 3 * HALF_HOUR)
    assert move(booking, NINE + 2 * HALF_HOUR).start_at == NINE + 2 * HALF_HOUR


@pytest.mark.rule("R35")
def test_the_link_s_present_buffers_are_taken(world: Flask) -> None:
    link = link_of(make_user(), kind="personal")
    booking = book(link, ask(), now=NOW)
    link.buffer_after = 20
    db.session.commit()
    move(booking)
    assert stored(Claim) == 6 + 4


@pytest.mark.both_engines
@pytest.mark.rule("R30")
def test_a_taken_time_is_refused_with_fresh_ones_and_nothing_changes(world: Flask) -> None:
    link = link_of(make_user(), kind="personal")
    booking = book(link, ask(), now=NOW)
    book(link, ask(TEN, nonce="second", email="eve@prospect.example"), now=NOW)
    with pytest.raises(SlotTaken) as refusal:
        move(booking)
    assert TEN not in refusal.value.alternatives
    assert NINE not in refusal.value.alternatives
    assert NINE + HALF_HOUR in refusal.value.alternatives
    db.session.rollback()
    assert (booking.start_at, booking.sequence, booking.changes) == (NINE, 0, [])


@pytest.mark.both_engines
@pytest.mark.rule("R33")
def test_the_same_request_twice_makes_one_change(world: Flask) -> None:
    booking = book(link_of(make_user(), kind="personal"), ask(), now=NOW)
    move(booking)
    assert move(booking).sequence == 1
    move(booking, NINE + 6 * HALF_HOUR, nonce="another")
    assert move(booking).start_at == NINE + 6 * HALF_HOUR
    assert booking.sequence == 2


@pytest.mark.rule("R33")
def test_the_time_that_it_has_already_is_no_change(world: Flask) -> None:
    booking = book(link_of(make_user(), kind="personal"), ask(), now=NOW)
    assert move(booking, NINE).sequence == 0


@pytest.mark.rule("R9")
def test_a_booking_does_not_count_against_its_own_cap(world: Flask) -> None:
    link = link_of(make_user(), max_per_day=1, max_per_day_per_host=1)
    booking = book(link, ask(), now=NOW)
    assert starts(link) == []
    assert move(booking).start_at == TEN


@pytest.mark.rule("R9")
def test_a_day_that_others_fill_is_full(world: Flask) -> None:
    link = link_of(make_user(), make_user("Ben"), max_per_day=1)
    booking = book(link, ask(), now=NOW)
    book(link, ask(NINE + DAY, nonce="second", email="eve@prospect.example"), now=NOW)
    with pytest.raises(SlotTaken):
        move(booking, TEN + DAY)


@pytest.mark.rule("R1")
def test_hours_hold_over_a_change_of_the_clocks(world: Flask) -> None:
    link = link_of(make_user(), kind="personal")
    booking = book(link, ask(NINE + 52 * DAY), now=NOW)  # the Friday before summer time begins in Paris
    monday = datetime.fromisoformat("2027-03-29T07:00:00+00:00")
    moved = move(booking, monday)
    assert (moved.start_at, moved.end_at) == (monday, monday + HALF_HOUR)
    with pytest.raises(SlotTaken):
        move(booking, monday - HALF_HOUR, nonce="early")


# Who hosts


@pytest.mark.both_engines
@pytest.mark.rule("R35")
def test_a_host_who_is_not_free_is_not_replaced_unless_asked_for(world: Flask) -> None:
    ana, ben = make_user(), make_user("Ben")
    link = link_of(ana, ben, rotation="strict", any_colleague=True)
    booking = book(link, ask(), now=NOW)
    work_once(NOW)
    make_busy(ana, (TEN, TEN + HALF_HOUR))
    db.session.commit()
    with pytest.raises(SlotTaken):
        move(booking)
    moved = move(booking, any_host=True, now=NOW + MINUTE)
    assert hosts_of(moved) == [ben.id]
    receipt = Receipt.from_json(moved.receipt)
    assert (receipt.rule, receipt.winner_id) == ("any_colleague", ben.id)
    assert sentence(receipt) == "You were the only one of 2 hosts who was free."
    assert "could not be there" in remarks(receipt)[0]
    work_once(NOW + MINUTE)
    assert [event.calendar.account.user_id for event in booking.events if event.wanted] == [ben.id]
    ours = db.session.scalars(select(BuiltinEvent).where(BuiltinEvent.ours)).all()
    assert [event.calendar_id for event in ours] == [ben.accounts[0].calendars[0].id]


@pytest.mark.rule("R24")
@pytest.mark.rule("R35")
@pytest.mark.parametrize("any_host", [False, True])
def test_a_free_host_keeps_the_booking_and_the_receipt_says_so(world: Flask, any_host: bool) -> None:
    ana, ben = make_user(), make_user("Ben")
    link = link_of(ana, ben, rotation="strict", any_colleague=True)
    booking = book(link, ask(), now=NOW)
    first = booking.receipt
    moved = move(booking, any_host=any_host)
    assert hosts_of(moved) == [ana.id]
    receipt = Receipt.from_json(moved.receipt)
    assert (receipt.rule, receipt.winner_id) == ("kept", ana.id)
    assert [(one.host_id, one.reason) for one in receipt.pool] == [
        (ana.id, "present"),
        (ben.id, "not_present"),
    ]
    assert sentence(receipt) == "You hosted this meeting before it was moved, and still do."
    assert moved.changes[0]["receipt"] == first


@pytest.mark.rule("R35")
def test_a_link_that_does_not_offer_colleagues_keeps_the_host(world: Flask) -> None:
    ana, ben = make_user(), make_user("Ben")
    booking = book(link_of(ana, ben, rotation="strict"), ask(), now=NOW)
    make_busy(ana, (TEN, TEN + HALF_HOUR))
    db.session.commit()
    with pytest.raises(SlotTaken):
        move(booking, any_host=True)
    assert hosts_of(move(booking, any_host=True, by=ana)) == [ben.id]


@pytest.mark.rule("R35")
def test_a_host_who_left_the_link_keeps_the_booking(world: Flask) -> None:
    ana, ben = make_user(), make_user("Ben")
    link = link_of(ana, ben, rotation="strict")
    booking = book(link, ask(), now=NOW)
    link.hosts.remove(link.hosts[0])
    own = link_of(ana, kind="personal")
    book(own, ask(TEN, nonce="second", email="eve@prospect.example"), now=NOW)
    with pytest.raises(SlotTaken):
        move(booking)
    assert hosts_of(move(booking, TEN + HALF_HOUR)) == [ana.id]


@pytest.mark.rule("R12")
def test_a_host_who_cannot_host_any_more_offers_no_time(world: Flask) -> None:
    ana, ben = make_user(), make_user("Ben")
    booking = book(link_of(ana, ben, rotation="strict", any_colleague=True), ask(), now=NOW)
    ana.active = False
    db.session.commit()
    with pytest.raises(SlotTaken) as refusal:
        move(booking)
    assert refusal.value.alternatives == []
    assert hosts_of(move(booking, any_host=True)) == [ben.id]


@pytest.mark.both_engines
@pytest.mark.rule("R6")
def test_a_group_moves_with_those_who_were_invited(world: Flask) -> None:
    ana, ben, cleo = make_user(), make_user("Ben"), make_user("Cleo")
    group = make_link("group", hosts=[ana, ben])
    group.hosts[1].optional = True
    own = link_of(ben, kind="personal")
    booking = book(group, ask(), now=NOW)
    book(own, ask(TEN, nonce="second", email="eve@prospect.example"), now=NOW)
    group.hosts.append(type(group.hosts[0])(user_id=cleo.id, position=2))
    db.session.commit()
    moved = move(booking)
    assert [(host.user_id, host.active) for host in moved.hosts] == [(ana.id, True), (ben.id, False)]
    again = move(booking, TEN + HALF_HOUR, nonce="again")
    assert [(host.user_id, host.active) for host in again.hosts] == [(ana.id, True), (ben.id, True)]


@pytest.mark.rule("R23")
def test_whoever_takes_it_over_by_rotation_goes_to_the_back_of_the_ring(world: Flask) -> None:
    ana, ben, cleo = make_user(), make_user("Ben"), make_user("Cleo")
    link = link_of(ana, ben, cleo, rotation="strict", any_colleague=True)
    booking = book(link, ask(), now=NOW)
    make_busy(ana, (TEN, TEN + HALF_HOUR))
    db.session.commit()
    assert hosts_of(move(booking, any_host=True)) == [ben.id]
    later = [
        book(link, ask(NINE + hour * 2 * HALF_HOUR, nonce=f"n{hour}", email="eve@prospect.example"), now=NOW)
        for hour in (3, 4, 5)
    ]
    # Whose meeting it was has their turn again.
    assert [hosts_of(one) for one in later] == [[ana.id], [cleo.id], [ben.id]]


# Until when, and by whom


@pytest.mark.rule("R35")
def test_an_invitee_changes_until_the_link_s_notice_and_a_host_after_it(world: Flask) -> None:
    ana = make_user()
    booking = book(link_of(ana, kind="personal", change_notice_minutes=120), ask(), now=NOW)
    last = NINE - timedelta(minutes=120)
    with pytest.raises(TooLate):
        move(booking, now=last + MINUTE)
    with pytest.raises(TooLate):
        cancel(booking.token, reason="", now=last + MINUTE)
    assert move(booking, NINE + HALF_HOUR, now=last).sequence == 1
    assert move(booking, by=ana, nonce="host", now=NINE - MINUTE).sequence == 2


@pytest.mark.rule("R33")
def test_the_same_request_after_the_notice_is_still_done(world: Flask) -> None:
    link = link_of(make_user(), kind="personal", change_notice_minutes=60)
    booking = book(link, ask(NINE + DAY), now=NOW)
    soon = NINE - timedelta(minutes=60)
    move(booking, NINE, now=soon)
    assert move(booking, NINE, now=soon + MINUTE).sequence == 1


@pytest.mark.rule("R3")
def test_minimum_notice_holds_for_an_invitee_and_not_for_a_host(world: Flask) -> None:
    ana = make_user()
    booking = book(link_of(ana, kind="personal", notice_minutes=240), ask(NINE + DAY), now=NOW)
    today = NOW + timedelta(hours=2)
    with pytest.raises(SlotTaken):
        move(booking, today)
    assert move(booking, today, by=ana).start_at == today


@pytest.mark.rule("R36")
def test_a_user_who_has_nothing_to_do_with_it_may_not_move_it(world: Flask) -> None:
    booking = book(link_of(make_user(), kind="personal"), ask(), now=NOW)
    stranger = make_user("Zoe")
    boss = make_user("Boss", role="admin")
    db.session.commit()
    with pytest.raises(NotAllowed):
        move(booking, by=stranger)
    assert move(booking, by=boss).changes[0]["by"] == boss.id


def test_what_is_over_or_called_off_is_not_moved(world: Flask) -> None:
    booking = book(link_of(make_user(), kind="personal"), ask(), now=NOW)
    with pytest.raises(AlreadyOver):
        move(booking, now=NINE)
    cancel(booking.token, reason="", now=NOW)
    with pytest.raises(AlreadyOver):
        move(booking)
    with pytest.raises(UnknownBooking):
        reschedule(999, TEN, by=None, any_host=False, nonce="x", now=NOW)


@pytest.mark.rule("R35")
def test_a_closed_link_still_lets_booked_people_change(world: Flask) -> None:
    link = link_of(make_user(), kind="personal")
    booking = book(link, ask(), now=NOW)
    link.active = False
    db.session.commit()
    assert move(booking).start_at == TEN


# Calendars at the last moment


@pytest.mark.rule("R31")
def test_a_calendar_that_is_busy_at_the_last_moment_refuses(world: Flask, fake: FakeCalendar) -> None:
    link = link_of(make_linked("Ana"), kind="personal")
    read_all()
    booking = book(link, ask(), now=NOW)
    fake.busy["ana@acme.example"] = [BusyEvent(TEN, TEN + HALF_HOUR)]
    with pytest.raises(SlotTaken):
        move(booking, now=NOW + MINUTE)


@pytest.mark.rule("R31")
def test_any_colleague_takes_over_from_a_host_who_is_busy_at_the_last_moment(
    world: Flask, fake: FakeCalendar
) -> None:
    ana, ben = make_linked("Ana"), make_linked("Ben")
    link = link_of(ana, ben, rotation="strict", any_colleague=True)
    read_all()
    booking = book(link, ask(), now=NOW)
    fake.busy["ana@acme.example"] = [BusyEvent(TEN, TEN + HALF_HOUR)]
    moved = move(booking, any_host=True, now=NOW + MINUTE)
    assert hosts_of(moved) == [ben.id]
    assert [ana.id, "busy"] in moved.receipt["checked"]


@pytest.mark.both_engines
@pytest.mark.rule("R31")
def test_a_move_that_nobody_answered_for_is_unchecked_and_checked_later(
    world: Flask, fake: FakeCalendar
) -> None:
    link = link_of(make_linked("Ana"), kind="personal")
    read_all()
    booking = book(link, ask(), now=NOW)
    fake.failure["ana@acme.example"] = CalendarUnreachable("No answer.")
    assert move(booking, now=NOW + MINUTE).unchecked
    del fake.failure["ana@acme.example"]
    fake.busy["ana@acme.example"] = [BusyEvent(TEN, TEN + HALF_HOUR)]
    read_all(NOW + 2 * MINUTE)
    assert (booking.unchecked, booking.clash) == (False, True)


@pytest.mark.rule("R4")
def test_an_event_that_has_not_followed_yet_is_not_in_the_way(world: Flask) -> None:
    with diaries() as diary:
        ana = make_user(calendar=False, email="ana@acme.example")
        link_diary(ana, NOW)
        booking = book(link_of(ana, kind="personal"), ask(), now=NOW)
        work_once(NOW)
        move(booking, now=NOW + MINUTE)
        diary.busy["ana@acme.example"] = [BusyEvent(NINE, NINE + HALF_HOUR, booking.uid)]
        read_all(NOW + MINUTE)
        assert move(booking, NINE, nonce="back", now=NOW + MINUTE).start_at == NINE
        work_once(NOW + MINUTE)
        assert (diary.only().start, len(diary.events)) == (NINE, 1)


# At the same time


@pytest.mark.both_engines
@pytest.mark.rule("R30")
def test_a_move_and_a_cancellation_at_once_end_in_a_cancelled_meeting(world: Flask) -> None:
    booking = book(link_of(make_user(), kind="personal"), ask(), now=NOW)
    number, token = booking.id, booking.token

    def attempt(cancels: bool) -> Booking:
        if cancels:
            return cancel(token, reason="", now=NOW)
        return reschedule(number, TEN, by=None, any_host=False, nonce="move", now=NOW)

    answers = at_once(world, attempt, [True, False])
    assert {type(one) for one in answers} <= {Booking, AlreadyOver}
    assert not booking.confirmed
    assert stored(Claim) == 0


@pytest.mark.both_engines
@pytest.mark.rule("R30")
def test_a_move_and_bookings_for_one_slot_give_it_to_exactly_one(world: Flask) -> None:
    link = link_of(make_user(), kind="personal")
    booking, link_id = book(link, ask(), now=NOW).id, link.id

    def attempt(number: int) -> Booking:
        if number == 0:
            return reschedule(booking, TEN, by=None, any_host=False, nonce="move", now=NOW)
        request = ask(TEN, nonce=f"n{number}", email=f"v{number}@prospect.example")
        return book(db.session.get_one(Link, link_id), request, now=NOW)

    answers = at_once(world, attempt, range(5))
    assert [type(one) for one in answers if isinstance(one, Exception)] == [SlotTaken] * 4
    at_ten = db.session.scalars(select(Booking).where(Booking.start_at == TEN)).all()
    assert len(at_ten) == 1


@pytest.mark.both_engines
@pytest.mark.rule("R33")
def test_the_same_request_many_times_at_once_makes_one_change(world: Flask) -> None:
    booking = book(link_of(make_user(), kind="personal"), ask(), now=NOW).id
    answers = at_once(
        world,
        lambda _: reschedule(booking, TEN, by=None, any_host=False, nonce="move", now=NOW).sequence,
        range(4),
    )
    assert answers == [1, 1, 1, 1]


@pytest.mark.both_engines
@pytest.mark.rule("R30")
def test_two_bookings_moved_to_one_slot_end_apart(world: Flask) -> None:
    link = link_of(make_user(), kind="personal")
    first = book(link, ask(), now=NOW).id
    second = book(link, ask(TEN, nonce="second", email="eve@prospect.example"), now=NOW).id
    moves = [(first, NINE + 6 * HALF_HOUR), (second, NINE + 6 * HALF_HOUR)]
    answers = at_once(
        world,
        lambda one: reschedule(one[0], one[1], by=None, any_host=False, nonce=str(one[0]), now=NOW),
        moves,
    )
    assert [type(one) for one in answers if isinstance(one, Exception)] == [SlotTaken]
    assert stored(Claim) == 12
