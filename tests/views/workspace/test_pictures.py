"""Sending a picture, seeing it, taking it away: with a form, without script."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import make_link, make_organisation, make_user
from tests.images import opened, picture
from tests.views.workspace.test_links import sign_in, token_of
from website.extensions import db
from website.images import LARGEST_BYTES, SIDE
from website.models import User

PAGES = ["/me/picture", "/links/demo/picture"]


@pytest.fixture
def ana(world: Flask, client: FlaskClient) -> User:
    """A member with a link of her own, signed in."""
    make_organisation()
    user = make_user("Ana Alves")
    make_link("personal", hosts=[user], slug="demo")
    sign_in(client, user)
    return user


def send(client: FlaskClient, page: str, content: bytes | None = None, **more: Any) -> TestResponse:
    form = {"csrf_token": token_of(client.get(page).text), **more}
    if content is not None:
        form["picture"] = (BytesIO(content), "me.png")
    answer = client.post(page, data=form, content_type="multipart/form-data")
    db.session.rollback()
    return answer


def shown_on(page: str) -> str:
    found = re.search(r'src="(/picture/[^"]+)"', page)
    return found[1] if found else ""


@pytest.mark.parametrize("page", PAGES)
def test_a_picture_is_sent_and_seen_and_taken_away(client: FlaskClient, ana: User, page: str) -> None:
    assert shown_on(client.get(page).text) == ""
    answer = send(client, page, picture())
    assert answer.status_code == 303
    assert "The picture is saved" in client.get(answer.location).text
    assert client.get(shown_on(client.get(page).text)).status_code == 200
    assert send(client, page, remove="1").status_code == 303
    assert shown_on(client.get(page).text) == ""
    assert "Remove the picture" not in client.get(page).text


def test_everybody_gets_it_and_may_keep_it(client: FlaskClient, ana: User) -> None:
    send(client, "/me/picture", picture("JPEG", (2000, 1000)))
    stranger = client.application.test_client()
    answer = stranger.get(f"/picture/{ana.picture}.webp")
    assert opened(answer.data).size == (SIDE, SIDE)
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.both_engines
@pytest.mark.parametrize("name", ["0" * 32, "x", "%00", "..%2Fme", "é", "%ff"])
def test_there_is_no_other_picture(world: Flask, client: FlaskClient, name: str) -> None:
    assert client.get(f"/picture/{name}.webp").status_code == 404


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "Choose a picture"), (b"", "Choose a picture"), (b"<svg/>", "Choose a picture"),
        (picture() + b"\0" * LARGEST_BYTES, "too large"),
    ],
    ids=["no file", "empty", "no picture", "too large"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_in_words(
    client: FlaskClient, ana: User, page: str, content: bytes | None, says: str
) -> None:
    send(client, page, picture())
    before = shown_on(client.get(page).text)
    answer = send(client, page, content)
    assert answer.status_code == 422
    assert says in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert shown_on(client.get(page).text) == before


@pytest.mark.parametrize("page", PAGES)
def test_only_these_forms_take_more_than_usual(client: FlaskClient, ana: User, page: str) -> None:
    assert send(client, page, picture() + b"\0" * 1_000_000).status_code == 303
    assert send(client, page, b"\0" * 7_000_000).status_code == 413
    assert send(client, "/me", b"\0" * 1_000_000, name="Ana").status_code == 413


def test_the_form_needs_its_token(client: FlaskClient, ana: User) -> None:
    sent = {"picture": (BytesIO(picture()), "me.png")}
    assert client.post("/me/picture", data=sent).status_code == 400
    assert ana.picture == ""


@pytest.mark.rule("R42")
def test_nobody_gives_a_picture_to_a_link_of_others(client: FlaskClient, ana: User) -> None:
    make_link("personal", hosts=[make_user("Ben")], slug="theirs")
    db.session.commit()
    assert client.get("/links/theirs/picture").status_code == 403
    assert send(client, "/me/picture", picture()).status_code == 303
    token = token_of(client.get("/me/picture").text)
    form = {"csrf_token": token, "picture": (BytesIO(picture()), "x.png")}
    assert client.post("/links/theirs/picture", data=form).status_code == 403


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ana Alves", "AA"), ("ana", "A"), ("Jean de La Fontaine", "JF"), ("  ", ""), ("李 雷", "李雷")],
)
def test_initials_stand_for_who_has_no_picture(app: Flask, engine: str, name: str, letters: str) -> None:
    assert app.jinja_env.globals["initials"](name) == letters  # type: ignore[operator]
