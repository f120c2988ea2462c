"""A host moves a booking to another time, on the grid that the invitee has (R35, R36)."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_busy, make_link, make_organisation, make_user
from tests.views.public.test_booking_page import ALL_WEEK
from tests.views.workspace.test_home import booked
from tests.views.workspace.test_links import sign_in, token_of
from website import clock
from website.extensions import db
from website.models import Booking, User

pytestmark = [pytest.mark.both_engines, pytest.mark.rule("R36"), pytest.mark.rule("R35")]
TIME = re.compile(r'class="time" href="([^"]+)"')


@pytest.fixture
def ana(world: Flask) -> User:
    make_organisation()
    return make_user("Ana")


@pytest.fixture
def demo(ana: User, client: FlaskClient) -> Booking:
    """Ana's meeting; invitees of this link may change nothing any more."""
    hosts = [ana, make_user("Ben")]
    link = make_link(hosts=hosts, rotation="strict", hours=ALL_WEEK, change_notice_minutes=10**6)
    booking = booked(link)
    sign_in(client, ana)
    return booking


def times(client: FlaskClient, booking: Booking, query: str = "") -> list[str]:
    """The addresses of the times that are offered."""
    page = client.get(f"/bookings/{booking.id}/reschedule{query}")
    assert page.status_code == 200
    return [unescape(address) for address in TIME.findall(page.text)]


def send(client: FlaskClient, page: str, booking: Booking, **more: str) -> object:
    """Sends the form of a confirmation page."""
    fields = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', page)) | more
    answer = client.post(f"/bookings/{booking.id}/reschedule", data=fields)
    db.session.rollback()
    db.session.expire_all()
    return answer


def test_a_time_is_chosen_confirmed_and_the_meeting_moved(client: FlaskClient, demo: Booking) -> None:
    before = demo.start_at
    page = client.get(times(client, demo)[2]).text
    assert "Move this meeting?" in page
    assert send(client, page, demo).location == f"/bookings/{demo.id}?said=moved"
    assert demo.start_at > before
    assert [host.user.name for host in demo.hosts] == ["Ana"]
    assert "Moved from" in client.get(f"/bookings/{demo.id}").text
    again = demo.sequence
    assert send(client, page, demo).status_code == 303
    assert demo.sequence == again


def test_any_colleague_may_take_it_along(client: FlaskClient, demo: Booking, ana: User) -> None:
    later = demo.start_at + timedelta(hours=2)
    make_busy(ana, (later - timedelta(hours=1), later + timedelta(hours=9)), now=clock.now())
    db.session.commit()
    own, any_time = times(client, demo), times(client, demo, "?host=any")
    more = [address for address in any_time if address.replace("&host=any", "") not in own]
    assert more
    assert send(client, client.get(more[0]).text, demo).status_code == 303
    assert [host.user.name for host in demo.hosts] == ["Ben"]
    sign_in(client, db.session.query(User).filter_by(name="Ben").one())
    assert "hosted by Ana until then." in client.get(f"/bookings/{demo.id}").text


def test_a_time_that_was_taken_offers_others(client: FlaskClient, demo: Booking, ana: User) -> None:
    page = client.get(times(client, demo)[2]).text
    make_busy(ana, (clock.now(), clock.now() + timedelta(days=2)), now=clock.now())
    db.session.commit()
    answer = send(client, page, demo)
    assert answer.status_code == 409
    assert "This time was just taken." in answer.text
    assert 'type="radio" name="slot"' in answer.text
    assert demo.sequence == 0
    fields = {"csrf_token": token_of(answer.text), "near": "20270301T0900Z"}
    chosen = client.post(f"/bookings/{demo.id}/reschedule", data=fields)
    assert (chosen.status_code, "Choose a time." in chosen.text) == (422, True)


def test_a_form_that_is_too_old_is_shown_again(client: FlaskClient, demo: Booking) -> None:
    page = client.get(times(client, demo)[2]).text
    answer = send(client, page, demo, token="x")
    assert (answer.status_code, "This form has expired." in answer.text) == (400, True)
    assert demo.sequence == 0


@pytest.mark.parametrize("query", ["?slot=x", "?slot=20260101T0000Z0", "?timezone=Mars", "?month=2027-13"])
def test_what_cannot_be_is_a_400(client: FlaskClient, demo: Booking, query: str) -> None:
    assert client.get(f"/bookings/{demo.id}/reschedule/confirm{query}").status_code == 400


def test_what_has_begun_moves_no_more(client: FlaskClient, demo: Booking) -> None:
    page = client.get(times(client, demo)[2]).text
    demo.start_at = clock.now() - timedelta(minutes=1)
    demo.end_at = demo.start_at + timedelta(minutes=30)
    db.session.commit()
    address = f"/bookings/{demo.id}/reschedule"
    for path in (address, f"{address}/confirm?slot=20270301T0900Z"):
        assert "has begun or was cancelled" in client.get(path).text
    assert client.get(f"{address}/slots").status_code == 409
    assert send(client, page, demo).status_code == 409
    assert demo.sequence == 0


def test_others_find_no_such_booking(client: FlaskClient, demo: Booking) -> None:
    page = client.get(times(client, demo)[2]).text
    sign_in(client, make_user("Cleo"))
    for route in ("", "/slots", "/confirm?slot=20270301T0900Z"):
        assert client.get(f"/bookings/{demo.id}/reschedule{route}").status_code == 404
    token = token_of(client.get("/").text)
    assert send(client, page, demo, csrf_token=token).status_code == 404
    assert demo.sequence == 0
