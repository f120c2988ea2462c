"""Declining a meeting: the rotation of its link finds the next host (R23, R36)."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.diary import Diary, diaries, link_diary
from tests.factories import NOW, make_busy, make_contact, make_user
from tests.services.meetings import booked, claimed_by, hosts_of, standing_in, team
from tests.services.test_booking import HALF_HOUR, NINE
from website.extensions import db
from website.ical.feed import BusyEvent
from website.models import Booking, Message, User
from website.providers.calendars.errors import CalendarUnreachable
from website.scheduling.receipt import Receipt, remarks, sentence
from website.services.decline import decline
from website.services.errors import AlreadyOver, NobodyFree, UnknownBooking
from website.services.reschedule import reschedule

pytestmark = [pytest.mark.both_engines, pytest.mark.rule("R36")]


@pytest.fixture
def diary() -> Iterator[Diary]:
    with diaries() as provider:
        yield provider


def say_no(booking: Booking, by: User, reason: str = "") -> None:
    db.session.commit()
    decline(booking.id, by=by, reason=reason, now=NOW)


@pytest.mark.rule("R23")
def test_the_next_in_the_ring_gets_it_and_then_the_one_after(world: Flask) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    booking = booked([ana, ben, cleo])
    assert (hosts_of(booking), standing_in()) == (["Ana"], {"Ana": 1})
    say_no(booking, ana, "Ill")
    assert (hosts_of(booking), claimed_by(booking), standing_in()) == (["Ben"], {ben.id}, {"Ben": 1})
    say_no(booking, ben)
    assert hosts_of(booking) == ["Cleo"]
    assert [(one["from"], one["to"], one["reason"]) for one in booking.changes] == [
        (ana.id, ben.id, "Ill"), (ben.id, cleo.id, ""),
    ]  # fmt: skip
    # Whoever got it has had their turn, and those who declined have theirs again.
    turns = {member.user.name: member.turn for member in booking.link.hosts}
    assert turns["Ana"] == turns["Ben"] < turns["Cleo"]


@pytest.mark.rule("R23")
def test_the_link_s_own_rotation_decides(world: Flask) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    booking = booked([ana, ben, cleo], rotation="priority")
    for member, rank in zip(booking.link.hosts, (1, 3, 2), strict=True):
        member.priority = rank
    former = booking.hosts[0].user
    say_no(booking, former)
    assert hosts_of(booking) == (["Cleo"] if former is not cleo else ["Ana"])


@pytest.mark.rule("R23")
def test_a_random_draw_may_end_with_anybody_but_who_declined(world: Flask) -> None:
    hosts = team("Ana", "Ben", "Cleo", "Dora")
    seen = set()
    for number in range(12):
        booking = booked(hosts, rotation="random", start=NINE + number * HALF_HOUR, slug=f"draw{number}")
        former = booking.hosts[0].user
        say_no(booking, former)
        (taker,) = hosts_of(booking)
        assert taker != former.name
        seen.add(taker)
    assert len(seen) > 1


@pytest.mark.rule("R24")
def test_the_next_host_reads_why_and_that_somebody_declined(world: Flask) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    booking = booked([ana, ben, cleo])
    say_no(booking, ana)
    receipt = Receipt.from_json(booking.receipt)
    assert (receipt.rule, receipt.winner_id) == ("declined", ben.id)
    assert sentence(receipt, reader_id=ben.id) == "2 of 2 hosts were free, and you were next in line."
    assert remarks(receipt, reader_id=ben.id) == [
        "Ana declined this meeting, and it went on to the next host."
    ]
    reasons = {member.name: member.reason for member in receipt.pool}
    assert reasons == {"Ana": "declined", "Ben": "eligible", "Cleo": "eligible"}


def test_nobody_gets_back_what_they_declined(world: Flask) -> None:
    ana, ben = team("Ana", "Ben")
    booking = booked([ana, ben])
    say_no(booking, ana)
    with pytest.raises(NobodyFree):
        say_no(booking, ben)
    assert hosts_of(booking) == ["Ben"]


@pytest.mark.rule("R35")
def test_at_another_time_who_declined_may_be_asked_again(world: Flask) -> None:
    ana, ben = team("Ana", "Ben")
    booking = booked([ana, ben])
    say_no(booking, ana)
    later = NINE + 2 * HALF_HOUR
    reschedule(booking.id, later, by=ben, any_host=False, nonce="move", now=NOW)
    say_no(booking, ben)
    assert hosts_of(booking) == ["Ana"]


def test_where_nobody_is_free_nothing_changes(world: Flask) -> None:
    ana, ben = team("Ana", "Ben")
    make_busy(ben, (NINE, NINE + HALF_HOUR))
    make_user("Cleo")
    booking = booked([ana, ben])
    before = db.session.query(Message).count()
    with pytest.raises(NobodyFree):
        say_no(booking, ana)
    assert (hosts_of(booking), booking.sequence, booking.changes) == (["Ana"], 0, [])
    assert db.session.query(Message).count() == before


@pytest.mark.rule("R32")
def test_each_calendar_hears_of_one_change(world: Flask) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    booking = booked([ana, ben, cleo])
    say_no(booking, ana)
    messages = db.session.query(Message).filter_by(channel="calendar_event").order_by(Message.id)
    assert [message.kind for message in messages] == ["event_put", "event_remove", "event_put"]


@pytest.mark.rule("R9")
def test_a_host_whose_day_is_full_does_not_get_it(world: Flask) -> None:
    ana, ben = team("Ana", "Ben")
    booking = booked([ana, ben], max_per_day_per_host=1)
    other = booked([ben], "personal", start=NINE + 4 * HALF_HOUR)
    other.link_id = booking.link_id
    with pytest.raises(NobodyFree):
        say_no(booking, ana)


@pytest.mark.rule("R8")
def test_hosts_own_hours_count_where_the_link_says_so(world: Flask) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    booking = booked([ana, ben, cleo])
    booking.link.hours_source, ben.hours = "hosts", {"tue": ["14:00-18:00"]}
    say_no(booking, ana)
    assert hosts_of(booking) == ["Cleo"]


def test_the_link_s_notice_and_hours_do_not_matter_to_what_was_booked(world: Flask) -> None:
    ana, ben = team("Ana", "Ben")
    booking = booked([ana, ben])
    link = booking.link
    link.notice_minutes, link.hours, link.durations, link.active = (
        10_000,
        {"sun": ["09:00-10:00"]},
        [60],
        False,
    )
    say_no(booking, ana)
    assert hosts_of(booking) == ["Ben"]


@pytest.mark.rule("R23")
def test_it_counts_towards_the_share_of_who_got_it(world: Flask) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    make_contact(owner=ana)
    booking = booked([ana, ben, cleo], owner_first=True, rotation="balanced")
    assert booking.owner_routed
    say_no(booking, ana)
    assert not booking.owner_routed
    assert booking.contact.owner_id == ana.id


@pytest.mark.rule("R31")
def test_who_is_busy_at_the_source_is_passed_over(world: Flask, diary: Diary) -> None:
    (ana,) = team("Ana")
    ben = make_user("Ben", calendar=False, email="ben@acme.example")
    link_diary(ben, NOW)
    (cleo,) = team("Cleo")
    booking = booked([ana, ben, cleo])
    diary.busy[ben.email] = [BusyEvent(NINE, NINE + HALF_HOUR, "dentist")]
    say_no(booking, ana)
    assert hosts_of(booking) == ["Cleo"]
    assert Receipt.from_json(booking.receipt).checked == {ben.id: "busy"}


@pytest.mark.rule("R31")
def test_whose_calendar_does_not_answer_comes_last(world: Flask, diary: Diary) -> None:
    (ana,) = team("Ana")
    ben = make_user("Ben", calendar=False, email="ben@acme.example")
    link_diary(ben, NOW)
    (cleo,) = team("Cleo")
    booking = booked([ana, ben, cleo])
    diary.wrong = CalendarUnreachable("No answer.")
    say_no(booking, ana)
    assert (hosts_of(booking), booking.unchecked) == (["Cleo"], False)
    say_no(booking, cleo)
    assert (hosts_of(booking), booking.unchecked) == (["Ben"], True)


def test_only_kinds_that_rotate_and_what_is_still_to_come(world: Flask) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    together = booked([ana, ben], "group")
    with pytest.raises(AlreadyOver):
        say_no(together, ana)
    booking = booked([cleo, ben], slug="other", start=NINE + HALF_HOUR)
    with pytest.raises(AlreadyOver):
        decline(booking.id, by=cleo, reason="", now=NINE + HALF_HOUR)
    with pytest.raises(UnknownBooking):
        say_no(booking, ana)
    assert (hosts_of(together), hosts_of(booking)) == (["Ana", "Ben"], ["Cleo"])
