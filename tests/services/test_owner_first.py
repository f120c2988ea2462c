"""Whose times a contact sees: every row of R20's table, as the service answers."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from tests.factories import NOW, make_busy, make_contact, make_link, make_user
from tests.services.test_booking import HALF_HOUR, NINE, ask, stored
from website.extensions import db
from website.models import Booking, Link, User
from website.services.availability import Slots, next_start, offered_slots, scene_of
from website.services.booking import book
from website.services.contact import NOBODY, recognise

DANA = "dana@prospect.example"
DAY = timedelta(days=1)


def slots(link: Link, email: str | None = DANA) -> Slots:
    db.session.commit()
    scene = scene_of(link, visitor=recognise(email, link), duration=30, now=NOW)
    return offered_slots(scene, "Europe/Paris", NINE.date(), NINE.date())


def team(**link_values: object) -> tuple[Link, User, User]:
    """Ana is free at nine, Ben at half past; the link shows an owner's calendar."""
    ana, ben = make_user(), make_user("Ben")
    evening = NINE + timedelta(hours=12)
    make_busy(ana, (NINE + HALF_HOUR, evening))
    make_busy(ben, (NINE, NINE + HALF_HOUR), (NINE + 2 * HALF_HOUR, evening))
    return make_link(hosts=[ana, ben], owner_first=True, **link_values), ana, ben


BOTH, ANAS, BENS = [NINE, NINE + HALF_HOUR], [NINE], [NINE + HALF_HOUR]


@pytest.mark.rule("R20")
def test_an_unknown_contact_sees_everyone_s_times(world: Flask) -> None:
    link, _, _ = team()
    assert slots(link).starts == BOTH


@pytest.mark.rule("R20")
def test_a_contact_without_an_owner_sees_everyone_s_times(world: Flask) -> None:
    link, _, _ = team()
    make_contact()
    assert slots(link).starts == BOTH


@pytest.mark.rule("R20")
def test_an_owned_contact_sees_the_owner_s_times(world: Flask) -> None:
    link, _, ben = team()
    make_contact(owner=ben)
    assert slots(link).starts == BENS


@pytest.mark.rule("R20")
@pytest.mark.parametrize("lost", ["seat", "active"])
def test_an_owner_without_a_seat_or_inactive_leaves_everyone_s_times(world: Flask, lost: str) -> None:
    link, _, _ = team()
    cleo = make_user("Cleo")
    link.hosts.append(type(link.hosts[0])(user_id=cleo.id, position=2))
    make_busy(cleo, (NINE, NINE + timedelta(hours=12)))
    make_contact(owner=cleo)
    setattr(cleo, lost, False)
    assert slots(link).starts == BOTH


@pytest.mark.rule("R20")
def test_an_owner_without_a_calendar_leaves_everyone_s_times(world: Flask) -> None:
    link, _, _ = team()
    cleo = make_user("Cleo", calendar=False)
    link.hosts.append(type(link.hosts[0])(user_id=cleo.id, position=2))
    make_contact(owner=cleo)
    assert slots(link).starts == BOTH


@pytest.mark.rule("R20")
def test_an_owner_who_is_no_host_of_the_link_leaves_everyone_s_times(world: Flask) -> None:
    link, _, _ = team()
    make_contact(owner=make_user("Cleo"))
    assert slots(link).starts == BOTH


@pytest.mark.rule("R20")
def test_an_owner_without_a_slot_shows_no_times(world: Flask) -> None:
    link, _, ben = team(window_days=5)
    make_busy(ben, (NOW - DAY, NOW + 30 * DAY))
    make_contact(owner=ben)
    assert slots(link).starts == []
    scene = scene_of(link, visitor=recognise(DANA, link), duration=30, now=NOW)
    assert next_start(scene, NOW) is None


@pytest.mark.rule("R20")
def test_the_owner_s_times_follow_this_link_s_hours(world: Flask) -> None:
    link, _, ben = team()
    ben.hours = {"tue": ["13:00-14:00"]}
    make_contact(owner=ben)
    assert slots(link).starts == BENS


