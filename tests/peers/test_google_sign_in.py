"""Signing in and linking with the stand-in, by the very client that the site uses; and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, jsonify, request
from flask.testing import FlaskClient

from tests.peers.google import Google
from tests.peers.google.records import full_scope
from tests.peers.google_clients import ADA, BACK, BUSY, LINK, LIST, OWNED, exchange, question

USER_INFO = "https://www.googleapis.com/auth/userinfo."


@pytest.fixture
def site(google: Google) -> FlaskClient:
    """A small site that signs in and links with Authlib, as ours does."""
    google.add_account(ADA, name="Ada", domain="acme.example")
    app = Flask(__name__)
    app.secret_key = "of this test"
    oauth = OAuth(app)
    oauth.register(
        "google",
        client_id=google.client_id,
        client_secret=google.client_secret,
        server_metadata_url=google.metadata_url,
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
    )
    more = {
        "/login": {},
        "/link": {"scope": LINK, "access_type": "offline", "prompt": "select_account consent"},
    }
    app.add_url_rule(
        "/<any(login,link):_>", "go", lambda _: oauth.google.authorize_redirect(BACK, **more[request.path])
    )
    app.add_url_rule("/back", "back", lambda: jsonify(oauth.google.authorize_access_token()))
    return app.test_client()


def code_for(google: Google, **other: str) -> str:
    """A code that Ada's consent ended in."""
    back = google.consent(google.base + question(**other), ADA)
    return parse_qs(urlsplit(back).query)["code"][0]


def refresh(google: Google, token: str, **form: str) -> requests.Response:
    """What the token endpoint says to a refresh token."""
    return exchange(google, grant_type="refresh_token", refresh_token=token, **form)


def test_a_person_signs_in(google: Google, site: FlaskClient) -> None:
    token = site.get(google.consent(site.get("/login").location, ADA)).json
    assert token["scope"] == f"{USER_INFO}email {USER_INFO}profile openid"
    assert "refresh_token" not in token
    claims = token["userinfo"]
    known = {name: claims[name] for name in ("email", "email_verified", "hd", "name", "aud", "iss")}
    assert known == {
        "email": ADA,
        "email_verified": True,
        "hd": "acme.example",
        "name": "Ada",
        "aud": google.client_id,
        "iss": google.base,
    }


def test_a_person_links_a_calendar_and_unticks_a_box(google: Google, site: FlaskClient) -> None:
    back = google.consent(site.get("/link").location, ADA, untick=["calendar.events.owned"])
    token = site.get(back).json
    assert set(token["scope"].split()) == {"openid", USER_INFO + "email", LIST, BUSY}
    assert token["refresh_token"].startswith("1//")


def test_a_single_scope_has_no_box(google: Google) -> None:
    google.add_account(ADA)
    url = google.base + question(scope=f"openid {OWNED}")
    assert "checkbox" not in requests.get(url, timeout=5).text
    with pytest.raises(AssertionError, match="no ticked box"):
        google.consent(url, ADA, untick=["calendar.events.owned"])
    back = google.consent(url, ADA)
    assert OWNED in parse_qs(urlsplit(back).query)["scope"][0]


def test_a_person_refuses(google: Google, site: FlaskClient) -> None:
    back = google.consent(site.get("/link").location, ADA, deny=True)
    assert parse_qs(urlsplit(back).query)["error"] == ["access_denied"]


def test_authlib_refreshes_without_naming_scopes(google: Google) -> None:
    google.add_account(ADA)
    token = google.grant(ADA, "calendar.events.owned") | {"expires_at": 1}
    kept: list[dict[str, Any]] = []
    session = OAuth2Session(
        google.client_id,
        google.client_secret,
        token=token,
        token_endpoint=google.base + "/token",
        update_token=lambda new, **_old: kept.append(new),
    )
    assert session.get(google.calendar_url + "/calendars/primary/events").ok
    assert kept[0]["access_token"] != token["access_token"]
    assert kept[0]["refresh_token"] == token["refresh_token"]
    assert [set(form) for form in google.token_forms] == [{"grant_type", "refresh_token"}]


def test_a_workspace_is_a_claim_of_its_accounts_only(google: Google, site: FlaskClient) -> None:
    google.accounts[ADA].domain = None
    google.accounts[ADA].claims = {"email_verified": False}
    claims = site.get(google.consent(site.get("/login").location, ADA)).json["userinfo"]
    assert "hd" not in claims
    assert claims["email_verified"] is False


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"client_id": "somebody"}, "invalid_client"),
        ({"redirect_uri": "http://evil.example/back"}, "redirect_uri_mismatch"),
        ({"response_type": "token"}, "bad: response_type"),
        ({"state": ""}, "missing: state"),
        ({"scope": ""}, "missing: scope"),
        ({"scope": "openid calendar"}, "invalid_scope calendar"),
        ({"nonce": ""}, "nonce"),
        ({"code_challenge": ""}, "missing: code_challenge"),
        ({"code_challenge_method": "plain"}, "bad: code_challenge_method"),
        ({"code_challenge_method": ""}, "PKCE"),
        ({"code_challenge": "short"}, "PKCE"),
        ({"access_type": "always"}, "bad: access_type"),
        ({"prompt": "please"}, "bad: prompt"),
        ({"acces_type": "offline"}, "unknown or repeated: acces_type"),
    ],
)
def test_a_wrong_question_ends_on_googles_own_page(google: Google, other: dict[str, str], said: str) -> None:
    google.add_account(ADA)
    for verb in ("GET", "POST"):
        form = {"account": ADA, "decision": "allow"}
        answer = requests.request(
            verb, google.base + question(**other), data=form, allow_redirects=False, timeout=5
        )
        assert answer.status_code == 400
        assert said in answer.text
    assert len(google.complaints) == 2
    google.complaints.clear()


