"""What only programs with a token may ask, and how little the others learn."""

import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from tests.factories import NOW
from tests.views.api.programs import Program
from website.extensions import db, limiter
from website.models import ApiToken
from website.services.api_token import PREFIX, revoke_token

pytestmark = pytest.mark.usefixtures("monday")
GUESSES = 20
ASKS = [
    ("GET", "/contacts/dana@prospect.example"),
    ("PUT", "/contacts/dana@prospect.example"),
    ("DELETE", "/contacts/dana@prospect.example"),
    ("POST", "/contacts"),
    ("POST", "/links/demo/personal-links"),
    ("DELETE", "/personal-links/1"),
]


@pytest.fixture
def limited(world: Flask) -> Iterator[None]:
    limiter.enabled = True
    yield
    limiter.reset()


def stored_token() -> ApiToken:
    db.session.expire_all()
    return db.session.scalars(select(ApiToken)).one()


@pytest.mark.parametrize("shown", ["", "wrong", PREFIX + "x" * 43, PREFIX + "x" * 5000, "\x00"])
def test_without_a_token_that_is_in_use_nothing_is_told(program: Program, shown: str) -> None:
    for method, path in ASKS:
        answer = program(method, path, {"not": "looked at"} if method != "GET" else None, token=shown)
        assert (answer.status_code, answer.content_type) == (401, "application/problem+json"), path
        assert answer.json["code"] == "unauthorized"
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="Firsthand"')
    assert stored_token().used_on is None


def test_a_token_lets_in_and_the_day_is_kept(program: Program) -> None:
    assert program("GET", "/contacts/dana@prospect.example").status_code == 404
    assert stored_token().used_on == NOW.date()


def test_a_revoked_token_lets_nobody_in(program: Program) -> None:
    token = stored_token()
    revoke_token(token.id, by=token.creator, now=NOW)
    assert program("GET", "/contacts/dana@prospect.example").status_code == 401


def test_another_scheme_is_no_token(client: FlaskClient, program: Program) -> None:
    for header in (program.token, f"Basic {program.token}", f"Token {program.token}", "Bearer", "Bearer a b"):
        answer = client.get("/api/v1/contacts/a@b.example", headers={"Authorization": header})
        assert answer.status_code == 401, header


@pytest.mark.usefixtures("limited")
def test_who_tries_tokens_is_stopped_soon(program: Program) -> None:
    wrong = {program("GET", "/contacts/a@b.example", token=f"fh_{n}").status_code for n in range(GUESSES)}
    assert wrong == {401}
    assert program("GET", "/contacts/a@b.example", token="fh_one_more").status_code == 429


@pytest.mark.usefixtures("limited")
def test_a_program_with_its_token_is_not_counted_as_guessing(program: Program) -> None:
    answers = {program("GET", "/contacts/a@b.example").status_code for _ in range(GUESSES + 5)}
    assert answers == {404}


def test_the_token_is_neither_stored_nor_logged(
    world: Flask, program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        program("PUT", "/contacts/dana@prospect.example", {"name": "Dana"})
        program("PUT", "/contacts/dana@prospect.example", {}, token=program.token + "x")
    db.session.rollback()
    rows = db.session.execute(text("SELECT * FROM api_token")).all()
    assert program.token.removeprefix(PREFIX) not in f"{rows} {caplog.text}"


def test_pages_and_the_open_api_ask_for_no_token(world: Flask, client: FlaskClient) -> None:
    query = {"from": "2027-02-02", "to": "2027-02-02"}
    assert client.get("/api/v1/links/none/slots", query_string=query).status_code == 404
    assert client.get("/api/v1/openapi.json").status_code == 200
