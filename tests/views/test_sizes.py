"""More than a request may hold is a clear 4xx, and nothing is stored."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.services.test_booking import stored
from tests.views.public.test_booking_page import details, fill_in, open_link
from website.models import Booking

pytestmark = pytest.mark.fault(28)
FORM = "application/x-www-form-urlencoded"
API = "/api/v1/links/demo/bookings"
TAKEN = 128 * 1024


@pytest.mark.parametrize(
    "path", ["/book/demo", "/book/demo/who", "/book/demo/write", "/booking/none/cancel", API]
)
@pytest.mark.parametrize(
    "kind", [FORM, "multipart/form-data; boundary=x", "application/json", "text/plain", ""]
)
def test_a_body_without_end_is_refused(world: Flask, client: FlaskClient, path: str, kind: str) -> None:
    open_link()
    sent = b"name=" + b"x" * TAKEN
    assert client.post(path, data=sent, content_type=kind).status_code in (400, 404, 413, 422)
    assert stored(Booking) == 0


@pytest.mark.parametrize("path", ["/book/demo", "/book/demo/who", "/book/demo/write", "/sign-in"])
@pytest.mark.parametrize("fields", [5000, 40000])
def test_a_form_of_thousands_of_fields_is_refused(
    world: Flask, client: FlaskClient, path: str, fields: int
) -> None:
    open_link()
    answer = client.post(path, data=b"&".join([b"a="] * (fields + 1)), content_type=FORM)
    assert answer.status_code == 413
    assert "more than we can take" in answer.text


def test_a_form_of_thousands_of_parts_is_refused(world: Flask, client: FlaskClient) -> None:
    open_link()
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    answer = client.post(
        "/book/demo", data=part * 1500 + b"--x--\r\n", content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("length", [8001, 100_000])
@pytest.mark.parametrize(
    "path", ["/book/demo", "/book/demo/slots", "/book/demo/details", API[:-9] + "/slots", "/links"]
)
def test_an_address_without_end_is_refused(world: Flask, client: FlaskClient, path: str, length: int) -> None:
    open_link()
    answer = client.get(path + "?utm_source=" + "x" * length)
    assert answer.status_code == 414
    assert "longer than any of ours" in answer.text or answer.json["title"]  # type: ignore[index]


@pytest.mark.parametrize("depth", [2, 50, 990, 1100, 60_000])
@pytest.mark.parametrize("member", ["answers", "guests", "name", "start", None])
def test_json_as_deep_as_it_gets_is_refused(
    world: Flask, client: FlaskClient, depth: int, member: str | None
) -> None:
    open_link()
    deep = "[" * depth + "]" * depth
    value = f'{{"size": {deep}}}' if member == "answers" else deep
    known = {"start": "2026-11-24T09:00:00+01:00", "name": "Dana", "email": "dana@prospect.example"}
    said = [f'"{key}": {json.dumps(text)}' for key, text in known.items() if key != member]
    body = deep if member is None else "{" + ", ".join([*said, f'"{member}": {value}']) + "}"
    answer = client.post(API, data=body, content_type="application/json")
    assert answer.status_code in (413, 422), answer.text
    assert answer.content_type == "application/problem+json"
    assert stored(Booking) == 0


def test_a_form_as_long_as_people_write_is_taken(world: Flask, client: FlaskClient) -> None:
    open_link(questions=[{"key": "why", "label": "Why", "kind": "long_text", "required": False}])
    answer = client.post("/book/demo", data=details(client) | fill_in(answer_why="ü" * 2000))
    assert answer.status_code == 303
