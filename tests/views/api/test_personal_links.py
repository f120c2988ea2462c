"""Personal links that a program asks for (R21)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import NOW, make_contact, make_link, make_user
from tests.views.api.programs import Program
from website.extensions import db
from website.models import ContactAddress, PersonalLink

pytestmark = [pytest.mark.usefixtures("monday"), pytest.mark.rule("R21")]
PATH = "/links/demo/personal-links"


@pytest.fixture
def site(world: Flask) -> None:
    ana = make_user("Ana")
    make_link(hosts=[ana, make_user("Ben")], slug="demo", owner_first=True)
    make_contact(owner=ana).addresses = [ContactAddress(email="d@home.example")]
    db.session.commit()


def stored() -> list[PersonalLink]:
    db.session.expire_all()
    return list(db.session.scalars(select(PersonalLink)))


@pytest.mark.usefixtures("site")
def test_one_is_made_opens_the_page_and_is_revoked(program: Program, client: FlaskClient) -> None:
    made = program("POST", PATH, {"email": "D@home.example", "expires_in_days": 7})
    assert made.status_code == 201
    assert made.json["email"] == "dana@prospect.example"
    assert made.json["expires_at"] == (NOW + timedelta(days=7)).isoformat()
    (row,) = stored()
    assert (row.id, row.creator_id, row.link.slug) == (made.json["id"], None, "demo")
    page = made.json["url"].removeprefix("http://localhost")
    assert "Meet with <bdi>Ana</bdi>" in client.get(page).text
    for _ in range(2):
        assert program("DELETE", f"/personal-links/{row.id}").status_code == 204
    assert client.get(page).status_code == 410
    assert "Ana" not in client.get(page).text


@pytest.mark.usefixtures("site")
@pytest.mark.both_engines
def test_a_batch_says_what_became_of_each(program: Program) -> None:
    emails = ["dana@prospect.example", "nobody@prospect.example", "d@home.example"]
    answer = program("POST", PATH, {"emails": emails})
    outcomes = answer.json["personal_links"]
    assert answer.status_code == 200
    assert [(one["email"], one["status"]) for one in outcomes] == [
        (emails[0], "created"), (emails[1], "refused"), (emails[2], "created"),
    ]  # fmt: skip
    assert outcomes[1].keys() == {"email", "status", "errors"}
    assert {one["id"]: one["url"] for one in (outcomes[0], outcomes[2])}.keys() == {
        row.id for row in stored()
    }
    assert {row.expires_at for row in stored()} == {NOW + timedelta(days=30)}


@pytest.mark.usefixtures("site")
def test_what_cannot_be_is_refused_by_field(program: Program) -> None:
    dana = {"email": "dana@prospect.example"}
    cannot_be: list[tuple[Any, str]] = [
        ({}, "email"),
        (dana | {"emails": ["dana@prospect.example"]}, "email"),
        ({"email": "nobody@prospect.example"}, "email"),
        ({"emails": []}, "emails"),
        ({"emails": ["dana@prospect.example"] * 501}, "emails"),
        (dana | {"expires_in_days": 0}, "expires_in_days"),
        (dana | {"expires_in_days": 366}, "expires_in_days"),
        (dana | {"expires_in_days": "30"}, "expires_in_days"),
    ]
    for body, field in cannot_be:
        answer = program("POST", PATH, body)
        assert (answer.status_code, [*answer.json["errors"]]) == (422, [field]), body
    assert stored() == []


@pytest.mark.usefixtures("site")
def test_what_does_not_exist_is_not_found(program: Program) -> None:
    assert program("POST", "/links/none/personal-links", {"email": "a@b.example"}).json["code"] == "not_found"
    assert program("DELETE", "/personal-links/999").json["code"] == "unknown_personal_link"
    assert program("DELETE", f"/personal-links/{10**30}").status_code == 404
