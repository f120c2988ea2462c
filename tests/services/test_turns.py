"""Whose turn it is: pauses, the window of shares, and turns that are given back (R23)."""

import itertools
from datetime import date, timedelta
from random import Random

import pytest
from flask import Flask

from tests.factories import NOW, make_busy, make_contact, make_link
from tests.services.meetings import booked, hosts_of, team
from tests.services.test_booking import HALF_HOUR, NINE, ask
from website.extensions import db
from website.models import Booking, Link, LinkHost, User
from website.scheduling.receipt import Receipt
from website.services.assignment import shares
from website.services.availability import scene_of
from website.services.booking import book
from website.services.cancellation import cancel, cancel_by_host
from website.services.contact import NOBODY
from website.services.decline import decline
from website.services.handover import hand_over
from website.services.no_show import mark_came, mark_no_show
from website.services.reschedule import reschedule

DAY = timedelta(days=1)


def next_booking(link: Link, number: int, now=NOW) -> Booking:
    """One more booking of a link, by somebody new, at a time of its own on a weekday to come."""
    day, hour = divmod(number, 16)
    start = NINE + day * DAY + hour * HALF_HOUR
    return book(link, ask(start, nonce=f"n{number}", email=f"p{number}@prospect.example"), now=now)


def host_named(booking: Booking) -> str:
    return booking.hosts[0].user.name


def row_of(link: Link, user: User) -> LinkHost:
    return next(member for member in link.hosts if member.user_id == user.id)


def turns(link: Link) -> dict[str, int]:
    db.session.expire_all()
    return {member.user.name: member.turn for member in link.hosts}


def ring_of(*names: str, **values: object) -> tuple[Link, list[User]]:
    users = team(*names)
    link = make_link(hosts=users, **{"rotation": "strict"} | values)
    db.session.commit()
    return link, users


# Pauses


@pytest.mark.both_engines
@pytest.mark.rule("R23")
def test_a_paused_host_is_passed_over_until_the_pause_is_over(world: Flask) -> None:
    link, (ana, _ben) = ring_of("Ana", "Ben")
    row_of(link, ana).paused_from, row_of(link, ana).paused_until = date(2027, 2, 2), date(2027, 2, 3)
    db.session.commit()
    made = [next_booking(link, 1 + 16 * days, NOW + days * DAY) for days in range(4)]
    assert [host_named(one) for one in made] == ["Ana", "Ben", "Ben", "Ana"]
    reasons = {one.name: one.reason for one in Receipt.from_json(made[1].receipt).pool}
    assert reasons == {"Ana": "paused", "Ben": "eligible"}


@pytest.mark.rule("R23")
def test_a_pause_begins_at_midnight_of_the_link_s_zone(world: Flask) -> None:
    link, (ana, _ben) = ring_of("Ana", "Ben", timezone="Pacific/Auckland")
    row_of(link, ana).paused_from = date(2027, 2, 2)
    db.session.commit()

    def paused(hours: float) -> bool:
        scene = scene_of(link, visitor=NOBODY, duration=30, now=NOW + timedelta(hours=hours))
        return scene.hosts[0].paused

    # It is nine in the evening of the first there.
    assert [paused(2.9), paused(3), paused(24 * 500)] == [False, True, True]


@pytest.mark.rule("R20")
def test_an_owner_who_is_paused_meets_their_contacts(world: Flask) -> None:
    link, (ana, _ben) = ring_of("Ana", "Ben", owner_first=True)
    row_of(link, ana).paused_from = date(2027, 2, 1)
    make_contact("p0@prospect.example", owner=ana)
    db.session.commit()
    booking = next_booking(link, 0)
    assert hosts_of(booking) == ["Ana"]
    assert Receipt.from_json(booking.receipt).pool[0].reason == "owner_paused"
    assert hosts_of(next_booking(link, 1)) == ["Ben"]


@pytest.mark.rule("R23")
def test_who_comes_back_from_a_pause_gets_no_burst(world: Flask) -> None:
    link, (ana, *_) = ring_of("Ana", "Ben", "Cleo", rotation="balanced")
    for number in range(3):
        next_booking(link, number)
    row_of(link, ana).paused_until = date(2027, 2, 1)
    db.session.commit()
    away = [host_named(next_booking(link, number)) for number in range(3, 13)]
    assert "Ana" not in away
    assert not row_of(link, ana).present
    back = [host_named(next_booking(link, number, NOW + DAY)) for number in range(32, 44)]
    assert back.count("Ana") == 4
    assert "Ana" not in {one for one, other in itertools.pairwise(back) if one == other}


