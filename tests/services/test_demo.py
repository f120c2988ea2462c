"""The demo is alive whenever it is started, and keeps what people did in it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW
from tests.services.test_booking import ask, stored
from website.extensions import db
from website.models import Booking, Contact, Link, User
from website.services.availability import next_start, scene_of
from website.services.booking import book
from website.services.contact import NOBODY
from website.services.demo import load_demo
from website.services.hosts import hosts_of_link


def test_the_demo_is_the_team_that_it_is_meant_to_be(world: Flask) -> None:
    load_demo(NOW)
    users = list(db.session.scalars(select(User)))
    assert (len(users), len({user.timezone for user in users})) == (6, 3)
    assert any(not user.seat for user in users)
    assert any(not user.accounts for user in users)
    assert {link.kind for link in db.session.scalars(select(Link))} == {"personal", "group", "round_robin"}
    owned = [contact.owner_id is not None for contact in db.session.scalars(select(Contact))]
    assert len(owned) == 30
    assert sum(owned) > 20


def test_loading_it_again_changes_nothing(world: Flask) -> None:
    load_demo(NOW)
    assert load_demo(NOW) == []


@pytest.mark.parametrize("days", [0, 1, 40, 400])
def test_every_link_has_times_whenever_it_is_started(world: Flask, days: int) -> None:
    load_demo(NOW)
    later = NOW + timedelta(days=days)
    load_demo(later)
    for link in db.session.scalars(select(Link)):
        scene = scene_of(link, visitor=NOBODY, duration=link.durations[0], now=later)
        first = next_start(scene, later)
        assert first is not None
        assert first - later < timedelta(days=14)
        assert hosts_of_link(link.id, later)


def test_bookings_stay(world: Flask) -> None:
    load_demo(NOW)
    link = db.session.scalars(select(Link).where(Link.slug == "ana")).one()
    start = next_start(scene_of(link, visitor=NOBODY, duration=15, now=NOW), NOW)
    assert start is not None
    book(link, ask(start, duration=15), now=NOW)
    load_demo(NOW + timedelta(days=1))
    assert stored(Booking) == 1
