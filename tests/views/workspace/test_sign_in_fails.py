"""What goes wrong on the way through a provider: a page that says so, nobody signed in, nothing stored."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import select

from tests.conftest import FreshClient
from tests.factories import make_user
from tests.peers.google import Google
from tests.peers.google import tokens as google_tokens
from tests.peers.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenidProvider
from tests.signing_in import come_back, leave, press, who
from website import clock, openid
from website.config import Config
from website.extensions import db
from website.models import Identity, User

ADA = "ada@acme.example"


@pytest.fixture
def provider() -> Iterator[OpenidProvider]:
    with OpenidProvider() as one:
        yield one


@pytest.fixture
def config(
    config: Config, google: Google, provider: OpenidProvider, monkeypatch: pytest.MonkeyPatch
) -> Config:
    """A site with both ways in, which does not wait for long."""
    monkeypatch.setattr(openid, "SECONDS", 0.5)
    google.add_account(ADA, name="Ada Ames")
    return replace(
        config,
        demo=False,
        google_metadata_url=google.metadata_url,
        google_client_id=google.client_id,
        google_client_secret=google.client_secret,
        oidc_name="Acme Login",
        oidc_metadata_url=provider.metadata_url,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        sign_in_domains=("acme.example",),
    )


@pytest.fixture(autouse=True)
def ada(world: Flask) -> User:
    """Invited, beside an admin."""
    make_user("Cleo", role="admin")
    return make_user("Ada", email=ADA, calendar=False)


def agreed(google: Google) -> Callable[[str], str]:
    return lambda address: google.consent(address, ADA)


def shows(client: FlaskClient, answer: Any, status: int, heading: str) -> bool:
    """Whether a page says what went wrong and offers to try again; and that nothing has come of it."""
    assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "no-store"), answer.text
    assert f"<h1>{heading}</h1>" in answer.text
    assert 'action="/sign-in/' in answer.text
    assert db.session.scalars(select(Identity)).all() == []
    return who(client) == ""


def test_the_small_provider_lets_people_in(client: FlaskClient, provider: OpenidProvider, ada: User) -> None:
    db.session.commit()
    assert "Sign in with Acme Login" in client.get("/sign-in").text
    assert come_back(client, provider.agree, "oidc", back="/links").location == "/links"
    assert who(client) == "Ada"
    identity = db.session.scalars(select(Identity)).one()
    assert (identity.issuer, identity.subject, identity.user) == (provider.issuer, "f:1:ada", ada)


def test_what_another_provider_says_of_domains_is_not_believed(
    client: FlaskClient, provider: OpenidProvider
) -> None:
    provider.claims = {"email": "eve@acme.example", "hd": "acme.example"}
    assert come_back(client, provider.agree, "oidc").status_code == 403


LATE = [("down", {}), ("slow", {"seconds": 5}), ("unavailable", {})]
OTHER_TEXT = [("html", {}), ("truncated", {})]


@pytest.mark.parametrize(
    ("call", "fault", "status", "heading"),
    [
        *(
            (call, fault, 503, "Google does not answer")
            for call in ("openid", "token", "keys")
            for fault in LATE
        ),
        *(
            (call, fault, 503, "Google does not answer")
            for call in ("openid", "keys")
            for fault in OTHER_TEXT
        ),
        *(("token", fault, 400, "Google did not let you in") for fault in OTHER_TEXT),
    ],
)
def test_google_is_down_or_slow_or_something_else_answers(
    google: Google,
    client: FlaskClient,
    call: str,
    fault: tuple[str, dict[str, Any]],
    status: int,
    heading: str,
) -> None:
    kind, more = fault
    if call == "openid":
        google.fail(kind, None, method=call, **more)
        answer = press(client)
    else:
        back = google.consent(leave(client), ADA)
        google.fail(kind, None, method=call, **more)
        answer = client.get(back)
    assert shows(client, answer, status, heading)
    google.heal()
    come_back(client, agreed(google))
    assert who(client) == "Ada"


def test_a_person_says_no(google: Google, client: FlaskClient) -> None:
    back = google.consent(leave(client, back="/links"), ADA, deny=True)
    answer = client.get(back)
    assert shows(client, answer, 200, "You did not sign in")
    assert 'name="next" value="/links"' in answer.text


def test_whoever_is_signed_in_stays_so_whatever_the_address_says(google: Google, client: FlaskClient) -> None:
    come_back(client, agreed(google))
    for query in ("error=access_denied", "error=server_error", "code=x&state=y", ""):
        client.get(f"/sign-in/google/callback?{query}")
        assert who(client) == "Ada"


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [
        ("access_denied", 200, "You did not sign in"),
        ("temporarily_unavailable", 503, "Google does not answer"),
        ("server_error", 503, "Google does not answer"),
        ("admin_policy_enforced", 400, "Google did not let you in"),
        ("<script>%0a", 400, "Google did not let you in"),
    ],
)
def test_google_sends_back_with_an_error(client: FlaskClient, error: str, status: int, heading: str) -> None:
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    answer = client.get(f"/sign-in/google/callback?error={error}&state={state}")
    assert shows(client, answer, status, heading)
    assert "<script>" not in answer.text


def test_no_state_or_a_wrong_one_begins_nothing(google: Google, client: FlaskClient) -> None:
    back = google.consent(leave(client), ADA)
    code, state = (parse_qs(urlsplit(back).query)[name][0] for name in ("code", "state"))
    for query in (f"code={code}", f"code={code}&state=", f"code={code}&state=x{state}", f"state={state}", ""):
        assert shows(client, client.get(f"/sign-in/google/callback?{query}"), 400, "Please start again")
    assert google.calls_of("token") == []


def test_an_answer_counts_in_the_browser_that_asked(google: Google, client: FlaskClient) -> None:
    back = google.consent(leave(client), ADA)
    other = FreshClient(client.application, client.application.response_class)
    assert shows(other, other.get(back), 400, "Please start again")


def test_an_answer_counts_once(google: Google, client: FlaskClient) -> None:
    back = google.consent(leave(client), ADA)
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 400
    assert len(google.calls_of("token")) == 1


def test_an_answer_to_another_provider_s_question_counts_nowhere(google: Google, client: FlaskClient) -> None:
    back = google.consent(leave(client), ADA)
    assert shows(client, client.get(back.replace("/google/", "/oidc/")), 400, "Please start again")


def test_of_two_questions_the_later_one_is_open(google: Google, client: FlaskClient) -> None:
    first = google.consent(leave(client), ADA)
    second = google.consent(leave(client), ADA)
    assert client.get(first).status_code == 400
    assert client.get(second).status_code == 303


def test_many_attempts_fit_into_the_cookie(client: FlaskClient) -> None:
    for _ in range(20):
        leave(client, back="/links/" + "x" * 200)
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert len(cookie.value) < 3000


@pytest.mark.parametrize(("later", "status"), [(timedelta(seconds=599), 303), (timedelta(seconds=601), 400)])
def test_a_question_stays_open_for_ten_minutes(
    google: Google, client: FlaskClient, later: timedelta, status: int
) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False) as hand:
        back = google.consent(leave(client), ADA)
        hand.move_to(start + later)
        answer = client.get(back)
        assert answer.status_code == status
        assert status == 303 or shows(client, answer, 400, "Please start again")


def test_a_code_that_google_does_not_take_is_refused(google: Google, client: FlaskClient) -> None:
    back = google.consent(leave(client), ADA)
    google.revoke(ADA)
    assert shows(client, client.get(back), 400, "Google did not let you in")


def test_a_wrong_secret_of_the_site_is_named_in_the_log(
    google: Google, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    back = google.consent(leave(client), ADA)
    google.client_secret = "changed"
    assert shows(client, client.get(back), 400, "Google did not let you in")
    assert "google was refused: OAuthError invalid_client" in caplog.text
    google.complaints.clear()


WRONG_CLAIMS = [
    {"nonce": "somebody else's"},
    {"nonce": None},
    {"aud": "another-site"},
    {"aud": "another-site", "azp": CLIENT_ID},
    {"aud": [CLIENT_ID, "another-site"]},
    {"aud": None},
    {"iss": "https://else.example"},
    {"iss": None},
    {"exp": 1},
    {"exp": "soon"},
    {"iat": 9999999999},
    {"sub": None},
    {"sub": ""},
    {"sub": 5},
    {"sub": "x" * 256},
    {"sub": "a\u0000b"},
    {"azp": "another-site"},
    {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
]


@pytest.mark.parametrize("claims", WRONG_CLAIMS, ids=str)
def test_an_id_token_that_does_not_hold_is_refused(
    client: FlaskClient, provider: OpenidProvider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    answer = come_back(client, provider.agree, "oidc")
    assert shows(client, answer, 400, "Acme Login did not let you in")


def test_googles_id_token_for_another_site_is_refused(google: Google, client: FlaskClient) -> None:
    google.accounts[ADA].claims = {"aud": "another-site"}
    assert shows(client, come_back(client, agreed(google)), 400, "Google did not let you in")


def test_an_id_token_that_somebody_else_signed_is_refused(
    google: Google, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = RSAKey.generate_key(2048, {"kid": "stand-in"})
    back = google.consent(leave(client), ADA)
    monkeypatch.setattr(google_tokens, "signing_key", lambda: foreign)
    assert shows(client, client.get(back), 400, "Google did not let you in")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_an_id_token_that_anybody_can_make_is_refused(
    client: FlaskClient, provider: OpenidProvider, algorithm: str
) -> None:
    provider.algorithm = algorithm
    answer = come_back(client, provider.agree, "oidc")
    assert shows(client, answer, 400, "Acme Login did not let you in")


@pytest.mark.parametrize(
    "claims",
    [
        {"email": None},
        {"email": 5},
        {"email": ["ada@acme.example"]},
        {"email": "ada@acme.example\n"},
        {"email": "nobody"},
        {"email_verified": None},
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": 1},
    ],
    ids=str,
)
def test_an_address_that_cannot_be_or_is_not_verified_is_no_invitation(
    client: FlaskClient, provider: OpenidProvider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert come_back(client, provider.agree, "oidc").status_code == 403


@pytest.mark.parametrize("name", [None, 7, "", "\u0000\n", "x" * 500, {"a": 1}])
def test_a_name_is_whatever_can_be_shown_of_it(google: Google, client: FlaskClient, name: object) -> None:
    account = google.add_account("new@acme.example", domain="acme.example")
    account.claims = {"name": name}
    come_back(client, lambda address: google.consent(address, "new@acme.example"))
    user = db.session.scalars(select(User).where(User.email == "new@acme.example")).one()
    assert user.name in ("new", "x" * 200)


NONSENSE = [
    "[]", "null", "5", '"x"', "{}", '{"id_token": 5}', '{"access_token": "a", "id_token": "a.b.c"}', "{", "",
    '{"access_token": "a", "token_type": "Bearer"}', '{"access_token": [], "id_token": {}}',
]  # fmt: skip


@pytest.mark.parametrize("body", NONSENSE)
def test_nonsense_instead_of_tokens_signs_nobody_in(
    client: FlaskClient, provider: OpenidProvider, body: str
) -> None:
    provider.token_body = body
    answer = come_back(client, provider.agree, "oidc")
    assert answer.status_code in (400, 503)
    assert shows(client, answer, answer.status_code, _heading(answer.status_code))


@pytest.mark.parametrize(
    "body", ["[]", "null", "{}", '{"keys": 5}', '{"keys": [5]}', '{"keys": [{"kty": "RSA"}]}', "{"]
)
def test_nonsense_instead_of_keys_signs_nobody_in(
    client: FlaskClient, provider: OpenidProvider, body: str
) -> None:
    provider.keys_body = body
    answer = come_back(client, provider.agree, "oidc")
    assert answer.status_code in (400, 503)
    assert shows(client, answer, answer.status_code, _heading(answer.status_code))
    provider.keys_body = None
    come_back(client, provider.agree, "oidc")
    assert who(client) == "Ada"


def _heading(status: int) -> str:
    return {400: "Acme Login did not let you in", 503: "Acme Login does not answer"}[status]


@pytest.mark.parametrize("missing", ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("value", [None, 5])
def test_metadata_that_is_not_whole_is_refused_and_asked_for_again(
    client: FlaskClient, provider: OpenidProvider, missing: str, value: object
) -> None:
    provider.metadata = {missing: value}
    assert shows(client, press(client, "oidc"), 400, "Acme Login did not let you in")
    provider.metadata = {}
    come_back(client, provider.agree, "oidc")
    assert who(client) == "Ada"
