"""What a user sees after signing in."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import (
    NOW,
    make_calendar,
    make_contact,
    make_feed,
    make_link,
    make_organisation,
    make_user,
)
from tests.services.test_booking import ask
from tests.views.workspace.test_links import sign_in
from website import clock
from website.extensions import db
from website.models import Booking, Link, User
from website.services.availability import next_start, scene_of
from website.services.booking import book
from website.services.contact import NOBODY, recognise
from website.services.note import leave_note

DANA = "dana@prospect.example"


@pytest.fixture
def ana(world: Flask) -> User:
    make_organisation()
    return make_user("Ana", role="admin")


def booked(link: Link, email: str = DANA, nonce: str = "first") -> Booking:
    """The link's first slot from now on, taken."""
    db.session.commit()
    now = clock.now()
    start = next_start(scene_of(link, visitor=recognise(email, link), duration=30, now=now), now)
    assert start
    return book(link, ask(start, email=email, nonce=nonce), now=now)


def home(client: FlaskClient, user: User, page: str = "/") -> str:
    sign_in(client, user)
    return client.get(page).text


@pytest.mark.rule("R24")
def test_the_host_reads_why_in_one_sentence(client: FlaskClient, ana: User) -> None:
    ben = make_user("Ben")
    make_contact(owner=ben)
    booked(make_link(hosts=[ana, ben], owner_first=True))
    page = home(client, ben)
    assert "You own this contact." in page
    assert "Why this host?" not in page


@pytest.mark.rule("R24")
def test_an_admin_sees_the_whole_receipt_and_is_not_addressed_as_the_host(
    client: FlaskClient, ana: User
) -> None:
    ben = make_user("Ben")
    make_contact(owner=ben)
    booked(make_link(hosts=[ana, ben], owner_first=True))
    page = home(client, ana, "/bookings")
    assert "You own this contact." not in page
    assert "The contact&#39;s owner hosts." in page
    assert "Does not own the contact." in page
    assert "Owns the contact. Was free." in page


@pytest.mark.rule("R24")
@pytest.mark.parametrize("rotation", ["random", "balanced", "strict", "priority"])
def test_the_receipt_of_every_rotation_can_be_read(client: FlaskClient, ana: User, rotation: str) -> None:
    booked(make_link(hosts=[ana, make_user("Ben")], rotation=rotation))
    assert "Chosen" in home(client, ana, "/bookings")


def test_times_are_in_the_reader_s_zone(client: FlaskClient, ana: User) -> None:
    ana.timezone = "America/New_York"
    booking = booked(make_link("personal", hosts=[ana]))
    page = home(client, ana)
    there = booking.start_at.astimezone(ZoneInfo("America/New_York"))
    assert "New York (UTC−" in page
    assert f"{there:%H:%M}" in page


@pytest.mark.rule("R31")
@pytest.mark.parametrize(
    ("field", "sentence"),
    [("clash", "This clashes with something else"), ("unchecked", "Your calendar did not answer when")],
)
def test_a_clash_and_an_unchecked_booking_are_shown_at_once(
    client: FlaskClient, ana: User, field: str, sentence: str
) -> None:
    booking = booked(make_link("personal", hosts=[ana]))
    setattr(booking, field, True)
    assert sentence in home(client, ana)


@pytest.mark.rule("R20")
def test_a_visitor_s_note_reaches_its_reader_as_text(client: FlaskClient, ana: User) -> None:
    link = make_link(hosts=[ana])
    db.session.commit()
    leave_note(
        link, NOBODY, name="Dana", email=DANA, text="<b>Call me</b>", nonce="n", now=clock.now()
    )  # fmt: skip
    assert "&lt;b&gt;Call me&lt;/b&gt;" in home(client, ana)


def broken(user: User, now: datetime) -> None:
    make_feed(user, broken=True, checked_at=now)


@pytest.mark.rule("R12")
def test_the_creator_of_a_group_link_is_told_that_it_shows_no_times(client: FlaskClient, ana: User) -> None:
    ben = make_user("Ben")
    broken(ben, clock.now())
    make_link("group", hosts=[ana, ben], title="Onboarding")
    make_link("round_robin", hosts=[ana, ben], title="Demo")
    page = home(client, ana)
    assert "Onboarding shows no times" in page
    assert "Demo shows no times" not in page


@pytest.mark.rule("R12")
def test_a_link_that_is_off_is_no_cause_for_alarm(client: FlaskClient, ana: User) -> None:
    ben = make_user("Ben")
    broken(ben, clock.now())
    make_link("group", hosts=[ana, ben], title="Onboarding", active=False)
    assert "shows no times" not in home(client, ana)