@pytest.mark.rule("R35")
def test_a_booking_stays_with_a_paused_host_and_goes_to_no_paused_colleague(world: Flask) -> None:
    link, (ana, ben, _cleo) = ring_of("Ana", "Ben", "Cleo", any_colleague=True)
    booking = next_booking(link, 0)
    row_of(link, ana).paused_from = row_of(link, ben).paused_from = date(2027, 2, 1)
    db.session.commit()
    moved = reschedule(booking.id, NINE + HALF_HOUR, by=None, any_host=False, nonce="a", now=NOW)
    assert hosts_of(moved) == ["Ana"]
    moved = reschedule(booking.id, NINE + 2 * HALF_HOUR, by=None, any_host=True, nonce="b", now=NOW)
    assert hosts_of(moved) == ["Cleo"]


# A host's own caps


@pytest.mark.rule("R9")
def test_a_cap_of_a_host_s_own_counts_in_place_of_the_link_s(world: Flask) -> None:
    link, (ana, ben) = ring_of("Ana", "Ben", max_per_day_per_host=1)
    row_of(link, ana).max_per_day = 2
    row_of(link, ben).max_per_week = 3
    db.session.commit()
    names = [host_named(next_booking(link, number)) for number in range(3)]
    assert sorted(names) == ["Ana", "Ana", "Ben"]
    scene = scene_of(link, visitor=NOBODY, duration=30, now=NOW)
    assert scene.hosts[0].cap.over(scene.terms.host_cap) == scene.terms.host_cap.__class__(2, None)


@pytest.mark.rule("R9")
def test_a_host_s_own_cap_counts_where_the_link_has_none(world: Flask) -> None:
    link, (ana, _ben) = ring_of("Ana", "Ben")
    row_of(link, ana).max_per_week = 1
    db.session.commit()
    assert [host_named(next_booking(link, number)) for number in (0, 1, 2, 16)] == [
        "Ana",
        "Ben",
        "Ben",
        "Ben",
    ]


# What counts


@pytest.mark.rule("R23")
def test_shares_count_the_bookings_of_the_link_s_own_window(world: Flask) -> None:
    link, (_ana, _ben) = ring_of("Ana", "Ben", rotation="balanced", share_days=7)
    old, new, first = next_booking(link, 0), next_booking(link, 1), next_booking(link, 2)
    old.created_at, new.created_at, first.created_at = NOW - 9 * DAY, NOW - 6 * DAY, NOW - 60 * DAY
    for row in link.hosts:
        row.head_start, row.joined_at = 7.0, NOW - 10 * DAY
    db.session.commit()

    def loads() -> list[float]:
        scene = scene_of(link, visitor=NOBODY, duration=30, now=NOW)
        return [round(share.load, 6) for share in shares(scene)]

    assert loads() == [0, 1]
    link.share_days = 14
    db.session.commit()
    assert loads() == [3, 3]
    # What was before somebody came back is in their head start.
    link.hosts[0].joined_at = NOW - 7 * DAY
    db.session.commit()
    assert loads() == [3.5, 3]


@pytest.mark.rule("R23")
def test_a_no_show_does_not_count_until_it_is_taken_back(world: Flask) -> None:
    link, (_ana, _ben) = ring_of("Ana", "Ben", rotation="balanced")
    booking = next_booking(link, 0)

    def given() -> list[int]:
        return [one.given for one in shares(scene_of(link, visitor=NOBODY, duration=30, now=NOW))]

    assert sum(given()) == 1
    mark_no_show(booking.id, by=booking.hosts[0].user, now=NINE)
    assert sum(given()) == 0
    mark_came(booking.id, by=booking.hosts[0].user, now=NINE)
    assert sum(given()) == 1


# Turns given back


@pytest.mark.both_engines
@pytest.mark.rule("R23")
def test_a_cancelled_booking_gives_the_turn_back(world: Flask) -> None:
    link, (_ana, _ben, _cleo) = ring_of("Ana", "Ben", "Cleo")
    first, _second = next_booking(link, 0), next_booking(link, 1)
    cancel(first.token, reason="", now=NOW)
    assert turns(link) == {"Ana": 0, "Ben": 2, "Cleo": 0}
    assert [host_named(next_booking(link, number)) for number in (2, 3, 4)] == ["Ana", "Cleo", "Ben"]


