"""Bookings, contacts and the team."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_contact, make_link, make_organisation, make_user
from tests.views.workspace.test_home import booked
from tests.views.workspace.test_links import sign_in, token_of
from website import clock
from website.extensions import db
from website.models import User
from website.services.cancellation import cancel


@pytest.fixture
def ana(world: Flask) -> User:
    make_organisation()
    return make_user("Ana", role="admin")


@pytest.mark.both_engines
@pytest.mark.parametrize("role", ["admin", "member"])
def test_bookings_are_listed_by_state(client: FlaskClient, world: Flask, role: str) -> None:
    make_organisation()
    ana = make_user("Ana", role=role)
    booking = booked(make_link("personal", hosts=[ana], title="Coffee"))
    sign_in(client, ana)
    assert "Coffee" in client.get("/bookings").text
    cancel(booking.token, reason="Ill", now=clock.now())
    assert "Coffee" not in client.get("/bookings").text
    cancelled = client.get("/bookings?state=cancelled").text
    assert "Coffee" in cancelled
    assert "Ill" in cancelled


@pytest.mark.parametrize("page", ["0", "-3", "x", "99999999999999999999", "2"])
def test_a_page_that_does_not_exist_is_empty_or_the_first(client: FlaskClient, ana: User, page: str) -> None:
    sign_in(client, ana)
    for address in ("/bookings", "/contacts"):
        assert client.get(f"{address}?page={page}").status_code == 200


def test_an_admin_sets_and_takes_away_the_owner_of_a_contact(client: FlaskClient, ana: User) -> None:
    ben, contact = make_user("Ben"), make_contact()
    sign_in(client, ana)
    address = f"/contacts/{contact.id}/owner"
    token = token_of(client.get(address).text)
    assert client.post(address, data={"csrf_token": token, "owner": ben.id}).status_code == 303
    db.session.refresh(contact)
    assert contact.owner_id == ben.id
    client.post(address, data={"csrf_token": token, "owner": ""})
    db.session.refresh(contact)
    assert contact.owner_id is None


def test_who_left_or_never_was_cannot_become_an_owner(client: FlaskClient, ana: User) -> None:
    gone, contact = make_user("Gone", active=False), make_contact(owner=ana)
    sign_in(client, ana)
    address = f"/contacts/{contact.id}/owner"
    token = token_of(client.get(address).text)
    for owner in (gone.id, 999):
        assert client.post(address, data={"csrf_token": token, "owner": owner}).status_code == 400
    db.session.refresh(contact)
    assert contact.owner_id == ana.id


@pytest.mark.rule("R41")
def test_the_team_says_who_can_host_and_why_others_cannot(client: FlaskClient, ana: User) -> None:
    make_user("Ben", calendar=False)
    sign_in(client, ana)
    page = client.get("/team").text
    assert "Can host" in page
    assert "Has no linked calendar. Link one first, under Calendars." in page