HOUR = timedelta(hours=1)


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    ("age", "values", "own", "about"),
    [
        (HOUR * 3, {}, "Checked 3 hr ago", "Checked 3 hr ago"),
        (
            HOUR * 50,
            {"failing_since": True},
            "The feed has not answered for 2 days: you are not offered until it does",
            "The feed has not answered for 2 days: counts as not free",
        ),
        (
            HOUR,
            {"broken": True, "error": "The address is gone."},
            "The address is gone. You are not offered until you reconnect.",
            "No longer lets us in: counts as not free until its user reconnects",
        ),
        (
            None,
            {},
            "Not read yet: you are not offered until it is",
            "Not read yet: counts as not free",
        ),
    ],
)
def test_a_rep_and_the_team_see_the_state_and_the_age_of_a_calendar(
    client: FlaskClient, ana: User, age: timedelta | None, values: dict[str, Any], own: str, about: str
) -> None:
    now = clock.now()
    if "failing_since" in values:
        values = {"failing_since": now}
    make_feed(ana, checked_at=now - age if age else None, **values)
    assert ("ICS feed:", own) in lines(home(client, ana))
    assert ("ICS feed:", about) in lines(home(client, ana, "/team"))


def lines(page: str) -> list[tuple[str, str]]:
    """The lines about calendars on a page: which, and its state."""
    return re.findall(r'class="state \w+"><span><strong>(.*?)</strong> (.*?)</span>', page)


@pytest.mark.rule("R12")
def test_the_built_in_calendar_never_grows_old(client: FlaskClient, ana: User) -> None:
    assert ("Built-in calendar:", "Kept here, always up to date.") in lines(home(client, ana))


@pytest.mark.rule("R12")
def test_who_has_no_calendar_is_told_where_to_link_one(client: FlaskClient, ana: User) -> None:
    page = home(client, make_user("Ben", calendar=False))
    assert "No calendar is linked: nobody can book you." in page
    assert "Link one first, under Calendars." in page
    assert '<a class="quiet small" href="/calendars">' in page


def test_who_cannot_be_booked_is_told_so(client: FlaskClient, ana: User) -> None:
    ben = make_user("Ben", seat=False)
    make_calendar(ben)
    page = home(client, ben)
    assert "You cannot be booked at present." in page
    assert "Has no seat. An admin can give a seat." in page


def test_the_coming_meetings_stand_under_their_days(client: FlaskClient, ana: User) -> None:
    booking = booked(make_link("personal", hosts=[ana], title="Coffee"))
    booking.meeting_url = "https://meet.example/abc"
    page = home(client, ana)
    assert "Coffee with Dana" in page
    assert f'href="/bookings/{booking.id}"' in page
    assert '<a class="quiet small" href="https://meet.example/abc" rel="noopener">Join' in page
    assert len(re.findall(r"<h3>[^<]*20\d\d</h3>", page)) == 1


@pytest.mark.parametrize(("days", "word"), [(0, "Today, "), (1, "Tomorrow, "), (2, "<h3>W")])
def test_today_and_tomorrow_are_called_so(
    client: FlaskClient, ana: User, monkeypatch: pytest.MonkeyPatch, days: int, word: str
) -> None:
    booking = booked(make_link("personal", hosts=[ana]))
    monkeypatch.setattr(clock, "now", lambda: NOW)
    booking.start_at = NOW + timedelta(days=days, hours=1)
    booking.end_at = booking.start_at + timedelta(minutes=30)
    assert word in home(client, ana)


def test_a_link_s_address_is_there_to_copy(client: FlaskClient, ana: User) -> None:
    make_link("personal", hosts=[ana], slug="demo")
    make_link("personal", hosts=[ana], slug="off", active=False)
    page = home(client, ana)
    assert 'readonly value="http://localhost/book/demo"' in page
    assert "/book/off" not in page
    assert "1 link is off." in page


def test_who_has_nothing_yet_is_told_how_to_begin(client: FlaskClient, ana: User) -> None:
    page = home(client, make_user("Ben"))
    assert "No meetings are coming." in page
    assert "You have no link that takes bookings." in page


def test_every_need_is_said_and_leads_somewhere(client: FlaskClient, ana: User) -> None:
    booking = booked(make_link("personal", hosts=[ana], title="Coffee"))
    booking.clash = True
    make_link("personal", hosts=[ana], title="Shut", hours={})
    page = home(client, ana)
    assert "This clashes with something else in your calendar." in page
    assert "Coffee with Dana Prospect, " in page
    assert "Shut shows no times." in page
    assert "No worker is running." in page
    assert len(re.findall(r'<li class="need \w+">', page)) == 3
