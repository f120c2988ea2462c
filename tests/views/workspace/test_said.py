"""What was just done is said at the head of the page that a form leads back to."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_link, make_organisation, make_user
from tests.views.workspace.test_links import sign_in, token_of
from website.views.workspace import said
from website.views.workspace.said import SENTENCES

VIEWS = Path(said.__file__).parent
WORD = re.compile(
    r"[?&]said=(\w+)|_back_to\(booking, \"(\w+)\"\)|\?said=\{'(\w+)' if \w+(?:\.\w+)? else '(\w+)'\}"
)


def test_every_word_in_an_address_has_its_sentence_and_every_sentence_its_word() -> None:
    text = "".join(path.read_text() for path in VIEWS.glob("*.py"))
    used = {word for groups in WORD.findall(text) for word in groups if word}
    # Words that are chosen where the address is made.
    used |= set(re.findall(r'said = "(\w+)" if .* else "(\w+)"', text)[0])
    used |= {word for word in ("retried", "given_up") if f'"{word}")' in text}
    assert used == set(SENTENCES)


@pytest.fixture
def signed_in(world: Flask, client: FlaskClient) -> FlaskClient:
    make_organisation()
    ana = make_user("Ana", role="admin")
    make_link("personal", hosts=[ana], slug="demo")
    sign_in(client, ana)
    return client


def test_the_sentence_is_read_out_once_it_is_done(signed_in: FlaskClient) -> None:
    token = token_of(signed_in.get("/links/demo/active").text)
    answer = signed_in.post(
        "/links/demo/active", data={"csrf_token": token, "on": "no"}, follow_redirects=True
    )
    assert '<p class="banner good" role="status">The link is off: nobody can book it.</p>' in answer.text


@pytest.mark.parametrize("word", ["", "nothing", "<script>"])
def test_any_other_word_says_nothing(signed_in: FlaskClient, word: str) -> None:
    assert "banner good" not in signed_in.get("/links", query_string={"said": word}).text
