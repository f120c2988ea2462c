"""What a program may send, and how it is told what cannot be."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_link, make_user
from tests.services.test_booking import HALF_HOUR, NINE, stored
from website.extensions import db
from website.models import Booking, Contact
from website.services.cancellation import cancel

pytestmark = pytest.mark.usefixtures("monday")
KINDS = ("short_text", "long_text", "choice", "choices", "number", "phone", "checkbox", "consent")


def link_asking(*, required: bool = False) -> None:
    """The link `demo`, with a question of each kind named after it."""
    questions = [
        {"key": kind, "label": kind, "kind": kind, "required": required, "choices": ["a", "b"]}
        for kind in KINDS
    ]
    make_link(hosts=[make_user(), make_user("Ben")], slug="demo", questions=questions)
    db.session.commit()


def post(client: FlaskClient, key: str = "", **more: Any) -> Any:
    body = {"start": NINE.isoformat(), "name": "Dana", "email": "dana@prospect.example"} | more
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/api/v1/links/demo/bookings", json=body, headers=headers)


ANSWERS = {
    "short_text": "Two", "long_text": "Two\nlines", "choice": "a", "choices": ["a", "b"], "number": 2.5,
    "phone": "+33 1 23 45 67 89", "checkbox": True, "consent": True,
}  # fmt: skip


@pytest.mark.both_engines
@pytest.mark.rule("R44")
def test_answers_land_on_the_booking_as_they_were_given(world: Flask, client: FlaskClient) -> None:
    link_asking(required=True)
    assert post(client, answers=ANSWERS).status_code == 201
    assert db.session.query(Booking).one().answers == ANSWERS


@pytest.mark.rule("R44")
def test_every_required_question_left_out_is_named(world: Flask, client: FlaskClient) -> None:
    link_asking(required=True)
    answer = post(client)
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {f"answers.{kind}" for kind in KINDS}


@pytest.mark.rule("R44")
@pytest.mark.parametrize(
    ("kind", "nothing"),
    [("short_text", "  "), ("choices", []), ("number", ""), ("checkbox", False), ("consent", "false")],
)
def test_what_says_nothing_does_not_answer_a_required_question(
    world: Flask, client: FlaskClient, kind: str, nothing: Any
) -> None:
    link_asking(required=True)
    answer = post(client, answers=ANSWERS | {kind: nothing})
    assert (answer.status_code, [*answer.json["errors"]]) == (422, [f"answers.{kind}"])


@pytest.mark.rule("R44")
def test_nought_answers_a_required_question(world: Flask, client: FlaskClient) -> None:
    link_asking(required=True)
    assert post(client, answers=ANSWERS | {"number": 0}).status_code == 201


WRONG: list[tuple[str, Any]] = [
    ("number", "sNaN"), ("number", float("nan")), ("number", "1e999999"), ("number", "many"), ("number", 10**400),
    ("short_text", {"a": 1}), ("short_text", "\x00"), ("short_text", "a\nb"), ("long_text", "\ud800"),
    ("choice", "c"), ("choices", ["a", "c"]), ("choices", [["a"]]), ("phone", "call me"),
]  # fmt: skip


@pytest.mark.rule("R44")
@pytest.mark.parametrize(("kind", "wrong"), WRONG)
def test_an_answer_that_cannot_be_names_its_question_and_nothing_is_stored(
    world: Flask, client: FlaskClient, kind: str, wrong: Any
) -> None:
    link_asking()
    answer = post(client, answers={kind: wrong})
    assert (answer.status_code, [*answer.json["errors"]]) == (422, [f"answers.{kind}"])
    assert stored(Booking) == stored(Contact) == 0


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", "   "), ("name", "x" * 201), ("name", "Dana\nEve"), ("email", "dana@prospect.example\n"),
        ("email", "dana@prospect.example\x00"), ("email", "\ud800@prospect.example"), ("email", "x" * 300),
        ("guests", [1]), ("guests", "eve@prospect.example"), ("guests", ["a@b.example,c@d.example"]),
        ("guests", [f"g{number}@b.example" for number in range(11)]), ("start", "0001-01-01T00:00:00+14:00"),
        ("start", 10**400), ("start", "2027-02-30T09:00:00Z"), ("duration", True), ("duration", 30.5),
        ("timezone", "../../etc/passwd"), ("timezone", "\x00"), ("answers", [1]),
    ],
)  # fmt: skip
def test_bad_values_name_their_field_in_plain_sentences(
    world: Flask, client: FlaskClient, field: str, wrong: Any
) -> None:
    link_asking()
    answer = post(client, **{field: wrong})
    assert (answer.status_code, [*answer.json["errors"]]) == (422, [field])
    assert all(isinstance(sentence, str) for sentence in answer.json["errors"][field])
    assert stored(Booking) == stored(Contact) == 0


@pytest.mark.parametrize("sent", [b"", b"[", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 20_000])
def test_a_body_that_cannot_be_read_is_refused(world: Flask, client: FlaskClient, sent: bytes) -> None:
    link_asking()
    answer = client.post("/api/v1/links/demo/bookings", data=sent, content_type="application/json")
    assert (answer.status_code, [*answer.json["errors"]]) == (422, ["body"])


@pytest.mark.rule("R3")
@pytest.mark.parametrize(
    "start", [NINE - timedelta(days=2), NINE + timedelta(minutes=2), NINE + timedelta(seconds=30)]
)
def test_a_start_that_is_past_or_off_the_grid_is_not_offered(
    world: Flask, client: FlaskClient, start: Any
) -> None:
    link_asking()
    answer = post(client, start=start.isoformat())
    assert (answer.status_code, answer.json["code"]) == (409, "slot_taken")
    assert stored(Booking) == stored(Contact) == 0


def test_a_problem_says_what_it_is(world: Flask, client: FlaskClient) -> None:
    link_asking()
    answer = post(client, start=(NINE + timedelta(minutes=2)).isoformat())
    assert set(answer.json) == {"type", "code", "title", "status", "detail", "slots"}
    assert (answer.json["type"], answer.json["status"]) == ("/problems/slot_taken", 409)


def test_a_booking_says_where_it_is_and_sets_no_cookie(world: Flask, client: FlaskClient) -> None:
    link_asking()
    answer = post(client)
    assert answer.headers["Location"] == answer.json["manage_url"]
    assert len(answer.json["id"]) > 20
    assert "Set-Cookie" not in answer.headers


@pytest.mark.rule("R10")
def test_a_start_is_an_instant_whatever_its_offset(world: Flask, client: FlaskClient) -> None:
    link_asking()
    answer = post(client, start="2027-02-02T13:45:00+05:45", timezone="Asia/Kathmandu")
    assert (answer.json["start"], answer.json["end"]) == (
        "2027-02-02T13:45:00+05:45",
        "2027-02-02T14:15:00+05:45",
    )
    assert db.session.query(Booking).one().start_at == NINE


@pytest.mark.rule("R11")
def test_every_slot_that_is_listed_can_be_booked(world: Flask, client: FlaskClient) -> None:
    link_asking()
    query = {"from": "2027-02-02", "to": "2027-02-02", "timezone": "America/St_Johns"}
    listed = client.get("/api/v1/links/demo/slots", query_string=query).json["slots"]
    assert len(listed) == 16
    assert {post(client, start=start).status_code for start in listed} == {201}


@pytest.mark.both_engines
@pytest.mark.rule("R33")
def test_the_same_words_after_a_cancellation_are_a_new_booking(world: Flask, client: FlaskClient) -> None:
    link_asking()
    first = post(client).json["id"]
    cancel(first, reason="", now=NINE - timedelta(hours=1))
    assert post(client).json["id"] != first
    assert stored(Booking) == 2


@pytest.mark.rule("R33")
def test_the_same_words_with_another_key_are_another_booking(world: Flask, client: FlaskClient) -> None:
    link_asking()
    assert post(client, "one").json["id"] != post(client, "two").json["id"]


@pytest.mark.rule("R33")
@pytest.mark.parametrize("key", ["x" * 201, "\x7f"])
def test_a_key_that_cannot_be_kept_is_refused(world: Flask, client: FlaskClient, key: str) -> None:
    link_asking()
    answer = post(client, key)
    assert (answer.status_code, [*answer.json["errors"]]) == (422, ["Idempotency-Key"])


@pytest.mark.rule("R30")
def test_the_last_free_host_is_booked_once(world: Flask, client: FlaskClient) -> None:
    link_asking()
    answers = [post(client, email=f"{number}@prospect.example") for number in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 409, 409]
    assert (NINE + HALF_HOUR).isoformat(timespec="minutes")[:10] in answers[2].json["slots"][0]
