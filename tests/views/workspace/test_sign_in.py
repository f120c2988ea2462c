"""Signing in with Google and with another OpenID provider, over real HTTP: the ways in, and who stays outside."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import FreshClient
from tests.factories import make_link, make_organisation, make_user
from tests.peers.google import Google
from tests.signing_in import come_back, leave, press, who
from website import clock
from website.config import Config
from website.extensions import db
from website.models import Identity, User

ADA = "ada@acme.example"


@pytest.fixture
def config(config: Config, google: Google) -> Config:
    """A site that signs in with the stand-in for Google."""
    google.add_account(ADA, name="Ada Ames")
    return replace(
        config,
        demo=False,
        google_metadata_url=google.metadata_url,
        google_client_id=google.client_id,
        google_client_secret=google.client_secret,
        sign_in_domains=("acme.example",),
    )


@pytest.fixture
def cleo(world: Flask) -> User:
    make_organisation(name="Acme", timezone="Europe/Lisbon")
    return make_user("Cleo", role="admin")


@pytest.fixture
def ada(cleo: User) -> User:
    """Invited, and not here yet."""
    return make_user("Ada", email=ADA, calendar=False)


def agreed(google: Google, email: str = ADA) -> Callable[[str], str]:
    return lambda address: google.consent(address, email)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_an_invited_person_signs_in(google: Google, client: FlaskClient, ada: User) -> None:
    answer = come_back(client, agreed(google), back="/links?x=1")
    assert (answer.status_code, answer.location) == (303, "/links?x=1")
    assert who(client) == "Ada"
    identity = db.session.scalars(select(Identity)).one()
    assert (identity.user, identity.issuer, identity.subject) == (ada, google.base, google.accounts[ADA].sub)


def test_only_what_signing_in_needs_is_asked_of_google(
    google: Google, client: FlaskClient, ada: User
) -> None:
    asked = parse_qs(urlsplit(leave(client)).query)
    assert asked["scope"] == ["openid email profile"]
    assert asked["redirect_uri"] == ["http://localhost/sign-in/google/callback"]
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert not {"access_type", "prompt", "include_granted_scopes"} & set(asked)


def test_a_new_address_at_google_changes_nothing(google: Google, client: FlaskClient, ada: User) -> None:
    come_back(client, agreed(google))
    account = google.accounts.pop(ADA)
    account.email = "ada@married.example"
    google.accounts[account.email] = account
    other = FreshClient(client.application, client.application.response_class)
    come_back(other, agreed(google, account.email))
    assert who(other) == "Ada"
    assert (count(User), count(Identity)) == (2, 1)


def test_a_colleague_of_our_domain_is_let_in_as_a_member(
    google: Google, client: FlaskClient, cleo: User
) -> None:
    google.accounts[ADA].domain = "Acme.Example"
    assert come_back(client, agreed(google)).status_code == 303
    user = db.session.scalars(select(User).where(User.email == ADA)).one()
    assert (user.name, user.role, user.seat, user.timezone) == (
        "Ada Ames",
        "member",
        False,
        "Europe/Lisbon",
    )


@pytest.mark.parametrize("domain", [None, "else.example"])
def test_a_stranger_is_told_whom_to_ask_and_nothing_is_stored(
    google: Google, client: FlaskClient, cleo: User, domain: str | None
) -> None:
    google.accounts[ADA].domain = domain
    answer = come_back(client, agreed(google))
    assert answer.status_code == 403
    assert answer.headers["Cache-Control"] == "no-store"
    assert ADA in answer.text
    assert "Ask an admin of Acme" in answer.text
    assert (count(User), count(Identity), who(client)) == (1, 0, "")


def test_a_stranger_may_choose_another_account(google: Google, client: FlaskClient, cleo: User) -> None:
    page = come_back(client, agreed(google), back="/links").text
    assert 'name="choose"' in page
    assert 'name="next" value="/links"' in page
    assert parse_qs(urlsplit(leave(client, choose="yes")).query)["prompt"] == ["select_account"]


def test_an_unverified_address_is_no_invitation(google: Google, client: FlaskClient, ada: User) -> None:
    google.accounts[ADA].email_verified = False
    assert come_back(client, agreed(google)).status_code == 403


def test_another_account_with_the_same_address_is_refused(
    google: Google, client: FlaskClient, ada: User
) -> None:
    come_back(client, agreed(google))
    client.post("/sign-out", data={"csrf_token": token_of(client)})
    google.accounts[ADA].sub = "somebody else"
    assert come_back(client, agreed(google)).status_code == 403
    assert who(client) == ""


def test_whoever_left_is_refused(google: Google, client: FlaskClient, ada: User) -> None:
    come_back(client, agreed(google))
    ada.active = False
    db.session.commit()
    assert who(client) == ""
    assert come_back(client, agreed(google)).status_code == 403
    assert who(client) == ""


def token_of(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
    assert found
    return found[1]


@pytest.mark.parametrize("outside", ["https://evil.example/", "//evil.example/", "/\\evil.example", "x"])
def test_the_way_leads_back_into_the_site_alone(
    google: Google, client: FlaskClient, ada: User, outside: str
) -> None:
    assert come_back(client, agreed(google), back=outside).location == "/"


def test_nothing_of_an_earlier_session_lives_on(google: Google, client: FlaskClient, ada: User) -> None:
    back = google.consent(leave(client), ADA)
    with client.session_transaction() as before:
        before["planted"] = "yes"
    client.get(back)
    with client.session_transaction() as after:
        assert set(after) == {"since", "_user_id", "_fresh", "_id", "_permanent"}


def test_one_is_signed_in_for_two_weeks_and_other_pages_set_no_cookie(
    google: Google, client: FlaskClient, ada: User
) -> None:
    make_link(hosts=[ada], slug="demo")
    start = clock.now()
    with time_machine.travel(start, tick=False) as clock_hand:
        answer = come_back(client, agreed(google))
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Set-Cookie" not in client.get("/book/demo").headers
        clock_hand.move_to(start + timedelta(days=13, hours=23))
        assert who(client) == "Ada"
        clock_hand.move_to(start + timedelta(days=14, minutes=1))
        assert who(client) == ""


def test_where_the_site_is_https_its_cookie_is_bound_to_it(config: Config) -> None:
    from website import create_app

    app = create_app(replace(config, base_url="https://meet.acme.example"))
    client = app.test_client()
    cookie = client.get("/sign-in", base_url="https://meet.acme.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie


@pytest.mark.parametrize(
    ("settings", "headers", "expected"),
    [
        ({"base_url": "https://meet.acme.example"}, {}, "https://meet.acme.example"),
        ({"base_url": "http://127.0.0.1:8000"}, {"Host": "inner:8080"}, "http://inner:8080"),
        (
            {"base_url": "http://127.0.0.1:8000", "trusted_proxies": 1},
            {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "meet.acme.example"},
            "https://meet.acme.example",
        ),
    ],
)
def test_google_sends_back_to_the_address_of_the_site(
    config: Config, settings: dict[str, object], headers: dict[str, str], expected: str
) -> None:
    from website import create_app
    from website.views.addresses import own_address

    app = create_app(replace(config, **settings))  # type: ignore[arg-type]
    app.add_url_rule("/asked", "asked", lambda: own_address("/sign-in/google/callback"))
    assert app.test_client().get("/asked", headers=headers).text == f"{expected}/sign-in/google/callback"


def test_the_buttons_are_plain_forms(google: Google, client: FlaskClient, ada: User) -> None:
    db.session.commit()
    page = client.get("/sign-in?next=/links").text
    form = page[page.index('action="/sign-in/google"') - 40 :]
    assert form.index("Sign in with Google") < form.index("</form>")
    assert 'name="next" value="/links"' in form
    assert not re.search(r"\bhx-(?!ignore)", re.sub(r"<meta[^>]*>", "", page))


def test_there_is_no_way_in_that_the_settings_do_not_name(client: FlaskClient, ada: User) -> None:
    for method in ("oidc", "x"):
        assert press(client, method).status_code == 404
        assert client.get(f"/sign-in/{method}/callback?code=x&state=y").status_code == 404
    assert client.get("/sign-in/google").status_code == 405


def test_only_a_form_of_ours_begins(client: FlaskClient, ada: User) -> None:
    db.session.commit()
    assert client.post("/sign-in/google").status_code == 400


def test_the_demo_s_people_stand_below(google: Google, world: Flask, client: FlaskClient, ada: User) -> None:
    world.config["FIRSTHAND"] = replace(world.config["FIRSTHAND"], demo=True)
    db.session.commit()
    page = client.get("/sign-in").text
    assert page.index("Sign in with Google") < page.index("Sign in as Ada")
    come_back(client, agreed(google))
    assert who(client) == "Ada"


def test_the_log_names_nobody(
    google: Google, client: FlaskClient, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    google.add_account("eve@else.example", name="Eve")
    with caplog.at_level(logging.DEBUG):
        come_back(client, agreed(google))
        come_back(client, agreed(google, "eve@else.example"))
        back = google.consent(leave(client), ADA)
        google.accounts[ADA].claims = {"nonce": "wrong"}
        client.get(back)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("website")]
    assert len(ours) >= 3
    for text in ours:
        assert not re.search(r"ada|eve|acme|100000|code=|state=", text, re.I), text
