"""The link's colour in its form: a switch, the colour, and what becomes of it, seen and said."""

import pytest
from flask.testing import FlaskClient

from tests.factories import make_link, make_organisation, make_user
from tests.views.workspace.test_links import fields_of, sign_in
from website.extensions import db
from website.models import Link


@pytest.fixture
def link(world: object, client: FlaskClient) -> Link:
    make_organisation()
    ana = make_user("Ana")
    made = make_link("personal", hosts=[ana], slug="demo")
    sign_in(client, ana)
    return made


def save(client: FlaskClient, **typed: list[str]) -> int:
    fields = fields_of(client.get("/links/demo/edit").text) | typed
    answer = client.post("/links/demo/edit", data=fields)
    db.session.rollback()
    return answer.status_code


@pytest.mark.rule("R40")
def test_a_colour_counts_where_the_link_has_one_of_its_own(client: FlaskClient, link: Link) -> None:
    assert save(client, colour=["#ff6b6b"]) == 303
    assert link.colour == ""
    assert save(client, colour=["#ff6b6b"], own_colour=["y"]) == 303
    assert link.colour == "#ff6b6b"
    assert save(client) == 303
    assert link.colour == "#ff6b6b"
    page = client.get("/links/demo/edit").text
    assert "buttons 7.6 to 1" in page
    assert page.count("<svg") == 2


@pytest.mark.parametrize(
    ("colour", "words"),
    [
        ("%231a56db", ["as it is", "lightened"]),
        ("%23ffd400", ["darkened", "as it is"]),
        ("%23ff6b6b", ["darkened", "as it is"]),
    ],
)
def test_what_becomes_of_a_colour_is_shown_and_said(
    client: FlaskClient, link: Link, colour: str, words: list[str]
) -> None:
    part = client.get(f"/colours?colour={colour}").text
    assert part.startswith('<div class="colours" id="colours">')
    assert [said in text for said, text in zip(words, part.split("<li")[1:], strict=True)] == [True, True]
    assert 'name="own_colour"' in part
    assert " checked" in part


@pytest.mark.parametrize("colour", ["", "red", "%23ff", "%22%3E%3Cscript%3E"])
def test_what_is_no_colour_has_no_swatch(client: FlaskClient, link: Link, colour: str) -> None:
    part = client.get(f"/colours?colour={colour}").text
    assert "<svg" not in part
    assert "<script" not in part


def test_a_stranger_is_sent_to_sign_in(client: FlaskClient, world: object) -> None:
    assert client.get("/colours?colour=%23ff6b6b").status_code == 302
