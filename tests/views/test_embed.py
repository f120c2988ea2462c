"""The script that other sites load."""

import re
from dataclasses import replace
from pathlib import Path

import brotli
from flask import Flask
from flask.testing import FlaskClient

from tests.views.public.test_booking_page import open_link
from website import create_app
from website.config import Config
from website.extensions import db

SOURCE = Path(__file__).resolve().parents[2] / "static" / "js" / "embed.js"
BYTES = 1500


def test_any_site_may_load_it_and_keeps_it_for_a_while(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/embed.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.cache_control.public
    assert 60 <= int(answer.cache_control.max_age or 0) <= 3600
    assert "Set-Cookie" not in answer.headers
    again = client.get("/embed.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_it_is_the_source_without_comments_and_small(app: Flask, client: FlaskClient) -> None:
    sent = client.get("/embed.js").text
    code = re.sub(r"^ *//.*$", "", SOURCE.read_text(), flags=re.MULTILINE)
    assert re.sub(r"\s", "", sent) == re.sub(r"\s", "", code)
    assert "//" not in sent.replace("://", "")
    assert len(brotli.compress(sent.encode(), mode=brotli.MODE_TEXT)) <= BYTES


def test_the_page_that_plays_another_site_is_there_in_the_demo_alone(config: Config) -> None:
    for demo in (True, False):
        app = create_app(replace(config, demo=demo))
        with app.app_context():
            open_link() if demo else None
            assert app.test_client().get("/demo/host").status_code == (200 if demo else 404)
            db.session.remove()
            db.engine.dispose()
