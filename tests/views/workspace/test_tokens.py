"""Tokens of the API, for admins: made, shown once, listed, revoked."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_user
from tests.views.workspace.test_links import sign_in, token_of
from website.extensions import db
from website.models import ApiToken, User


@pytest.fixture
def ana(world: Flask, client: FlaskClient) -> User:
    ana = make_user("Ana", role="admin")
    sign_in(client, ana)
    return ana


def ask_with(client: FlaskClient, token: str) -> int:
    return client.get(
        "/api/v1/contacts/a@b.example", headers={"Authorization": f"Bearer {token}"}
    ).status_code


def test_a_token_is_shown_once_works_and_is_revoked(client: FlaskClient, ana: User) -> None:
    form = {"csrf_token": token_of(client.get("/tokens").text), "name": "Our <CRM>"}
    made = client.post("/tokens", data=form)
    assert made.headers["Cache-Control"] == "no-store"
    shown = re.search(r'value="(fh_[A-Za-z0-9_-]{43})"', made.text)
    assert shown
    assert ask_with(client, shown[1]) == 404
    listed = client.get("/tokens").text
    assert shown[1] not in listed
    assert "Our &lt;CRM&gt;" in listed
    assert "never" not in listed
    row = db.session.scalars(select(ApiToken)).one()
    assert "Our &lt;CRM&gt;" in client.get(f"/tokens/{row.id}/revoke").text
    assert ask_with(client, shown[1]) == 404
    answer = client.post(f"/tokens/{row.id}/revoke", data=form)
    assert (answer.status_code, answer.location) == (303, "/tokens?said=token_revoked")
    assert ask_with(client, shown[1]) == 401
    assert "Our &lt;CRM&gt;" not in client.get("/tokens").text
    assert client.get(f"/tokens/{row.id}/revoke").status_code == 404
    assert client.post(f"/tokens/{row.id}/revoke", data=form).status_code == 404


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "\x00"])
def test_a_token_without_a_name_that_can_be_shown_is_not_made(
    client: FlaskClient, ana: User, name: str
) -> None:
    form = {"csrf_token": token_of(client.get("/tokens").text), "name": name}
    answer = client.post("/tokens", data=form)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert db.session.scalar(select(ApiToken)) is None
