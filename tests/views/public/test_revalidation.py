"""A browser that has a page or a part of it already is told so, and is never shown times of before (R11)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.views.public.test_booking_page import details, fill_in, hidden, open_link
from website.extensions import db
from website.models import Link

PAGES = ("/book/demo?timezone=Europe/Paris&lang=en-GB", "/book/demo/slots?timezone=Europe/Paris&lang=en-GB")
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
VARIES = {"HX-Request", "HX-Request-Type", "HX-History-Restore-Request", "Accept-Language", "Accept-Encoding"}


@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
@pytest.mark.parametrize("path", PAGES)
def test_what_has_not_changed_is_not_sent_again(
    world: Flask, client: FlaskClient, path: str, encoding: str
) -> None:
    open_link()
    asked = HTMX | {"Accept-Encoding": encoding}
    first = client.get(path, headers=asked)
    again = client.get(path, headers=asked | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for answer in (first, again):
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert set(answer.headers["Vary"].split(", ")) >= VARIES
        assert answer.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


@pytest.mark.rule("R11")
@pytest.mark.parametrize("path", PAGES)
def test_a_time_that_was_taken_is_gone_at_once(world: Flask, client: FlaskClient, path: str) -> None:
    open_link()
    first = client.get(path)
    sent = details(client) | fill_in()
    assert client.post("/book/demo", data=sent).status_code == 303
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert sent["slot"] in first.text
    assert sent["slot"] not in again.text


@pytest.mark.parametrize("path", PAGES)
def test_two_visitors_are_sent_the_same_bytes(world: Flask, path: str) -> None:
    """Nothing in them is random: no token, no key of the policy."""
    open_link()
    one, other = world.test_client().get(path), world.test_client().get(path)
    assert (one.data, one.headers["ETag"]) == (other.data, other.headers["ETag"])
    assert "token" not in hidden(one.text)


def test_who_may_frame_a_page_is_part_of_it(world: Flask, client: FlaskClient) -> None:
    """A browser takes over the headers of a 304, but a cache between need not."""
    open_link()
    first = client.get(PAGES[0])
    db.session.query(Link).one().embed_origins = ["https://www.acme.example"]
    db.session.commit()
    again = client.get(PAGES[0], headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert "https://www.acme.example" in again.headers["Content-Security-Policy"]


def test_each_language_has_a_tag_of_its_own(world: Flask, client: FlaskClient) -> None:
    open_link()
    tags = {
        client.get("/book/demo", headers={"Accept-Language": tag}).headers["ETag"]
        for tag in ("en-GB", "en-US")
    }
    assert len(tags) == 2


@pytest.mark.parametrize(
    "path",
    ["/book/demo/details?slot=20261126T0800Z", "/book/demo/write", "/book/demo?for=made-up", "/book/none"],
)
def test_forms_and_errors_are_made_anew_each_time(world: Flask, client: FlaskClient, path: str) -> None:
    open_link()
    assert "ETag" not in client.get(path).headers
