"""How often one may ask: enough for an office behind one address, too little for a program."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import NOW, make_contact
from tests.faults.visitors import form, open_link, slot
from tests.services.test_booking import stored
from website import clock
from website.extensions import db, limiter
from website.models import Booking, Link
from website.tokens import signer
from website.views.limits import visitor

pytestmark = pytest.mark.fault(28)
HERE, THERE = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "198.51.100.7"}
AN_HOUR = 120


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def link(world: Flask) -> Iterator[Link]:
    made = open_link()
    limiter.enabled = True
    yield made
    limiter.reset()


def book(client: FlaskClient, link: Link, number: int, where: dict[str, str] = HERE) -> int:
    sent = form(link.id, slot(number), f"v{number}@prospect.example")
    return client.post("/book/demo", data=sent, environ_overrides=where).status_code


def test_an_office_books_many_meetings_in_an_hour_and_others_go_on(link: Link, client: FlaskClient) -> None:
    seen = Counter(book(client, link, number) for number in range(AN_HOUR + 2))
    assert seen == {303: AN_HOUR, 429: 2}
    assert book(client, link, AN_HOUR, THERE) == 303


def test_who_has_booked_too_much_is_told_when_to_come_back_and_loses_nothing(
    link: Link, client: FlaskClient
) -> None:
    for number in range(AN_HOUR):
        book(client, link, number)
    sent = form(link.id, slot(AN_HOUR)) | {"guests": "guest@prospect.example"}
    answer = client.post("/book/demo", data=sent, environ_overrides=HERE)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert re.search(r"in \d+ minutes", answer.text)
    for typed in (
        "Dana Prospect",
        "dana@prospect.example",
        "guest@prospect.example",
        sent["slot"],
        sent["token"],
    ):
        assert f"{typed}" in answer.text
    assert answer.headers["Content-Security-Policy"]


def test_refused_forms_do_not_use_up_bookings(link: Link, client: FlaskClient) -> None:
    for _ in range(AN_HOUR + 5):
        wrong = form(link.id) | {"name": ""}
        assert client.post("/book/demo", data=wrong, environ_overrides=HERE).status_code == 422
    assert book(client, link, 0) == 303


def test_the_api_books_no_more_than_the_page(link: Link, client: FlaskClient) -> None:
    def ask(number: int) -> int:
        body = {"start": slot(number).isoformat(), "name": "Dana", "email": f"v{number}@prospect.example"}
        answer = client.post("/api/v1/links/demo/bookings", json=body, environ_overrides=HERE)
        if answer.status_code == 429:
            assert answer.content_type == "application/problem+json"
            assert int(answer.headers["Retry-After"]) > 0
        return answer.status_code

    assert Counter(ask(number) for number in range(AN_HOUR + 2)) == {201: AN_HOUR, 429: 2}


@pytest.mark.rule("R22")
@pytest.mark.parametrize("known", [True, False])
def test_one_address_is_written_to_so_often_and_no_more_whoever_it_is(
    link: Link, client: FlaskClient, known: bool
) -> None:
    """From many places: invited as somebody's guest, or booking in somebody's name."""
    victim = "victim@prospect.example"
    if known:
        make_contact(victim, owner=link.hosts[0].user)
        db.session.commit()
    seen = []
    for number in range(44):
        sent = form(link.id, slot(number), f"v{number}@prospect.example") | {"guests": victim}
        if number % 2:
            sent |= {"email": victim.upper() if number % 3 else victim, "guests": ""}
        place = {"REMOTE_ADDR": f"203.0.113.{number}"}
        answer = client.post("/book/demo", data=sent, environ_overrides=place)
        seen.append(answer.status_code)
    assert seen == [303] * 40 + [429] * 4
    assert "Try again tomorrow" in answer.text
    assert "Dana Prospect" in answer.text
    body = {"start": slot(50).isoformat(), "name": "Dana", "email": victim}
    refused = client.post("/api/v1/links/demo/bookings", json=body, environ_overrides=THERE)
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_mails")  # type: ignore[index]
    assert stored(Booking) == 40


def test_notes_and_looking_up_keep_what_was_typed(link: Link, client: FlaskClient) -> None:
    for _ in range(21):
        note = {
            "token": signer.form(link.id, NOW),
            "name": "Dana",
            "email": "d@prospect.example",
            "text": "Hello you",
        }
        written = client.post("/book/demo/write", data=note, environ_overrides=HERE)
    assert (written.status_code, "Hello you" in written.text) == (429, True)
    for _ in range(121):
        asked = client.post("/book/demo/who", data={"email": "d@prospect.example"}, environ_overrides=HERE)
    assert (asked.status_code, 'value="d@prospect.example"' in asked.text) == (429, True)
    assert int(asked.headers["Retry-After"]) <= 60


def test_a_booking_is_moved_so_often_and_no_more(link: Link, client: FlaskClient) -> None:
    """Each time, everybody who is invited hears of it."""
    booked = client.post("/book/demo", data=form(link.id), environ_overrides=HERE).location
    db.session.rollback()
    found = db.session.query(Booking).one().id
    seen = Counter()
    for number in range(1, 14):
        sent = {
            "slot": form(link.id, slot(number))["slot"],
            "token": signer.change(found, NOW),
            "timezone": "UTC",
        }
        place = {"REMOTE_ADDR": f"203.0.113.{number}"}
        seen[client.post(f"{booked}/reschedule", data=sent, environ_overrides=place).status_code] += 1
    assert seen == {303: 10, 429: 3}


def test_who_cancels_too_often_keeps_what_was_typed(link: Link, client: FlaskClient) -> None:
    sent = [form(link.id, slot(number), f"v{number}@prospect.example") for number in range(61)]
    booked = [client.post("/book/demo", data=one, environ_overrides=HERE).location for one in sent]
    why = {"reason": "We have moved"}
    answers = [client.post(f"{one}/cancel", data=why, environ_overrides=HERE) for one in booked]
    assert Counter(answer.status_code for answer in answers) == {303: 60, 429: 1}
    assert "We have moved" in answers[-1].text


def test_who_moves_a_booking_too_often_keeps_the_time_that_was_chosen(
    link: Link, client: FlaskClient
) -> None:
    booked = client.post("/book/demo", data=form(link.id), environ_overrides=HERE).location
    db.session.rollback()
    found = db.session.query(Booking).one().id
    for number in range(1, 11):
        sent = {"slot": form(link.id, slot(number))["slot"], "token": signer.change(found, NOW)}
        assert client.post(f"{booked}/reschedule", data=sent, environ_overrides=HERE).status_code == 303
    moved = client.post(f"{booked}/reschedule", data=sent, environ_overrides=HERE)
    assert (moved.status_code, sent["slot"] in moved.text) == (429, True)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "nowhere"),
        ("unix", "unix"),
    ],
)
def test_who_has_a_network_of_ipv6_is_one_visitor(app: Flask, address: str, counted: str) -> None:
    with app.test_request_context(environ_overrides={"REMOTE_ADDR": address}):
        assert visitor() == counted


def test_addresses_of_people_stand_in_no_log(
    link: Link, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        for number in range(AN_HOUR + 2):
            book(client, link, number)
    assert "exceeded" in caplog.text
    assert "@prospect.example" not in caplog.text
