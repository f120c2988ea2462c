"""The API as SPEC §6 describes it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings

from tests.factories import make_busy, make_contact
from tests.services.test_booking import stored
from tests.views.public.test_booking_page import DANA, open_link
from website import clock
from website.extensions import db
from website.models import Booking, Contact

PROBLEM = "application/problem+json"


def slots(client: FlaskClient, email: str = "", **more: str) -> Any:
    first = clock.now().date()
    query = {"from": str(first), "to": str(first + timedelta(days=5)), "email": email, **more}
    return client.get(
        "/api/v1/links/demo/slots", query_string={key: text for key, text in query.items() if text}
    )


def body(client: FlaskClient, **more: Any) -> dict[str, Any]:
    start = slots(client).json["slots"][3]
    return {"start": start, "duration": 30, "timezone": "Europe/London", "name": "Dana", "email": DANA} | more


def post(client: FlaskClient, sent: Any, **headers: str) -> Any:
    return client.post("/api/v1/links/demo/bookings", json=sent, headers=headers)


def test_slots_have_the_shape_of_the_contract(world: Flask, client: FlaskClient) -> None:
    open_link()
    answer = slots(client, timezone="Asia/Kathmandu").json
    assert set(answer) == {"link", "timezone", "duration", "slots"}
    assert (answer["link"], answer["timezone"], answer["duration"]) == ("demo", "Asia/Kathmandu", 30)
    assert answer["slots"][0].endswith("+05:45")


@pytest.mark.rule("R10")
def test_the_instants_are_the_same_in_every_zone(world: Flask, client: FlaskClient) -> None:
    open_link()
    inner = clock.now() + timedelta(days=2), clock.now() + timedelta(days=4)
    found = []
    for zone in ("Europe/Paris", "Pacific/Kiritimati", "America/St_Johns"):
        starts = [datetime.fromisoformat(text) for text in slots(client, timezone=zone).json["slots"]]
        found.append([start for start in starts if inner[0] < start < inner[1]])
    assert found[0] == found[1] == found[2] != []


@pytest.mark.both_engines
@pytest.mark.rule("R11")
def test_a_slot_that_is_listed_can_be_booked(world: Flask, client: FlaskClient) -> None:
    open_link()
    sent = body(client)
    answer = post(client, sent)
    assert answer.status_code == 201
    assert set(answer.json) == {"id", "start", "end", "timezone", "hosts", "manage_url"}
    assert answer.json["hosts"] == [{"name": "Ana"}]
    assert datetime.fromisoformat(answer.json["start"]) == datetime.fromisoformat(sent["start"])
    assert client.get(answer.json["manage_url"].removeprefix("http://localhost")).status_code == 200


@pytest.mark.fault(3)
@pytest.mark.rule("R33")
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "one"}])
def test_the_same_request_twice_makes_one_booking(
    world: Flask, client: FlaskClient, headers: dict[str, str]
) -> None:
    open_link("round_robin", ("Ana", "Ben"))
    sent = body(client)
    assert post(client, sent, **headers).json == post(client, sent, **headers).json
    assert stored(Booking) == 1


@pytest.mark.rule("R33")
def test_a_key_with_another_body_is_refused(world: Flask, client: FlaskClient) -> None:
    open_link("round_robin", ("Ana", "Ben"))
    sent = body(client)
    post(client, sent, **{"Idempotency-Key": "one"})
    for other in ({"name": "Eve"}, {"timezone": "America/New_York"}, {"guests": ["eve@prospect.example"]}):
        answer = post(client, sent | other, **{"Idempotency-Key": "one"})
        assert (answer.status_code, answer.json["code"]) == (422, "key_reused")
    assert stored(Booking) == 1


@pytest.mark.rule("R33")
def test_without_a_key_the_zone_changes_only_how_times_are_shown(world: Flask, client: FlaskClient) -> None:
    open_link("round_robin", ("Ana", "Ben"))
    sent = body(client)
    first = post(client, sent).json
    assert post(client, sent | {"timezone": "America/New_York"}).json == first
    assert stored(Booking) == 1


@pytest.mark.rule("R30")
def test_a_taken_slot_is_a_problem_with_slots_near_by(world: Flask, client: FlaskClient) -> None:
    open_link()
    sent = body(client)
    post(client, sent)
    answer = post(client, sent | {"email": "eve@prospect.example"})
    assert (answer.status_code, answer.content_type) == (409, PROBLEM)
    assert answer.json["code"] == "slot_taken"
    assert sent["start"] not in answer.json["slots"]
    assert answer.json["slots"]


@pytest.mark.rule("R20")
def test_an_owned_contact_sees_the_owner_s_slots(world: Flask, client: FlaskClient) -> None:
    _ana, ben = open_link("round_robin", ("Ana", "Ben"), owner_first=True)
    make_busy(ben, (clock.now() - timedelta(days=1), clock.now() + timedelta(days=2)), now=clock.now())
    make_contact(DANA, owner=ben)
    db.session.commit()
    owned, unknown = slots(client, DANA).json, slots(client, "new@prospect.example").json
    assert set(owned["slots"]) < set(unknown["slots"])


@pytest.mark.fault(29)
@pytest.mark.rule("R22")
def test_answers_for_an_owned_and_an_unknown_address_have_one_shape(
    world: Flask, client: FlaskClient
) -> None:
    _ana, ben = open_link("round_robin", ("Ana", "Ben"), owner_first=True)
    make_contact(DANA, owner=ben)
    db.session.commit()
    owned, unknown = slots(client, DANA), slots(client, "new@prospect.example")
    assert owned.data == unknown.data
    assert set(owned.headers.keys()) == set(unknown.headers.keys())


BAD: dict[str, tuple[Any, str]] = {
    "no start": ({"start": None}, "start"),
    "a start without offset": ({"start": "2026-12-01T09:00:00"}, "start"),
    "the year 9999": ({"start": "9999-12-31T23:59:59-12:00"}, "start"),
    "a foreign duration": ({"duration": 25}, "duration"),
    "a huge duration": ({"duration": 10**40}, "duration"),
    "a zone that does not exist": ({"timezone": "Mars/Base"}, "timezone"),
    "an address with a line break": ({"email": "a@b.example\r\nBcc: c@d.example"}, "email"),
    "control characters": ({"name": "\x00"}, "name"),
    "half a character": ({"name": "\ud800"}, "name"),
    "a number as name": ({"name": 7}, "name"),
    "an unknown field": ({"vip": True}, "vip"),
    "an unknown answer": ({"answers": {"x": 1}}, "answers"),
    "a bad guest": ({"guests": ["nobody"]}, "guests"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_names_its_field_and_nothing_is_stored(
    world: Flask, client: FlaskClient, what: str
) -> None:
    open_link()
    bad, field = BAD[what]
    answer = post(client, body(client) | bad)
    assert (answer.status_code, answer.content_type) == (422, PROBLEM)
    assert field in answer.json["errors"]
    assert stored(Booking) == stored(Contact) == 0


@pytest.mark.parametrize("sent", ["text", [], None, 7])
def test_a_body_that_is_no_object_is_refused(world: Flask, client: FlaskClient, sent: Any) -> None:
    open_link()
    assert post(client, sent).status_code == 422


def test_a_huge_body_is_a_problem(world: Flask, client: FlaskClient) -> None:
    open_link()
    answer = post(client, {"name": "x" * 1_000_000})
    assert (answer.status_code, answer.content_type) == (413, PROBLEM)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "x"}, "from"),
        ({"to": "2026-02-30"}, "to"),
        ({"from": "9999-12-31", "to": "9999-12-31"}, "from"),
        ({"from": "2027-02-01", "to": "2027-01-01"}, "to"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"duration": "31"}, "duration"),
        ({"email": "nobody"}, "email"),
    ],
)
def test_a_bad_question_names_its_field(
    world: Flask, client: FlaskClient, query: dict[str, str], field: str
) -> None:
    open_link()
    answer = slots(client, **query)
    assert (answer.status_code, answer.content_type) == (422, PROBLEM)
    assert field in answer.json["errors"]


def test_an_unknown_link_and_one_that_is_off_are_problems(world: Flask, client: FlaskClient) -> None:
    open_link(active=False)
    assert slots(client).status_code == 410
    assert client.get("/api/v1/links/nope/slots").status_code == 404


def test_the_document_describes_what_the_api_does(world: Flask) -> None:
    open_link()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", world)
    for operation in schema.get_all_operations():
        case_of = operation.ok().as_strategy()

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=case_of)
        def ask(case: Any) -> None:
            assert case.call().status_code < 500

        ask()
