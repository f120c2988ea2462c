"""Nobody finds out by trying addresses (R22)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import NOW, make_busy, make_contact, make_link, make_user
from tests.services.test_booking import NINE
from website.extensions import db, limiter

pytestmark = [pytest.mark.usefixtures("monday"), pytest.mark.rule("R22")]
A_MINUTE = 120
QUERY = {"from": "2027-02-02", "to": "2027-02-02"}


@pytest.fixture
def limited(world: Flask) -> Iterator[None]:
    make_link(hosts=[make_user()], slug="demo", owner_first=True, hours={"tue": ["09:00-09:30"]})
    db.session.commit()
    limiter.enabled = True
    yield
    limiter.reset()


def look_up(client: FlaskClient, number: int) -> int:
    email = f"{number}@prospect.example"
    return client.get("/api/v1/links/demo/slots", query_string=QUERY | {"email": email}).status_code


def book(client: FlaskClient, number: int) -> int:
    body = {"start": NINE.isoformat(), "name": "Dana", "email": f"{number}@prospect.example"}
    return client.post("/api/v1/links/demo/bookings", json=body).status_code


@pytest.mark.fault(29)
@pytest.mark.usefixtures("limited")
def test_questions_with_an_address_are_limited(client: FlaskClient) -> None:
    assert {look_up(client, number) for number in range(A_MINUTE)} == {200}
    refused = client.get("/api/v1/links/demo/slots", query_string=QUERY | {"email": "a@b.example"})
    assert (refused.status_code, refused.content_type) == (429, "application/problem+json")


@pytest.mark.usefixtures("limited")
def test_questions_without_an_address_are_not_limited(client: FlaskClient) -> None:
    answers = [client.get("/api/v1/links/demo/slots", query_string=QUERY) for _ in range(A_MINUTE + 5)]
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.fault(29)
@pytest.mark.usefixtures("limited")
def test_refused_bookings_are_limited_since_they_show_the_owner_s_slots(client: FlaskClient) -> None:
    assert book(client, 0) == 201
    assert {book(client, number) for number in range(1, A_MINUTE + 1)} == {409}
    assert book(client, A_MINUTE + 1) == 429


@pytest.mark.fault(29)
def test_the_colleagues_list_is_there_for_every_address_or_for_none(
    world: Flask, client: FlaskClient
) -> None:
    ana, ben = make_user(), make_user("Ben")
    make_busy(ben, (NOW, NOW + timedelta(days=9)))
    make_contact(owner=ben)
    make_link(hosts=[ana, ben], slug="demo", owner_first=True, owner_fallback_days=3)
    db.session.commit()
    owned, unknown = (
        client.get("/api/v1/links/demo/slots", query_string=QUERY | {"email": email}).json
        for email in ("dana@prospect.example", "eve@prospect.example")
    )
    assert [*owned] == [*unknown]
    assert owned["with_colleague"] == unknown["slots"]
    assert owned["slots"] == unknown["with_colleague"] == []
