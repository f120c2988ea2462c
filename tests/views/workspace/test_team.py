"""The team's page and its forms."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import NOW, make_organisation, make_user
from tests.views.workspace.test_links import sign_in, token_of
from website.extensions import db
from website.models import Identity, User

GOOD = {"email": "ada@acme.example", "name": "Ada", "role": "member", "seat": "y"}


@pytest.fixture
def ana(world: Flask) -> User:
    """An admin, on a site where one signs in with Google."""
    settings = replace(world.config["FIRSTHAND"], google_client_id="id", google_client_secret="secret")
    world.config["FIRSTHAND"] = settings
    make_organisation()
    return make_user("Ana", role="admin", email="ana@acme.example")


def identity(user: User) -> None:
    user.identities.append(
        Identity(issuer="https://accounts.example", subject=str(user.id), email=user.email, created_at=NOW)
    )


def post(client: FlaskClient, page: str, **form: str) -> object:
    token = token_of(client.get("/team").text)
    answer = client.post(page, data={"csrf_token": token, **form})
    db.session.rollback()
    return answer


def test_an_admin_invites_somebody_who_is_then_shown_as_invited(client: FlaskClient, ana: User) -> None:
    identity(ana)
    sign_in(client, ana)
    assert "Invited." not in client.get("/team").text
    answer = post(client, "/team/new", **GOOD)
    assert (answer.status_code, answer.location) == (303, "/team?said=invited")
    page = client.get("/team").text
    assert page.count("Invited.") == 1
    assert "http://localhost/sign-in" in page
    ada = db.session.scalars(select(User).where(User.name == "Ada")).one()
    assert (ada.email, ada.role, ada.seat, ada.timezone) == (
        "ada@acme.example",
        "member",
        True,
        "Europe/Paris",
    )
    identity(ada)
    db.session.commit()
    assert "Invited." not in client.get("/team").text


def test_where_nobody_signs_in_with_an_account_nobody_is_shown_as_invited(
    world: Flask, client: FlaskClient, ana: User
) -> None:
    world.config["FIRSTHAND"] = replace(world.config["FIRSTHAND"], google_client_id="")
    sign_in(client, ana)
    assert "Invited." not in client.get("/team").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": ""}, "Write the e-mail address."),
        ({"email": "nobody"}, "Write an e-mail address such as"),
        ({"email": "ana@acme.example"}, "has this address"),
        ({"email": "ANA@acme.example"}, "has this address"),
        ({"name": " "}, "Write the name."),
        ({"name": "x" * 201}, "Keep it under 200 characters."),
        ({"name": "a\u0000b"}, "characters that cannot be shown"),
        ({"role": "owner"}, "Not a valid choice"),
        ({"role": ""}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_kept(
    client: FlaskClient, ana: User, wrong: dict[str, str], said: str
) -> None:
    sign_in(client, ana)
    answer = post(client, "/team/new", **GOOD | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<title>Error: " in answer.text
    typed = GOOD | wrong
    kept = re.search(r'name="email"[^>]*value="([^"]*)"', answer.text)
    assert kept and kept[1] == typed["email"].strip()
    (seat,) = re.findall(r'<input[^>]*name="seat"[^>]*>', answer.text)
    assert " checked" in seat
    assert len(db.session.scalars(select(User)).all()) == 1


def test_a_post_without_anything_is_refused(client: FlaskClient, ana: User) -> None:
    sign_in(client, ana)
    for page in ("/team/new", f"/team/{ana.id}"):
        assert post(client, page).status_code == 422


def test_an_admin_changes_and_deactivates_and_brings_back(client: FlaskClient, ana: User) -> None:
    ben = make_user("Ben", email="ben@acme.example")
    sign_in(client, ana)
    page = client.get(f"/team/{ben.id}").text
    assert 'value="ben@acme.example"' in page
    values = {"email": "b@acme.example", "name": "Benno", "role": "admin"}
    assert post(client, f"/team/{ben.id}", **values).status_code == 303
    assert (ben.email, ben.name, ben.role, ben.seat, ben.active) == (*values.values(), False, False)
    page = client.get("/team").text
    assert page.index("No longer active") < page.index("Benno")
    assert post(client, f"/team/{ben.id}", **values, active="y", seat="y").status_code == 303
    assert (ben.active, ben.seat) == (True, True)
    assert "No longer active" not in client.get("/team").text


@pytest.mark.parametrize("change", [{"role": "member"}, {"active": ""}])
def test_the_last_admin_is_told_why_not(client: FlaskClient, ana: User, change: dict[str, str]) -> None:
    sign_in(client, ana)
    values = {"email": ana.email, "name": "Ana", "role": "admin", "seat": "y", "active": "y"} | change
    answer = post(client, f"/team/{ana.id}", **{name: value for name, value in values.items() if value})
    assert answer.status_code == 422
    assert "Nobody else is an admin" in answer.text
    assert (ana.role, ana.active) == ("admin", True)


def test_members_see_the_team_and_change_nothing(client: FlaskClient, ana: User) -> None:
    ben = make_user("Ben")
    gone = make_user("Gone", active=False)
    sign_in(client, ben)
    page = client.get("/team").text
    assert "Ana" in page
    assert gone.name not in page
    assert "/team/" not in page
    assert post(client, "/team/new", **GOOD).status_code == 403
    assert post(client, f"/team/{ana.id}", **GOOD).status_code == 403
    assert post(client, f"/team/{ana.id}/forget").status_code == 403


def test_an_admin_lets_another_account_sign_in(client: FlaskClient, ana: User) -> None:
    ben = make_user("Ben")
    identity(ben)
    sign_in(client, ana)
    assert "Let another account sign in" in client.get(f"/team/{ben.id}").text
    assert post(client, f"/team/{ben.id}/forget").location == f"/team/{ben.id}?said=forgotten"
    assert ben.identities == []
    assert "Let another account sign in" not in client.get(f"/team/{ben.id}").text
    assert post(client, "/team/999/forget").status_code == 404


def test_users_change_their_name_and_zone(client: FlaskClient, ana: User) -> None:
    sign_in(client, ana)
    assert 'href="/me"' in client.get("/").text
    page = client.get("/me").text
    assert re.search(r'<option selected value="Europe/Paris">', page)
    assert post(client, "/me", name="Anna", timezone="America/New_York", language="").status_code == 303
    assert (ana.name, ana.timezone) == ("Anna", "America/New_York")


@pytest.mark.parametrize(
    "form", [{"name": "", "timezone": "UTC"}, {"name": "Anna", "timezone": "Mars"}, {"name": "Anna"}, {}]
)
def test_a_name_or_zone_that_cannot_be_is_refused(
    client: FlaskClient, ana: User, form: dict[str, str]
) -> None:
    sign_in(client, ana)
    answer = post(client, "/me", **form)
    assert answer.status_code == 422
    assert "Please look at this again" in answer.text
    assert (ana.name, ana.timezone) == ("Ana", "Europe/Paris")
