"""Every signed-in page, opened on both engines with something to show; and numbers that no row can have."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import NOW, make_contact, make_link, make_personal_link, make_user
from tests.services.test_booking import ask
from tests.views.workspace.test_links import sign_in, token_of
from website import clock
from website.extensions import db
from website.models import Contact
from website.services.booking import book

PAGES = [
    "/", "/links", "/links/new", "/links/new/personal", "/links/new/group", "/links/new/round_robin", "/links/demo",
    "/links/demo/edit", "/links/demo/active", "/links/demo/pause",
    "/links/demo/fairness", "/links/demo/fairness?weeks=26&host=1&page=2", "/links/demo/simulate",
    "/links/demo/simulate?rotation=balanced&share_days=30&weeks=4&host=1&host=2",
    "/links/demo/simulate/use?rotation=balanced&share_days=30&host=1",
    "/links/demo/why-not", "/links/demo/why-not?at=20270202T0900Z",
    "/links/demo/personal-links", "/links/demo/personal-links?made=1", "/links/demo/personal-links?page=9",
    "/links/demo/personal-links/many", "/links/demo/personal-links/revoke", "/contacts/1/personal-links",
    "/contacts/1/personal-links?made=99", "/personal-links/1/revoke?from=contact",
    "/bookings", "/bookings?state=past", "/bookings?state=cancelled",
    "/bookings?page=2", "/contacts", "/contacts?q=dana", "/contacts?q=%25&page=3",
    "/contacts?owner=me&source=hand&company=x&sort=newest&after=1",
    "/contacts/found", "/contacts/new", "/contacts/1", "/contacts/1/edit", "/contacts/1/owner", "/companies",
    "/team", "/calendars",
    "/calendars?said=saved&tested=1", "/calendars/ics/link", "/calendars/builtin/link", "/calendars/1/unlink",
]  # fmt: skip
ADMIN_PAGES = [
    "/contacts.csv",
    "/contacts/1/held",
    "/contacts/1/held.json",
    "/contacts/1/forget",
    "/companies/new",
    "/contacts/import",
    "/contacts/import?page=9",
    "/tokens",
    "/calendars/health",
    "/crm",
    "/outbox",
    "/outbox?state=kept",
    "/outbox?state=failed&page=2",
]
HUGE = 10**30


def staffed(client: FlaskClient, role: str) -> None:
    ana = make_user("Ana", role=role)
    link = make_link(hosts=[ana, make_user("Ben")], slug="demo", owner_first=True)
    make_personal_link(link, make_contact(owner=ana), now=clock.now())
    db.session.commit()
    book(link, ask(), now=NOW)
    sign_in(client, ana)


@pytest.mark.both_engines
@pytest.mark.parametrize("role", ["admin", "member"])
def test_every_page_opens(world: Flask, client: FlaskClient, role: str) -> None:
    staffed(client, role)
    pages = PAGES + (ADMIN_PAGES if role == "admin" else [])
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "path",
    [
        f"/contacts?owner={HUGE}",
        f"/contacts?page={HUGE}",
        f"/bookings?page={HUGE}",
        f"/outbox?page={HUGE}",
        f"/calendars?tested={HUGE}",
        f"/calendars/{HUGE}/unlink",
        f"/calendars/ics/link?account={HUGE}",
        f"/links/demo/personal-links?made={HUGE}",
        f"/personal-links/{HUGE}/revoke",
        f"/tokens/{HUGE}/revoke",
    ],
)
def test_a_number_that_is_too_large_finds_nothing(world: Flask, client: FlaskClient, path: str) -> None:
    staffed(client, "admin")
    assert client.get(path).status_code in (200, 400, 404)


@pytest.mark.both_engines
def test_a_row_that_cannot_be_is_not_found(world: Flask, client: FlaskClient) -> None:
    staffed(client, "admin")
    token = token_of(client.get("/links/demo/active").text)
    assert client.get(f"/contacts/{HUGE}/owner").status_code == 404
    contact = {"csrf_token": token, "owner": str(HUGE)}
    assert client.post("/contacts/1/owner", data=contact).status_code in (400, 404)
    assert client.post("/sign-in", data={"csrf_token": token, "user": str(HUGE)}).status_code == 404


@pytest.mark.rule("R25")
@pytest.mark.parametrize(
    "sent", [{}, {"owner": "nobody"}, {"owner": "-1"}, {"owner": str(HUGE)}, {"owner": "999"}]
)
def test_an_owner_that_cannot_be_read_takes_no_owner_away(
    world: Flask, client: FlaskClient, sent: dict[str, str]
) -> None:
    staffed(client, "admin")
    contact = db.session.query(Contact).filter_by(email="dana@prospect.example").one()
    owner, token = contact.owner_id, token_of(client.get("/links/demo/active").text)
    assert owner is not None
    assert client.post(f"/contacts/{contact.id}/owner", data={"csrf_token": token} | sent).status_code == 400
    db.session.expire_all()
    assert contact.owner_id == owner