def test_a_registered_address_is_met_exactly_or_by_its_beginning(google: Google) -> None:
    google.redirect_uris = ("https://one.example/back", "https://two.example/*")
    assert google.may_return_to("https://one.example/back")
    assert not google.may_return_to("https://one.example/back/more")
    assert google.may_return_to("https://two.example/anything")
    assert not google.may_return_to("https://three.example/")


def test_a_code_works_once(google: Google) -> None:
    google.add_account(ADA)
    code = code_for(google)
    assert exchange(google, code=code).ok
    assert exchange(google, code=code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"code_verifier": "w" * 43}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_request"),
        ({"redirect_uri": BACK + "/"}, 400, "redirect_uri_mismatch"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_exchange_is_refused(google: Google, form: dict[str, str], status: int, error: str) -> None:
    google.add_account(ADA)
    answer = exchange(google, code=code_for(google), **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert len(google.complaints) == 1
    google.complaints.clear()


def test_the_site_must_say_its_secret(google: Google) -> None:
    form = {"grant_type": "refresh_token", "client_id": google.client_id, "client_secret": "guessed"}
    answer = requests.post(google.base + "/token", data=form, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    google.complaints.clear()
    google.add_account(ADA)
    form |= {"client_secret": google.client_secret, "refresh_token": google.grant(ADA)["refresh_token"]}
    assert requests.post(google.base + "/token", data=form, timeout=5).ok


def test_a_refresh_token_comes_with_consent_to_offline_access_only(google: Google) -> None:
    google.add_account(ADA)
    ways = [{"access_type": "online"}, {}, {"prompt": "consent"}]
    google.revoke(ADA)
    answers = [exchange(google, code=code_for(google, **way)).json() for way in ways]
    assert ["refresh_token" in answer for answer in answers] == [False, False, True]
    google.revoke(ADA)
    assert "refresh_token" in exchange(google, code=code_for(google)).json()


def test_more_scopes_than_were_granted_are_not_refreshed(google: Google) -> None:
    google.add_account(ADA)
    token = google.grant(ADA, "calendar.freebusy")["refresh_token"]
    assert (
        refresh(google, token, scope=full_scope("calendar.freebusy"))
        .json()["scope"]
        .endswith("calendar.freebusy")
    )
    assert refresh(google, token, scope="openid profile").json()["error"] == "invalid_scope"
    assert [form["scope"] for form in google.token_forms if "profile" in form["scope"]] == ["openid profile"]
    google.complaints.clear()


def test_earlier_grants_are_included_where_that_is_asked(google: Google) -> None:
    google.add_account(ADA)
    exchange(google, code=code_for(google))
    asked = {"scope": "openid email profile", "include_granted_scopes": "true"}
    assert OWNED in exchange(google, code=code_for(google, **asked)).json()["scope"]


def test_a_grant_ends_by_revoking_either_token_or_with_its_time(google: Google) -> None:
    google.add_account(ADA)
    for kind in ("access_token", "refresh_token"):
        first, second = google.grant(ADA, "calendar.freebusy"), google.grant(ADA, "calendar.freebusy")
        assert requests.post(google.base + "/revoke", data={"token": first[kind]}, timeout=5).ok
        assert (
            requests.post(google.base + "/revoke", data={"token": first[kind]}, timeout=5).status_code == 400
        )
        assert refresh(google, second["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_time_limited_grant_says_so_and_ends(google: Google) -> None:
    google.add_account(ADA)
    google.tokens.refresh_lifetime = timedelta(days=7)
    token = google.grant(ADA, "calendar.freebusy")
    assert token["refresh_token_expires_in"] == 7 * 24 * 3600
    google.clock = lambda: datetime.now(UTC) + timedelta(days=8)
    assert refresh(google, token["refresh_token"]).json()["error"] == "invalid_grant"


def test_user_info_says_what_the_id_token_says(google: Google) -> None:
    account = google.add_account(ADA)
    bearer = {"Authorization": f"Bearer {google.grant(ADA)['access_token']}"}
    info = requests.get(google.base + "/v1/userinfo", headers=bearer, timeout=5)
    assert info.json() == {"sub": account.sub, "email": ADA, "email_verified": True}
    assert requests.get(google.base + "/v1/userinfo", timeout=5).status_code == 401
