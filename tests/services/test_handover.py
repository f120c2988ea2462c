"""Handing a booking over to another eligible, free host (R36)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.at_once import at_once
from tests.diary import Diary, diaries, link_diary
from tests.factories import NOW, make_busy, make_link, make_user
from tests.services.meetings import booked, claimed_by, hosts_of, no_overlap, standing_in, team
from tests.services.test_booking import HALF_HOUR, NINE, ask
from website.extensions import db
from website.ical.feed import BusyEvent
from website.models import Booking, BookingEvent, User
from website.providers.calendars.errors import AccessRevoked, CalendarUnreachable
from website.scheduling.receipt import Receipt, sentence
from website.services.booking import book
from website.services.calendar import refresh
from website.services.cancellation import cancel, cancel_by_host
from website.services.errors import (
    AlreadyHosts,
    AlreadyOver,
    HostNotFree,
    NotAllowed,
    NotEligible,
    SlotTaken,
    UnknownBooking,
    UnknownUser,
)
from website.services.handover import candidates, hand_over

pytestmark = [pytest.mark.both_engines, pytest.mark.rule("R36")]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def diary() -> Iterator[Diary]:
    with diaries() as provider:
        yield provider


def give(booking: Booking, former: User, to: User, by: User | None = None) -> None:
    db.session.commit()
    hand_over(booking.id, to.id, from_user_id=former.id, by=by or former, now=NOW)


def read_by(booking: Booking, reader: User) -> str:
    return sentence(Receipt.from_json(booking.receipt), reader_id=reader.id)


@pytest.mark.parametrize("kind", ["personal", "round_robin"])
def test_another_host_has_the_meeting_its_time_and_its_event(world: Flask, kind: str) -> None:
    ana, ben = team("Ana", "Ben")
    booking = booked([ana] if kind == "personal" else [ana, ben], kind)
    assert standing_in() == {"Ana": 1}
    give(booking, ana, ben)
    assert (hosts_of(booking), claimed_by(booking), booking.sequence) == (["Ben"], {ben.id}, 1)
    assert standing_in() == {"Ben": 1}
    assert (booking.start_at, booking.end_at) == (NINE, NINE + HALF_HOUR)


@pytest.mark.rule("R24")
def test_the_receipt_and_the_history_say_who_gave_it_to_whom(world: Flask) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    booking = booked([ana, ben])
    give(booking, ana, ben)
    assert read_by(booking, ben) == "Ana handed this over to you."
    give(booking, ben, cleo, by=ana)
    assert read_by(booking, cleo) == "Ana handed this over from Ben to you."
    assert [(one["what"], one["by"], one["from"], one["to"]) for one in booking.changes] == [
        ("handed_over", ana.id, ana.id, ben.id),
        ("handed_over", ana.id, ben.id, cleo.id),
    ]


@pytest.mark.rule("R30")
def test_the_former_host_is_free_again_and_the_new_one_is_not(world: Flask) -> None:
    ana, ben = team("Ana", "Ben")
    booking = booked([ana, ben])
    give(booking, ana, ben)
    again = book(booking.link, ask(nonce="second"), now=NOW)
    assert hosts_of(again) == ["Ana"]
    with pytest.raises(SlotTaken):
        book(booking.link, ask(nonce="third"), now=NOW)


def test_one_place_of_a_group_goes_and_everybody_else_s_stays(world: Flask) -> None:
    ana, ben, cleo, dora = team("Ana", "Ben", "Cleo", "Dora")
    booking = booked([ana, ben, cleo], "group")
    assert standing_in() == {"Ana": 1, "Ben": 1, "Cleo": 1}
    give(booking, ben, dora)
    assert hosts_of(booking) == ["Ana", "Dora", "Cleo"]
    assert claimed_by(booking) == {ana.id, dora.id, cleo.id}
    assert standing_in() == {"Ana": 1, "Dora": 1, "Cleo": 1}
    assert read_by(booking, ana) == "Everyone on this group link hosts."
    assert read_by(booking, dora) == "Ben handed this over to you."


def test_who_hosts_already_gets_no_second_place(world: Flask) -> None:
    ana, ben = team("Ana", "Ben")
    booking = booked([ana, ben], "group")
    with pytest.raises(AlreadyHosts):
        give(booking, ana, ben)
    assert hosts_of(booking) == ["Ana", "Ben"]


@pytest.mark.parametrize(
    ("before", "after", "free"), [(10, 0, False), (0, 0, True), (0, 15, False), (5, 10, False)]
)
def test_buffers_count_for_whoever_takes_it(world: Flask, before: int, after: int, free: bool) -> None:
    ana, ben = team("Ana", "Ben")
    make_busy(ben, (NINE - HALF_HOUR, NINE), (NINE + HALF_HOUR, NINE + 2 * HALF_HOUR))
    booking = booked([ana], "personal", buffer_before=before, buffer_after=after)
    assert [one.able for one in candidates(booking, NOW)] == [free]
    if free:
        give(booking, ana, ben)
    else:
        with pytest.raises(HostNotFree):
            give(booking, ana, ben)
    assert hosts_of(booking) == (["Ben"] if free else ["Ana"])


def test_nobody_gets_two_meetings_at_once(world: Flask) -> None:
    ana, ben = team("Ana", "Ben")
    first, second = booked([ana], "personal"), booked([ben], "personal")
    with pytest.raises(HostNotFree):
        give(first, ana, ben)
    assert (hosts_of(first), hosts_of(second)) == (["Ana"], ["Ben"])
    assert first.changes == [] and first.sequence == 0


@pytest.mark.parametrize(
    "values", [{"seat": False}, {"active": False}, {"calendar": False}], ids=["seat", "active", "calendar"]
)
def test_who_cannot_host_gets_nothing(world: Flask, values: dict[str, bool]) -> None:
    (ana,), ben = team("Ana"), make_user("Ben", **values)
    booking = booked([ana], "personal")
    with pytest.raises(NotEligible):
        give(booking, ana, ben)
    with pytest.raises(UnknownUser):
        hand_over(booking.id, 999, from_user_id=ana.id, by=ana, now=NOW)
    assert hosts_of(booking) == ["Ana"]


def test_hosts_give_their_own_place_who_made_the_link_and_admins_anybody_s(world: Flask) -> None:
    ana, ben, cleo, dora = team("Ana", "Ben", "Cleo", "Dora")
    boss = make_user("Boss", role="admin")
    booking = booked([ana, ben], "group")
    with pytest.raises(NotAllowed):
        give(booking, ana, cleo, by=ben)
    with pytest.raises(UnknownBooking):
        give(booking, ana, cleo, by=dora)
    assert hosts_of(booking) == ["Ana", "Ben"]
    give(booking, ben, cleo, by=ana)
    give(booking, cleo, dora, by=boss)
    assert hosts_of(booking) == ["Ana", "Dora"]


def test_what_has_begun_or_is_off_or_was_given_away_stays_as_it_is(world: Flask) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    booking = booked([ana], "personal")
    with pytest.raises(AlreadyOver):
        hand_over(booking.id, ben.id, from_user_id=ana.id, by=ana, now=NINE)
    give(booking, ana, ben)
    with pytest.raises(AlreadyOver):
        give(booking, ana, cleo, by=ana)
    cancel(booking.token, reason="", now=NOW)
    with pytest.raises(AlreadyOver):
        give(booking, ben, cleo)
    assert hosts_of(booking) == ["Ben"]


def test_the_link_s_other_hosts_come_first_and_each_one_says_how_they_stand(world: Flask) -> None:
    ana, _, cleo = team("Ana", "Ben", "Cleo")
    make_user("Abe", seat=False)
    make_busy(cleo, (NINE, NINE + HALF_HOUR))
    make_user("Gone", active=False)
    booking = booked([ana, cleo])
    seen = [(one.name, one.on_link, one.standing, one.busy, one.able) for one in candidates(booking, NOW)]
    assert seen == [
        ("Cleo", True, None, True, False),
        ("Abe", False, "no_seat", False, False),
        ("Ben", False, None, False, True),
    ]


# The last look at the source (R31)


def with_diary(name: str = "Ben") -> User:
    user = make_user(name, calendar=False, email=f"{name.lower()}@acme.example")
    link_diary(user, NOW)
    return user


@pytest.mark.rule("R31")
def test_busy_at_the_source_at_the_last_moment_is_not_free(world: Flask, diary: Diary) -> None:
    (ana,), ben = team("Ana"), with_diary()
    booking = booked([ana], "personal")
    diary.busy[ben.email] = [BusyEvent(NINE, NINE + HALF_HOUR, "dentist")]
    with pytest.raises(HostNotFree):
        give(booking, ana, ben)
    assert hosts_of(booking) == ["Ana"]
    assert booking.sequence == 0


@pytest.mark.rule("R31")
def test_without_an_answer_it_counts_what_was_seen_last_and_a_clash_is_shown(
    world: Flask, diary: Diary
) -> None:
    (ana,), ben = team("Ana"), with_diary()
    booking = booked([ana], "personal")
    diary.wrong = CalendarUnreachable("No answer.")
    give(booking, ana, ben)
    assert hosts_of(booking) == ["Ben"]
    assert (booking.unchecked, booking.clash) == (True, False)
    diary.wrong, diary.busy[ben.email] = None, [BusyEvent(NINE, NINE + HALF_HOUR, "dentist")]
    refresh([ben.accounts[0].id], NOW + MINUTE)
    db.session.expire_all()
    assert (booking.unchecked, booking.clash) == (False, True)


@pytest.mark.rule("R31")
def test_what_calendars_said_before_the_hand_over_does_not_settle_it(world: Flask, diary: Diary) -> None:
    (ana,), ben = team("Ana"), with_diary()
    other = link_diary(ben, NOW)
    other.calendars[0].receives_bookings = False
    booking = booked([ana], "personal")
    diary.wrong = CalendarUnreachable("No answer.")
    later = NOW + 2 * MINUTE
    hand_over(booking.id, ben.id, from_user_id=ana.id, by=ana, now=later)
    diary.wrong = None
    refresh([other.id], later)
    db.session.expire_all()
    assert booking.unchecked
    refresh([account.id for account in ben.accounts], later)
    db.session.expire_all()
    assert not booking.unchecked


@pytest.mark.rule("R31")
def test_a_calendar_that_no_longer_lets_us_in_is_not_free(world: Flask, diary: Diary) -> None:
    (ana,), ben = team("Ana"), with_diary()
    booking = booked([ana], "personal")
    diary.wrong = AccessRevoked("Access was revoked.")
    with pytest.raises(NotEligible):
        give(booking, ana, ben)
    assert hosts_of(booking) == ["Ana"]


def test_a_clash_of_the_former_host_is_not_the_new_one_s(world: Flask) -> None:
    ana, ben = team("Ana", "Ben")
    booking = booked([ana], "personal")
    booking.clash = booking.unchecked = True
    give(booking, ana, ben)
    assert (booking.clash, booking.unchecked) == (False, False)


def test_a_clash_of_a_host_who_stays_is_still_shown(world: Flask) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    booking = booked([ana, ben], "group")
    make_busy(ana, (NINE, NINE + HALF_HOUR))
    booking.clash = True
    give(booking, ben, cleo)
    assert booking.clash
    give(booking, ana, ben)
    assert not booking.clash


# Events


@pytest.mark.rule("R34")
def test_there_and_back_again_leaves_one_event(world: Flask, diary: Diary) -> None:
    ana, ben = with_diary("Ana"), with_diary("Ben")
    booking = booked([ana], "personal")
    assert standing_in() == {}
    give(booking, ana, ben)
    standing_in()
    assert [name for name, _ in diary.events] == ["ben@acme.example"]
    give(booking, ben, ana)
    standing_in()
    assert [name for name, _ in diary.events] == ["ana@acme.example"]
    wanted = db.session.scalars(select(BookingEvent).where(BookingEvent.wanted)).one()
    assert wanted.invites


# All at once (R30)


@pytest.mark.rule("R30")
def test_two_hand_overs_and_a_booking_for_the_same_host_never_make_two(world: Flask) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    first = booked([ana], "personal", slug="first")
    second = booked([ben], "personal", slug="second")
    third = make_link("personal", hosts=[cleo], slug="third")
    db.session.commit()
    ids = {"first": (first.id, ana.id), "second": (second.id, ben.id)}
    cleo_id, third_id = cleo.id, third.id

    def race(what: str) -> str:
        if what == "book":
            book(db.session.get_one(type(third), third_id), ask(nonce="race"), now=NOW)
        else:
            booking_id, former = ids[what]
            by = db.session.get_one(User, former)
            hand_over(booking_id, cleo_id, from_user_id=former, by=by, now=NOW)
        return what

    answers = at_once(world, race, ["first", "second", "book"])
    won = [answer for answer in answers if isinstance(answer, str)]
    assert len(won) == 1, answers
    assert all(isinstance(answer, HostNotFree | SlotTaken) for answer in answers if answer not in won)
    assert no_overlap()


@pytest.mark.rule("R30")
def test_one_booking_given_to_two_at_once_goes_to_one(world: Flask) -> None:
    ana, *others = team("Ana", "Ben", "Cleo", "Dora")
    booking = booked([ana], "personal")
    booking_id, ana_id = booking.id, ana.id

    def race(to: int) -> int:
        by = db.session.get_one(User, ana_id)
        hand_over(booking_id, to, from_user_id=ana_id, by=by, now=NOW)
        return to

    answers = at_once(world, race, [user.id for user in others])
    (won,) = [answer for answer in answers if isinstance(answer, int)]
    # Who came later either found the place given away, or was no longer one of its hosts.
    assert all(isinstance(one, AlreadyOver | UnknownBooking | int | NotAllowed) for one in answers), answers
    assert claimed_by(booking) == {won}
    assert (len(booking.changes), booking.sequence) == (1, 1)


@pytest.mark.rule("R30")
def test_a_hand_over_and_a_cancellation_at_once_leave_no_claim_behind(world: Flask) -> None:
    ana, ben = team("Ana", "Ben")
    booking = booked([ana], "personal")
    booking_id, ana_id, ben_id = booking.id, ana.id, ben.id

    def race(what: str) -> str:
        by = db.session.get_one(User, ana_id)
        if what == "cancel":
            cancel_by_host(booking_id, reason="", by=by, now=NOW)
        else:
            hand_over(booking_id, ben_id, from_user_id=ana_id, by=by, now=NOW)
        return what

    answers = at_once(world, race, ["cancel", "hand over"])
    db.session.expire_all()
    assert booking.confirmed is ("cancel" not in answers), answers
    assert claimed_by(booking) == ({ben_id} if booking.confirmed else set())
