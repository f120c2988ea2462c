"""A link's own colour on its pages: in the page itself, and let in by the policy that comes with it."""

import hashlib
import re
from base64 import b64encode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.views.public.test_booking_page import details, fill_in, first_time, open_link

BLUE = "#1a56db"


def rule_of(page: str) -> str:
    """The one style element of a page."""
    rules = re.findall(r"<style>(.*?)</style>", page)
    assert len(rules) == 1
    return str(rules[0])


def test_every_page_of_a_link_has_its_colour_and_its_policy_lets_it_in(
    world: Flask, client: FlaskClient
) -> None:
    open_link(colour=BLUE)
    manage = client.post("/book/demo", data=details(client) | fill_in()).headers["Location"]
    pages = [
        "/book/demo", first_time(client.get("/book/demo").text), "/book/demo/write", manage, f"{manage}/cancel",
        f"{manage}/reschedule",
    ]  # fmt: skip
    for path in pages:
        answer = client.get(path)
        rule = rule_of(answer.text)
        allowed = b64encode(hashlib.sha256(rule.encode()).digest()).decode()
        assert f"style-src 'self' 'sha256-{allowed}';" in answer.headers["Content-Security-Policy"]
        assert f"--fill:{BLUE}" in rule


def test_the_question_who_one_is_has_it_too(world: Flask, client: FlaskClient) -> None:
    open_link("round_robin", colour=BLUE, owner_first=True)
    assert BLUE in rule_of(client.get("/book/demo").text)


@pytest.mark.parametrize("path", ["/book/demo", "/book/demo/write"])
def test_a_link_without_a_colour_has_ours(world: Flask, client: FlaskClient, path: str) -> None:
    open_link()
    answer = client.get(path)
    assert "<style" not in answer.text
    assert "style-src 'self';" in answer.headers["Content-Security-Policy"]


def test_an_error_page_has_ours(world: Flask, client: FlaskClient) -> None:
    open_link(colour=BLUE, active=False)
    answer = client.get("/book/demo")
    assert answer.status_code == 410
    assert "<style" not in answer.text
