"""Every answer carries the headers that keep browsers from doing harm with it."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import make_link, make_user
from tests.views.public.test_booking_page import details, fill_in, open_link
from tests.views.workspace.test_links import sign_in
from website import create_app
from website.config import Config
from website.extensions import db
from website.views.responses import asset

HOST = "https://www.acme.example"


def policy(answer: TestResponse) -> dict[str, list[str]]:
    """The directives of an answer's policy, each with its sources."""
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


@pytest.fixture
def answers(world: Flask, client: FlaskClient) -> dict[str, TestResponse]:
    """One of each kind of answer."""
    host = open_link(embed_origins=[HOST])[0]
    page = client.get("/book/demo")
    booked = client.post("/book/demo", data=details(client) | fill_in())
    found = {
        "page": page,
        "not changed": client.get("/book/demo", headers={"If-None-Match": page.headers["ETag"]}),
        "part": client.get("/book/demo/slots", headers={"HX-Request": "true"}),
        "refused": client.post("/book/demo", data=details(client) | fill_in(name="")),
        "see other": booked,
        "of a booking": client.get(booked.location),
        "file": client.get("/static/css/base.css?v=1"),
        "no file": client.get("/static/none.css"),
        "not found": client.get("/none"),
        "not taken": client.post("/book/demo/slots"),
        "too long": client.get("/book/demo?x=" + "x" * 9000),
        "api": client.get("/api/v1/links/demo/slots?from=2026-11-24&to=2026-11-25"),
        "api refused": client.get("/api/v1/links/none/slots"),
        "api not found": client.get("/api/v1/none"),
        "description": client.get("/api/v1/openapi.json"),
        "health": client.get("/healthz"),
        "sign in": client.get("/sign-in"),
        "sent to sign in": client.get("/links"),
    }
    sign_in(client, host)
    found["signed in"] = client.get("/links")
    found["signed in, not found"] = client.get("/links/none")
    return found


def test_every_answer_is_under_a_policy(answers: dict[str, TestResponse]) -> None:
    for name, answer in answers.items():
        said = policy(answer)
        assert said["default-src"] == ["'none'"], name
        assert "unsafe" not in answer.headers["Content-Security-Policy"], name
        assert said["base-uri"] == ["'none'"], name
        assert said["form-action"] in (["'self'"], ["'none'"]), name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert answer.headers["Referrer-Policy"], name
        assert "camera=()" in answer.headers["Permissions-Policy"], name
        assert answer.headers["Cross-Origin-Resource-Policy"] in ("same-origin", "cross-origin"), name
        assert answer.headers["Cache-Control"], name
        assert "Strict-Transport-Security" not in answer.headers, name


def test_pages_run_their_own_scripts_alone_and_make_markup_by_one_policy(
    answers: dict[str, TestResponse],
) -> None:
    for name in ("page", "not changed", "part", "refused", "not found", "signed in", "sign in", "too long"):
        said = policy(answers[name])
        assert said["script-src"] == ["'self'"], name
        assert said["style-src"] == ["'self'"], name
        assert said["object-src"] == ["'none'"], name
        assert said["require-trusted-types-for"] == ["'script'"], name
        assert said["trusted-types"] == ["htmx"], name


def test_what_is_no_page_may_do_nothing(answers: dict[str, TestResponse]) -> None:
    for name in ("api", "api refused", "api not found", "description", "health", "file"):
        assert set(policy(answers[name])) == {"default-src", "base-uri", "form-action", "frame-ancestors"}, (
            name
        )


def test_prospects_pages_are_framed_by_whom_the_link_names_and_all_others_by_nobody(
    answers: dict[str, TestResponse],
) -> None:
    framed = {"page", "not changed", "refused", "too long", "of a booking"}
    for name, answer in answers.items():
        wanted = ["'self'", HOST] if name in framed else ["'none'"]
        assert policy(answer)["frame-ancestors"] == wanted, name
        assert ("X-Frame-Options" in answer.headers) == (name not in framed), name


def test_signed_in_pages_share_no_window_with_other_sites(answers: dict[str, TestResponse]) -> None:
    apart = {name for name, answer in answers.items() if "Cross-Origin-Opener-Policy" in answer.headers}
    assert apart == {"sign in", "sent to sign in", "signed in", "signed in, not found"}


def test_other_sites_load_what_a_framed_page_needs_and_nothing_else(answers: dict[str, TestResponse]) -> None:
    """A page in a sandboxed frame has no origin: to its browser, its own styles are another site's."""
    shared = {
        name for name, answer in answers.items()
        if answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    }  # fmt: skip
    assert {"page", "file", "of a booking"} <= shared
    assert not shared & {"api", "signed in", "sign in", "health", "description", "not found"}


def test_a_site_on_https_stays_on_https(config: Config, client: FlaskClient) -> None:
    site = create_app(replace(config, base_url="https://meet.acme.example")).test_client()
    for path in ("/healthz", "/sign-in", "/none", "/static/css/base.css"):
        assert site.get(path).headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("site", "method", "status"),
    [
        ("cross-site", "post", 403),
        ("cross-site", "get", 200),
        ("same-site", "post", 303),
        ("same-origin", "post", 303),
        ("none", "post", 303),
        ("", "post", 303),
    ],
)
def test_what_another_site_sends_to_a_signed_in_page_is_refused(
    world: Flask, client: FlaskClient, site: str, method: str, status: int
) -> None:
    world.config["WTF_CSRF_ENABLED"] = False
    host = make_user("Ana")
    make_link(hosts=[host], slug="demo")
    db.session.commit()
    sign_in(client, host)
    headers = {"Sec-Fetch-Site": site} if site else {}
    path = "/links/demo/active"
    answer = getattr(client, method)(path, headers=headers)
    assert answer.status_code == status


def test_another_site_may_send_a_prospects_form(world: Flask, client: FlaskClient) -> None:
    """There is no cookie that it could make use of; a form in a frame comes from the site around it."""
    open_link()
    sent = details(client) | fill_in()
    assert client.post("/book/demo", data=sent, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 303


def test_a_page_that_may_be_kept_for_ever_is_one_that_is_there(world: Flask, client: FlaskClient) -> None:
    with world.test_request_context():
        here = asset("css/base.css")
    assert "immutable" in client.get(here).headers["Cache-Control"]
    # Of another release, which this one does not have the bytes of.
    assert "immutable" not in client.get("/static/css/base.css?v=1").headers["Cache-Control"]
    assert "immutable" not in client.get("/static/css/none.css?v=1").headers["Cache-Control"]
