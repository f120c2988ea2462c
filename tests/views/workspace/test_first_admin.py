"""An empty site: the code that it printed, then an account, make the first admin."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import FreshClient
from tests.factories import make_user
from tests.peers.google import Google
from tests.signing_in import TOKEN, come_back, who
from website.config import Config
from website.extensions import db, limiter
from website.models import User
from website.services.first_admin import first_admin_code

ADA, BEN = "ada@acme.example", "ben@acme.example"


@pytest.fixture
def config(config: Config, google: Google) -> Config:
    google.add_account(ADA, name="Ada")
    google.add_account(BEN, name="Ben")
    return replace(
        config,
        demo=False,
        google_metadata_url=google.metadata_url,
        google_client_id=google.client_id,
        google_client_secret=google.client_secret,
    )


def type_code(client: FlaskClient, code: str | None) -> object:
    found = TOKEN.search(client.get("/sign-in").text)
    assert found
    return client.post("/sign-in/first-admin", data={"csrf_token": found[1], "code": code})


def test_an_empty_site_asks_for_the_code_and_then_for_an_account(
    world: Flask, client: FlaskClient, google: Google
) -> None:
    page = client.get("/sign-in").text
    assert 'name="code"' in page
    assert "Sign in with Google" not in page
    answer = type_code(client, first_admin_code())
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    page = client.get("/sign-in").text
    assert "The code is right" in page
    assert 'name="code"' not in page
    assert come_back(client, lambda address: google.consent(address, ADA)).status_code == 303
    user = db.session.scalars(select(User)).one()
    assert (user.email, user.role, user.seat) == (ADA, "admin", True)
    assert who(client) == "Ada"
    assert client.get("/team/new").status_code == 200


def test_a_wrong_code_is_said_to_be_wrong_and_stays_to_be_mended(world: Flask, client: FlaskClient) -> None:
    for wrong in ("0000-0000-0000-0000", "", "x" * 500, "<b>", "ключ", str(first_admin_code())[:-1]):
        answer = type_code(client, wrong)
        assert answer.status_code == 422
        assert "That is not the code" in answer.text
        assert "<b>" not in answer.text
    assert f'value="{str(first_admin_code())[:-1]}"' in answer.text
    assert "Sign in with Google" not in client.get("/sign-in").text


def test_codes_cannot_be_tried_one_after_the_other(world: Flask, client: FlaskClient) -> None:
    limiter.enabled = True
    try:
        statuses = [type_code(client, "0000").status_code for _ in range(11)]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert statuses == [422] * 10 + [429]


def test_without_the_code_an_account_opens_nothing(world: Flask, client: FlaskClient, google: Google) -> None:
    found = TOKEN.search(client.get("/sign-in").text)
    assert found
    begun = client.post("/sign-in/google", data={"csrf_token": found[1]})
    assert begun.status_code == 200
    assert type_code(client, "wrong").status_code == 422
    assert db.session.scalars(select(User)).all() == []


def test_of_two_who_have_the_code_the_second_comes_too_late(
    world: Flask, client: FlaskClient, google: Google
) -> None:
    other = FreshClient(client.application, client.application.response_class)
    for browser in (client, other):
        type_code(browser, first_admin_code())
    come_back(client, lambda address: google.consent(address, ADA))
    assert come_back(other, lambda address: google.consent(address, BEN)).status_code == 403
    assert [user.email for user in db.session.scalars(select(User))] == [ADA]


def test_a_site_with_an_admin_takes_no_code(world: Flask, client: FlaskClient) -> None:
    code = first_admin_code()
    make_user("Cleo", role="admin")
    db.session.commit()
    assert 'name="code"' not in client.get("/sign-in").text
    assert type_code(client, code).status_code == 422


def test_members_of_a_site_without_an_admin_still_sign_in(
    world: Flask, client: FlaskClient, google: Google
) -> None:
    make_user("Ada", email=ADA)
    db.session.commit()
    page = client.get("/sign-in").text
    assert 'name="code"' in page
    assert "Sign in with Google" in page
    come_back(client, lambda address: google.consent(address, ADA))
    assert db.session.scalars(select(User)).one().role == "member"
    assert who(client) == "Ada"


def test_without_a_way_to_sign_in_the_code_would_lead_nowhere(world: Flask, client: FlaskClient) -> None:
    world.config["FIRSTHAND"] = replace(world.config["FIRSTHAND"], google_client_id="")
    page = client.get("/sign-in").text
    assert 'name="code"' not in page
    assert "GOOGLE_CLIENT_ID" in page