@pytest.mark.rule("R23")
def test_a_no_show_gives_the_turn_back_and_who_came_after_all_takes_it_again(world: Flask) -> None:
    link, (ana, _ben) = ring_of("Ana", "Ben")
    booking = next_booking(link, 0)
    next_booking(link, 1)
    before = turns(link)
    for _ in range(2):
        mark_no_show(booking.id, by=ana, now=NINE)
        assert turns(link) == before | {"Ana": 0}
    mark_came(booking.id, by=ana, now=NINE)
    assert turns(link) == before


@pytest.mark.rule("R23")
def test_who_was_chosen_since_keeps_the_later_turn(world: Flask) -> None:
    link, (ana, _ben) = ring_of("Ana", "Ben")
    booking = next_booking(link, 0)
    mark_no_show(booking.id, by=ana, now=NINE)
    assert host_named(next_booking(link, 1)) == "Ana"
    assert host_named(next_booking(link, 2)) == "Ben"
    before = turns(link)
    mark_came(booking.id, by=ana, now=NINE)
    assert turns(link) == before


@pytest.mark.rule("R23")
def test_who_declines_has_one_turn_again_and_who_takes_it_has_had_one(world: Flask) -> None:
    link, (ana, _ben, _cleo) = ring_of("Ana", "Ben", "Cleo")
    booking = next_booking(link, 0)
    decline(booking.id, by=ana, reason="", now=NOW)
    assert turns(link) == {"Ana": 0, "Ben": 1, "Cleo": 0}
    assert [host_named(next_booking(link, number)) for number in (1, 2, 3)] == ["Ana", "Cleo", "Ben"]


@pytest.mark.rule("R35")
def test_a_move_to_a_colleague_gives_the_turn_back(world: Flask) -> None:
    link, (ana, _ben, _cleo) = ring_of("Ana", "Ben", "Cleo", any_colleague=True)
    booking = next_booking(link, 0)
    make_busy(ana, (NINE + HALF_HOUR, NINE + 2 * HALF_HOUR))
    db.session.commit()
    moved = reschedule(booking.id, NINE + HALF_HOUR, by=None, any_host=True, nonce="m", now=NOW)
    assert hosts_of(moved) == ["Ben"]
    assert turns(link) == {"Ana": 0, "Ben": 1, "Cleo": 0}


@pytest.mark.rule("R35")
def test_a_booking_that_was_moved_with_its_host_still_gives_its_turn_back(world: Flask) -> None:
    link, (_ana, _ben) = ring_of("Ana", "Ben")
    booking = next_booking(link, 0)
    for number in (2, 3):
        start = NINE + number * HALF_HOUR
        reschedule(booking.id, start, by=None, any_host=False, nonce=str(number), now=NOW)
    cancel(booking.token, reason="", now=NOW)
    assert turns(link) == {"Ana": 0, "Ben": 0}


@pytest.mark.rule("R20")
def test_a_meeting_with_the_owner_costs_no_turn_and_gives_none_back(world: Flask) -> None:
    link, (ana, _ben) = ring_of("Ana", "Ben", owner_first=True)
    make_contact("p1@prospect.example", owner=ana)
    db.session.commit()
    next_booking(link, 0)
    owned = next_booking(link, 1)
    before = turns(link)
    cancel_by_host(owned.id, reason="", by=ana, now=NOW)
    assert turns(link) == before == {"Ana": 1, "Ben": 0}


@pytest.mark.rule("R36")
def test_who_took_a_meeting_over_by_hand_had_no_turn_for_it(world: Flask) -> None:
    ana, ben = team("Ana", "Ben")
    booking = booked([ana, ben])
    hand_over(booking.id, ben.id, from_user_id=ana.id, by=ana, now=NOW)
    cancel_by_host(booking.id, reason="", by=ben, now=NOW)
    assert turns(booking.link) == {"Ana": 1, "Ben": 0}


@pytest.mark.rule("R23")
@pytest.mark.parametrize("seed", range(3))
def test_cancelled_bookings_leave_the_ring_as_if_they_had_never_been(world: Flask, seed: int) -> None:
    """Some bookings are called off before the next one comes: those that stand go round and round."""
    link, _ = ring_of("Ana", "Ben", "Cleo")
    rng, stand = Random(seed), []
    for number in range(20):
        booking = next_booking(link, number)
        if rng.random() < 0.4:
            cancel(booking.token, reason="", now=NOW)
        else:
            stand.append(host_named(booking))
    assert stand == (["Ana", "Ben", "Cleo"] * 7)[: len(stand)]