@pytest.mark.rule("R8")
def test_own_hours_narrow_the_link_s_hours_where_the_link_says_so(world: Flask) -> None:
    ana = make_user(hours={"tue": ["08:00-10:00"]}, timezone="Europe/London")
    link = make_link(hosts=[ana], hours_source="hosts")
    assert slots(link).starts == [NINE + n * HALF_HOUR for n in range(4)]


@pytest.mark.rule("R20")
def test_colleagues_are_offered_apart_when_the_owner_is_far_away(world: Flask) -> None:
    link, _, ben = team(owner_fallback_days=3)
    make_busy(ben, (NOW - DAY, NOW + 7 * DAY))
    make_contact(owner=ben)
    assert (slots(link).starts, slots(link).with_colleague) == ([], ANAS)


@pytest.mark.rule("R20")
def test_colleagues_are_not_offered_when_the_owner_is_near(world: Flask) -> None:
    link, _, ben = team(owner_fallback_days=3)
    make_contact(owner=ben)
    assert slots(link).with_colleague == []


@pytest.mark.rule("R20")
def test_a_time_with_a_colleague_can_be_booked(world: Flask) -> None:
    link, ana, ben = team(owner_fallback_days=3)
    make_busy(ben, (NOW - DAY, NOW + 7 * DAY))
    make_contact(owner=ben)
    db.session.commit()
    booking = book(link, ask(), now=NOW)
    assert [host.user_id for host in booking.hosts] == [ana.id]
    assert booking.contact.owner_id == ben.id


@pytest.mark.rule("R26")
@pytest.mark.parametrize("kind", ["group", "personal"])
def test_group_and_personal_links_ignore_the_owner(world: Flask, kind: str) -> None:
    ana, ben = make_user(), make_user("Ben")
    make_contact(owner=ben)
    link = make_link(kind, hosts=[ana], owner_first=True)
    db.session.commit()
    booking = book(link, ask(), now=NOW)
    assert [host.user_id for host in booking.hosts] == [ana.id]


@pytest.mark.rule("R26")
def test_guests_never_route(world: Flask) -> None:
    ana, ben = make_user(), make_user("Ben")
    make_contact(owner=ben)
    link = make_link(hosts=[ana, ben], owner_first=True, rotation="strict")
    db.session.commit()
    booking = book(link, ask(email="new@prospect.example", guests=(DANA,)), now=NOW)
    assert [host.user_id for host in booking.hosts] == [ana.id]


@pytest.mark.rule("R23")
def test_owner_routed_bookings_count_only_if_the_link_says_so(world: Flask) -> None:
    ana, ben = make_user(), make_user("Ben")
    make_contact(owner=ana)
    link = make_link(hosts=[ana, ben], owner_first=True, rotation="balanced")
    db.session.commit()
    book(link, ask(), now=NOW)
    second = book(link, ask(NINE + HALF_HOUR, nonce="2", email="new@prospect.example"), now=NOW)
    assert [host.user_id for host in second.hosts] == [ana.id]


@pytest.mark.rule("R23")
def test_the_ring_goes_on_from_booking_to_booking(world: Flask) -> None:
    hosts = [make_user(name) for name in ("Ana", "Ben", "Cleo")]
    link = make_link(hosts=hosts, rotation="strict")
    db.session.commit()
    chosen = [
        book(link, ask(NINE + n * HALF_HOUR, nonce=str(n), email=f"{n}@prospect.example"), now=NOW)
        .hosts[0]
        .user_id
        for n in range(6)
    ]
    assert chosen == [host.id for host in hosts] * 2
    assert stored(Booking) == 6


@pytest.mark.rule("R10")
@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"])
def test_the_instants_are_the_same_in_every_zone(world: Flask, zone: str) -> None:
    link, _, _ = team()
    db.session.commit()
    scene = scene_of(link, visitor=NOBODY, duration=30, now=NOW)
    first, last = datetime(2027, 1, 31).date(), datetime(2027, 2, 20).date()
    here = offered_slots(scene, "Europe/Paris", first, last).starts
    there = offered_slots(scene, zone, first, last).starts
    inner = [start for start in here if NOW + DAY < start < NOW + 14 * DAY]
    assert inner == [start for start in there if NOW + DAY < start < NOW + 14 * DAY]
    assert inner
