"""What everybody may see is made smaller on its way; nothing that holds a secret is."""

import gzip
from collections.abc import Callable

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.views.public.test_booking_page import details, fill_in, open_link
from tests.views.workspace.test_links import sign_in

UNPACK: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}
PUBLIC = ("/book/demo", "/book/demo/slots", "/static/bundles/public.css", "/static/bundles/public.js",
          "/static/img/icon.svg", "/static/vendor/htmx-4.0.1.min.js")  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "used"),
    [("br, gzip", "br"), ("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("gzip;q=0.5", "gzip"),
     ("br;q=0, gzip", "gzip")],
)  # fmt: skip
@pytest.mark.parametrize("path", PUBLIC)
def test_public_answers_come_as_the_browser_takes_them(
    world: Flask, client: FlaskClient, path: str, asked: str, used: str
) -> None:
    open_link()
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": asked})
    assert "Accept-Encoding" in plain.headers["Vary"]
    if len(plain.data) < 400:
        assert packed.data == plain.data
        return
    assert (packed.headers["Content-Encoding"], packed.headers["Content-Length"]) == (
        used,
        str(len(packed.data)),
    )
    assert UNPACK[used](packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize("asked", ["", "identity", "deflate", "br;q=0", "*;q=0"])
def test_who_takes_none_gets_plain_bytes(world: Flask, client: FlaskClient, asked: str) -> None:
    open_link()
    answer = client.get("/book/demo", headers={"Accept-Encoding": asked} if asked else {})
    assert "Content-Encoding" not in answer.headers
    assert answer.text.startswith("<!doctype html>")


def test_nothing_with_a_secret_in_it_is_compressed(world: Flask, client: FlaskClient) -> None:
    host = open_link()[0]
    booking = client.post("/book/demo", data=details(client) | fill_in()).location
    sign_in(client, host)
    asked = {"Accept-Encoding": "br, gzip"}
    secret = ("/", "/links", "/links/demo", "/bookings", "/me", booking, f"{booking}/cancel", f"{booking}/reschedule",
              "/api/v1/links/demo/slots?from=2026-11-24&to=2026-12-24", "/api/v1/openapi.json")  # fmt: skip
    for path in secret:
        answer = client.get(path, headers=asked)
        assert answer.status_code == 200, path
        assert "Content-Encoding" not in answer.headers, path


def test_a_head_says_what_a_get_would(world: Flask, client: FlaskClient) -> None:
    open_link()
    asked = {"Accept-Encoding": "br"}
    for path in PUBLIC:
        got, head = client.get(path, headers=asked), client.head(path, headers=asked)
        assert head.headers.get("Content-Encoding") == got.headers.get("Content-Encoding"), path
        assert head.data == b""


def test_a_compressed_file_is_not_sent_again(world: Flask, client: FlaskClient) -> None:
    asked = {"Accept-Encoding": "br"}
    first = client.get("/static/css/base.css", headers=asked)
    again = client.get("/static/css/base.css", headers=asked | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
