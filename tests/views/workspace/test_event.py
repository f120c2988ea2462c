"""A host is shown what happened to an event in the calendar, and decides (R38)."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.diary import Diary, diaries
from tests.factories import make_user
from tests.services.test_event_look import MINUTE, NINE, booked, host_of, look_twice, the_event
from tests.views.workspace.test_links import sign_in, token_of
from website.models import Booking
from website.services.outbox import deliver_due

pytestmark = pytest.mark.both_engines


@pytest.fixture
def diary() -> Iterator[Diary]:
    with diaries() as provider:
        yield provider


@pytest.fixture
def moved(world: Flask, client: FlaskClient, diary: Diary) -> Booking:
    """A meeting whose event was moved by an hour, and its host signed in."""
    booking = booked("Ana")
    diary.move(60 * MINUTE)
    look_twice()
    sign_in(client, host_of(booking))
    return booking


def decide(client: FlaskClient, decision: str) -> int:
    address = f"/bookings/events/{the_event().id}"
    token = token_of(client.get(address).text)
    return client.post(address, data={"csrf_token": token, "decision": decision}).status_code


@pytest.mark.rule("R38")
@pytest.mark.parametrize("page", ["/", "/bookings"])
def test_the_lists_say_it_and_lead_there(moved: Booking, client: FlaskClient, page: str) -> None:
    text = client.get(page).text
    assert "The event was moved in the calendar." in text
    assert f"/bookings/events/{the_event().id}" in text


@pytest.mark.rule("R38")
def test_the_page_shows_both_times_and_three_choices(moved: Booking, client: FlaskClient) -> None:
    text = client.get(f"/bookings/events/{the_event().id}").text
    assert "9:00–9:30" in text.replace("09:", "9:")
    assert "10:00–10:30" in text
    assert text.count('name="decision"') == 3


@pytest.mark.rule("R38")
def test_a_deleted_event_cannot_be_moved_after(world: Flask, client: FlaskClient, diary: Diary) -> None:
    booking = booked("Ana")
    diary.events.clear()
    look_twice()
    sign_in(client, host_of(booking))
    page = client.get(f"/bookings/events/{the_event().id}").text
    assert page.count('name="decision"') == 2
    assert decide(client, "move") == 409


@pytest.mark.rule("R38")
def test_each_choice_does_what_it_says(moved: Booking, client: FlaskClient, diary: Diary) -> None:
    assert decide(client, "move") == 303
    assert moved.start_at == NINE + 60 * MINUTE
    assert "moved in the calendar" not in client.get("/bookings").text


@pytest.mark.rule("R38")
def test_cancelling_takes_the_event_out_of_the_calendar(
    moved: Booking, client: FlaskClient, diary: Diary
) -> None:
    assert decide(client, "cancel") == 303
    deliver_due(NINE)
    assert not moved.confirmed
    assert diary.events == {}


def test_a_choice_that_there_is_not_changes_nothing(moved: Booking, client: FlaskClient) -> None:
    assert decide(client, "burn") == 422
    assert moved.start_at == NINE


def test_others_may_not_see_it(moved: Booking, client: FlaskClient) -> None:
    address = f"/bookings/events/{the_event().id}"
    sign_in(client, make_user("Carl"))
    assert client.get(address).status_code == 403
    assert client.get("/bookings/events/999").status_code == 404
