"""Who gets in, how, and what the browser may keep."""

from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.factories import NOW, make_contact, make_link, make_organisation, make_personal_link, make_user
from tests.services.test_booking import ask
from tests.views.workspace.test_links import sign_in, token_of
from website.extensions import db
from website.models import Company, CrmOwner, User
from website.services.api_token import make_token
from website.services.booking import book
from website.services.contact_import import Choices, keep_file, rehearse
from website.services.contact_import_work import imports_due

OPEN = {"workspace.sign_in"}
VALUES = {
    "slug": "x", "kind": "group", "contact_id": 1, "account_id": 1, "client": "google", "user_id": 1, "event_id": 1,
    "booking_id": 1, "message_id": 1, "key": "popup", "number": 1, "token_id": 1, "company_id": 1, "import_id": 1,
    "owner_id": 1,
}  # fmt: skip
OF_CALENDARS = {"kind": "ics"}
# What a page cannot do without.
ASKED = {"workspace.use_settings": "?rotation=random&share_days=30&host=1"}
# Where providers send people back to: their answers are tested on their own.
CALLBACKS = {"workspace.calendar_linked", "workspace.signed_in_with"}


@pytest.fixture
def ana(world: Flask) -> User:
    make_organisation()
    ana = make_user("Ana", role="admin")
    link = make_link(hosts=[ana], slug="x")
    make_personal_link(link, make_contact())
    db.session.commit()
    make_token("CRM", by=ana, now=NOW)
    db.session.add(Company(domain="prospect.example"))
    db.session.add(CrmOwner(provider="hubspot", external_id="1", email="ana@acme.example", seen_at=NOW))
    db.session.commit()
    rehearse(keep_file(BytesIO(b"Email\nnobody\n"), "a.csv", by=ana, now=NOW), ["email"], Choices(), by=ana)
    imports_due(NOW)
    (event,) = book(link, ask(), now=NOW).events
    event.found = "gone"
    db.session.commit()
    return ana


@pytest.fixture
def ben(ana: User) -> User:
    return make_user("Ben")


def rules(app: Flask, method: str) -> list[Rule]:
    """The addresses of the signed-in pages that take this method."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("workspace.")
        and method in (rule.methods or ())
        and rule.endpoint not in CALLBACKS
    ]


def address(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        values = VALUES | (OF_CALENDARS if rule.rule.startswith("/calendars") else {})
        built = rule.build({name: values[name] for name in rule.arguments})
    assert built
    return built[1] + ASKED.get(rule.endpoint, "")


def test_every_signed_in_page_sends_a_stranger_to_sign_in_and_back(
    world: Flask, client: FlaskClient, ana: User
) -> None:
    db.session.commit()
    pages = [address(world, rule) for rule in rules(world, "GET") if rule.endpoint not in OPEN]
    assert len(pages) >= 10
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 302, page
        assert answer.location.startswith("/sign-in?next="), page


def test_no_signed_in_page_is_kept_by_the_browser(world: Flask, client: FlaskClient, ana: User) -> None:
    sign_in(client, ana)
    for rule in rules(world, "GET"):
        answer = client.get(address(world, rule), follow_redirects=True)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), rule


def test_every_form_needs_its_token(world: Flask, client: FlaskClient, ana: User) -> None:
    sign_in(client, ana)
    for rule in rules(world, "POST"):
        assert client.post(address(world, rule), data={"user": ana.id}).status_code == 400, rule


@pytest.mark.parametrize(
    "page",
    [
        "/links/x",
        "/links/x/edit",
        "/links/x/active",
        "/contacts/1/owner",
        "/team/new",
        "/team/1",
        "/team/1/forget",
        "/team/1/leave",
        "/calendars/health",
        "/outbox",
        "/tokens",
        "/tokens/1/revoke",
    ],
)
def test_a_member_is_refused_what_is_not_theirs(client: FlaskClient, ben: User, page: str) -> None:
    sign_in(client, ben)
    assert client.get(page).status_code in (403, 405)
    token = token_of(client.get("/").text)
    assert client.post(page, data={"csrf_token": token, "on": "no"}).status_code in (403, 405)


@pytest.mark.parametrize(
    "page",
    [
        "/links/none",
        "/links/none/edit",
        "/contacts/999/owner",
        "/team/999",
        "/team/999/leave",
        "/bookings?state=x",
        "/bookings/999",
        "/bookings/999/cancel",
        "/calendars/none/link",
        "/calendars/none/linked",
        "/calendars/ics/linked",
        "/calendars/999/unlink",
        "/calendars/ics/link?account=999",
        "/outbox?state=x",
        "/links/none/personal-links",
        "/contacts/999/personal-links",
        "/personal-links/999/revoke",
        "/tokens/999/revoke",
    ],
)
def test_what_does_not_exist_is_not_found(client: FlaskClient, ana: User, page: str) -> None:
    sign_in(client, ana)
    assert client.get(page).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/links?x=1", "/links?x=1"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_signing_in_leads_back_into_the_site_and_nowhere_else(
    client: FlaskClient, ana: User, wanted: str, reached: str
) -> None:
    db.session.commit()
    typed = {"csrf_token": token_of(client.get("/sign-in").text), "user": ana.id, "next": wanted}
    answer = client.post("/sign-in", data=typed)
    assert (answer.status_code, answer.location) == (303, reached)


def test_nothing_of_an_earlier_session_lives_on_after_signing_in(client: FlaskClient, ana: User) -> None:
    db.session.commit()
    token = token_of(client.get("/sign-in").text)
    with client.session_transaction() as before:
        before["planted"] = "yes"
    client.post("/sign-in", data={"csrf_token": token, "user": ana.id})
    with client.session_transaction() as after:
        assert "planted" not in after


def test_signing_out_ends_it(client: FlaskClient, ana: User) -> None:
    sign_in(client, ana)
    client.post("/sign-out", data={"csrf_token": token_of(client.get("/").text)})
    assert client.get("/").status_code == 302


def test_who_left_is_out_at_once(client: FlaskClient, ana: User, ben: User) -> None:
    sign_in(client, ben)
    ben.active = False
    db.session.commit()
    assert client.get("/").status_code == 302
    page = client.get("/sign-in").text
    assert "Ben" not in page
    assert client.post("/sign-in", data={"csrf_token": token_of(page), "user": ben.id}).status_code == 404


@pytest.mark.parametrize("user", ["", "x", "999999"])
def test_nobody_signs_in_as_a_user_who_does_not_exist(client: FlaskClient, ana: User, user: str) -> None:
    db.session.commit()
    token = token_of(client.get("/sign-in").text)
    assert client.post("/sign-in", data={"csrf_token": token, "user": user}).status_code == 404


def test_without_the_demo_the_page_says_what_to_set(world: Flask, client: FlaskClient, ana: User) -> None:
    db.session.commit()
    world.config["FIRSTHAND"] = replace(world.config["FIRSTHAND"], demo=False)
    page = client.get("/sign-in").text
    assert "GOOGLE_CLIENT_ID" in page
    assert "<button" not in page
