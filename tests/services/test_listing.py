"""The lists of the signed-in pages: who sees what, in which order, a page at a time."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.factories import NOW, make_link, make_user
from tests.services.test_booking import HALF_HOUR, NINE, ask
from website.extensions import db
from website.models import Booking, Link, User
from website.services.booking import book
from website.services.cancellation import cancel
from website.services.listing import bookings_of, links_of

EVENING = NINE + timedelta(hours=12)


def booked(link: Link, number: int = 0) -> Booking:
    """The slot of that number on Tuesday, taken."""
    db.session.commit()
    return book(link, ask(NINE + number * HALF_HOUR, nonce=f"{link.id} {number}"), now=NOW)


def seen(user: User, state: str = "coming", page: int = 1) -> list[int]:
    rows, _ = bookings_of(user, state, EVENING if state == "past" else NOW, page)
    return [booking.id for booking in rows]


@pytest.mark.both_engines
def test_a_member_sees_the_meetings_they_host_and_an_admin_everybody_s(world: Flask) -> None:
    ana, ben, admin = make_user("Ana"), make_user("Ben"), make_user("Cleo", role="admin")
    hers = booked(make_link("personal", hosts=[ana]))
    both = booked(make_link("group", hosts=[ana, ben]), 2)
    assert seen(ana) == [hers.id, both.id]
    assert seen(ben) == [both.id]
    assert seen(admin) == [hers.id, both.id]


@pytest.mark.both_engines
def test_a_meeting_is_coming_then_past_unless_cancelled(world: Flask) -> None:
    ana = make_user("Ana")
    link = make_link(hosts=[ana])
    first, second, gone = (booked(link, number) for number in range(3))
    cancel(gone.token, reason="", now=NOW)
    assert seen(ana) == [first.id, second.id]
    assert seen(ana, "past") == [second.id, first.id]
    assert seen(ana, "cancelled") == [gone.id]


def test_a_long_list_has_pages(world: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("website.services.listing.A_PAGE", 2)
    ana = make_user("Ana")
    link = make_link(hosts=[ana])
    ids = [booked(link, number).id for number in range(3)]
    assert (seen(ana), bookings_of(ana, "coming", NOW, 1)[1]) == (ids[:2], True)
    assert (seen(ana, page=2), bookings_of(ana, "coming", NOW, 2)[1]) == (ids[2:], False)


@pytest.mark.rule("R42")
def test_a_member_sees_the_links_they_made_or_host(world: Flask) -> None:
    ana, ben, admin = make_user("Ana"), make_user("Ben"), make_user("Cleo", role="admin")
    made = make_link(hosts=[ana], title="A")
    hosted = make_link(hosts=[ben, ana], title="B")
    other = make_link(hosts=[ben], title="C")
    assert links_of(ana) == [made, hosted]
    assert links_of(admin) == [made, hosted, other]
