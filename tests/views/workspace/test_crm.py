"""The CRM's page: how the connection stands, and which user each owner is."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_user
from tests.peers.hubspot import HubSpot
from tests.peers.hubspot_site import with_hubspot
from tests.views.workspace.test_links import sign_in, token_of
from website.config import Config
from website.extensions import db
from website.models import CrmOwner, User


@pytest.fixture
def config(config: Config, hubspot: HubSpot) -> Config:
    return with_hubspot(config, hubspot)


@pytest.fixture
def boss(world: Flask, client: FlaskClient) -> User:
    boss = make_user("Boss", role="admin")
    sign_in(client, boss)
    return boss


def read_now(client: FlaskClient) -> str:
    token = token_of(client.get("/crm").text)
    answer = client.post("/crm/read", data={"csrf_token": token}, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.text)


def owner() -> CrmOwner:
    db.session.rollback()
    return db.session.scalars(select(CrmOwner)).one()


def test_the_page_before_and_after_the_first_reading(
    boss: User, client: FlaskClient, hubspot: HubSpot
) -> None:
    page = client.get("/crm").text
    assert "Not yet" in page and "No owners yet." in page
    hubspot.add_owner(boss.email, "Bo Boss")
    hubspot.add_owner("gone@acme.example", "Gone", archived=True)
    page = read_now(client)
    assert "The owners were read just now." in page
    assert "Bo Boss" in page and "by e-mail address" in page
    assert page.index("Bo Boss") < page.index("Gone") < page.index("archived")
    assert hubspot.token not in page


@pytest.mark.parametrize(
    ("kind", "said", "remedy"),
    [
        ("unauthorized", "HubSpot refuses the token.", "Set a token that works"),
        ("missing scope", "The token lacks a right in HubSpot.", "give it the right it lacks"),
        ("unavailable", "HubSpot does not answer as it should.", "it is tried again"),
    ],
)
def test_a_connection_that_fails_says_what_to_do(
    boss: User, client: FlaskClient, hubspot: HubSpot, kind: str, said: str, remedy: str
) -> None:
    hubspot.fail(kind)
    page = read_now(client)
    assert said in page and remedy in page and "Failing" in page
    assert said in client.get("/").text
    hubspot.heal()
    assert said not in read_now(client) + client.get("/").text


def test_an_admin_says_who_an_owner_is(boss: User, client: FlaskClient, hubspot: HubSpot) -> None:
    hubspot.add_owner("other@acme.example", "Other")
    read_now(client)
    address = f"/crm/owners/{owner().id}"
    assert "Whoever has the e-mail address" in client.get(address).text
    token = token_of(client.get(address).text)

    def choose(user: str) -> int:
        return client.post(address, data={"csrf_token": token, "user": user}).status_code

    assert choose(str(boss.id)) == 303
    assert (owner().user_id, owner().by_hand) == (boss.id, True)
    assert "chosen by hand" in client.get("/crm").text
    for wrong in ("x", "999999", "none"):
        assert choose(wrong) == 400
    assert owner().user_id == boss.id
    assert choose("") == 303
    assert (owner().user_id, owner().by_hand) == (None, True)
    assert choose("address") == 303
    assert (owner().user_id, owner().by_hand) == (None, False)
    assert client.get("/crm/owners/999999").status_code == 404


def test_members_do_not_see_it(world: Flask, client: FlaskClient, hubspot: HubSpot) -> None:
    sign_in(client, make_user("Ana"))
    for answer in (client.get("/crm"), client.get("/crm/owners/1")):
        assert answer.status_code == 403
