"""Personal links on the pages of a link and of a contact: made, listed, revoked, and many at once (R21)."""

import csv
import re
from datetime import timedelta
from html import unescape
from io import BytesIO, StringIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.factories import make_contact, make_link, make_personal_link, make_user
from tests.views.workspace.test_links import sign_in, token_of
from website import clock
from website.extensions import db
from website.models import Contact, ContactAddress, Link, PersonalLink, User
from website.services import personal_links_many
from website.services.personal_link import token_of as for_token

pytestmark = pytest.mark.rule("R21")
PAGE = "/links/demo/personal-links"


@pytest.fixture
def ana(world: Flask, client: FlaskClient) -> User:
    """Ana, a member, who owns Dana, on a link of hers and Ben's."""
    ana = make_user("Ana", email="ana@acme.example")
    make_link(hosts=[ana, make_user("Ben")], slug="demo", owner_first=True)
    make_contact(owner=ana)
    sign_in(client, ana)
    return ana


def send(client: FlaskClient, path: str, **values: Any) -> TestResponse:
    values = {"csrf_token": token_of(client.get("/").text), "days": "30"} | values
    return client.post(path, data=values)


def addresses(page: str) -> list[str]:
    """The personal links that a page shows, without the site's own address."""
    found = re.findall(r'value="http://localhost(/book/demo\?for=[^"]+)"', page)
    return list(dict.fromkeys(map(unescape, found)))


def stored() -> int:
    return db.session.scalar(select(func.count(PersonalLink.id))) or 0


def rows_of(answer: TestResponse) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_one_is_made_from_the_link_s_page_names_the_owner_and_is_revoked(
    client: FlaskClient, ana: User
) -> None:
    ana.picture = "face"
    db.session.commit()
    assert f'action="{PAGE}"' in client.get("/links/demo").text
    answer = send(client, PAGE, email="Dana@prospect.example", days="7")
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "The personal link is made" in page
    (address,) = addresses(page)
    public = client.get(address).text
    assert "Meet with <bdi>Ana</bdi>" in public
    assert 'src="/picture/face.webp"' in public
    row = db.session.scalars(select(PersonalLink)).one()
    assert (row.creator_id, row.expires_at - row.created_at.replace(microsecond=0)) == (
        ana.id,
        timedelta(days=7),
    )
    question = client.get(f"/personal-links/{row.id}/revoke").text
    assert row.revoked_at is None
    assert "Dana" in question
    answer = send(client, f"/personal-links/{row.id}/revoke")
    assert (answer.status_code, answer.location) == (303, f"{PAGE}?said=revoked")
    assert addresses(client.get(PAGE).text) == []
    gone = client.get(address)
    assert gone.status_code == 410
    assert "does not work any more" in gone.text
    assert "Ana" not in gone.text


def test_the_form_is_filled_in_with_who_it_is(client: FlaskClient, ana: User) -> None:
    send(client, PAGE, email="dana@prospect.example")
    (address,) = addresses(client.get(PAGE).text)
    times = client.get(f"{address}&timezone=Europe/Paris").text
    time = re.search(r'class="time" href="([^"]+)"', times)
    assert time
    form = client.get(unescape(time[1])).text
    assert 'value="dana@prospect.example"' in form
    assert 'value="Dana"' in form
    assert "Meet with <bdi>Ana</bdi>" in form


@pytest.mark.rule("R26")
@pytest.mark.parametrize("kind", ["personal", "group"])
def test_other_kinds_fill_in_who_it_is_and_say_of_no_owner(
    world: Flask, client: FlaskClient, ana: User, kind: str
) -> None:
    cleo = make_user("Cleo")
    link = make_link(kind, hosts=[cleo], slug="other")
    row = make_personal_link(link, db.session.scalars(select(Contact)).one(), now=clock.now())
    db.session.commit()
    page = client.get(f"/book/other?for={for_token(row)}&timezone=Europe/Paris")
    assert page.status_code == 200
    assert "Ana" not in page.text
    time = re.search(r'class="time" href="([^"]+)"', page.text)
    assert time
    assert 'value="dana@prospect.example"' in client.get(unescape(time[1])).text


def test_one_of_another_link_is_no_address_of_this_one(world: Flask, client: FlaskClient, ana: User) -> None:
    other = make_link(hosts=[ana], slug="other")
    row = make_personal_link(other, db.session.scalars(select(Contact)).one(), now=clock.now())
    db.session.commit()
    assert client.get(f"/book/demo?for={for_token(row)}").status_code == 400


def test_a_contact_who_was_forgotten_is_recognised_by_none(
    world: Flask, client: FlaskClient, ana: User
) -> None:
    contact = db.session.scalars(select(Contact)).one()
    row = make_personal_link(db.session.scalars(select(Link)).one(), contact, now=clock.now())
    contact.forgotten_at = clock.now()
    db.session.commit()
    answer = client.get(f"/book/demo?for={for_token(row)}")
    assert answer.status_code == 410
    assert "Ana" not in answer.text
    assert client.get(f"/contacts/{contact.id}/personal-links").status_code == 404


def test_what_cannot_be_made_is_kept_as_it_was_typed(client: FlaskClient, ana: User) -> None:
    for typed in (
        {"email": "nobody@prospect.example"}, {"email": "none"}, {"email": ""},
        {"email": "dana@prospect.example", "days": "366"}, {"email": "dana@prospect.example", "days": "x"},
    ):  # fmt: skip
        answer = send(client, PAGE, **typed)
        assert answer.status_code == 422, typed
        assert 'class="error"' in answer.text
        assert f'value="{typed["email"]}"' in answer.text
    assert stored() == 0


def test_one_is_made_from_the_contact_s_page(world: Flask, client: FlaskClient, ana: User) -> None:
    make_link(hosts=[make_user("Cleo")], slug="hers")
    db.session.commit()
    contact = db.session.scalars(select(Contact)).one()
    page = f"/contacts/{contact.id}/personal-links"
    assert "hers" not in client.get(page).text
    answer = send(client, page, link="demo")
    assert len(addresses(client.get(answer.location).text)) == 1
    assert send(client, page, link="hers").status_code == 422
    assert send(client, page, link="demo", days="0").status_code == 422
    row = db.session.scalars(select(PersonalLink)).one()
    back = send(client, f"/personal-links/{row.id}/revoke", **{"from": "contact"})
    assert back.location.startswith(page)
    assert client.get("/contacts/999/personal-links").status_code == 404


def test_members_make_see_and_revoke_none_of_links_that_are_not_theirs(
    world: Flask, client: FlaskClient, ana: User
) -> None:
    contact = db.session.scalars(select(Contact)).one()
    row = make_personal_link(make_link(hosts=[make_user("Cleo")], slug="hers"), contact, now=clock.now())
    db.session.commit()
    for path in (
        "/links/hers/personal-links", "/links/hers/personal-links/many", "/links/hers/personal-links/revoke",
        f"/personal-links/{row.id}/revoke",
    ):  # fmt: skip
        assert client.get(path).status_code == 403, path
        assert send(client, path, email=contact.email, whom="everybody").status_code == 403, path
    assert for_token(row) not in client.get(f"{PAGE}?made={row.id}").text
    assert for_token(row) not in client.get(f"/contacts/{contact.id}/personal-links?made={row.id}").text
    assert client.get("/personal-links/999/revoke").status_code == 404


def test_all_of_a_link_are_revoked_at_once(world: Flask, client: FlaskClient, ana: User) -> None:
    link, contact = db.session.scalars(select(Link)).one(), db.session.scalars(select(Contact)).one()
    other = make_personal_link(make_link(hosts=[ana], slug="other"), contact, now=clock.now())
    rows = [make_personal_link(link, contact, now=clock.now()) for _ in range(2)]
    make_personal_link(link, contact, until=clock.now() - timedelta(days=1))
    db.session.commit()
    assert "2 of its personal links work." in client.get(f"{PAGE}/revoke").text
    send(client, f"{PAGE}/revoke")
    db.session.expire_all()
    assert all(row.revoked_at for row in rows)
    assert other.revoked_at is None


def test_many_are_made_as_a_file_that_no_spreadsheet_computes(
    world: Flask, client: FlaskClient, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal_links_many, "BATCH", 2)
    make_contact("eve@prospect.example", name="=HYPERLINK(1)").addresses = [
        ContactAddress(email="e@home.example")
    ]
    make_contact("fay@prospect.example", name="Fäy, “F”")
    db.session.commit()
    file = "Name;E-mail\nDana;dana@prospect.example\nEve;E@home.example\nEve;eve@prospect.example\n"
    answer = send(
        client, f"{PAGE}/many", whom="addresses", emails="Fay <fay@prospect.example>", owner=str(ana.id),
        file=(BytesIO(file.encode("utf-8-sig")), "letter.csv"),
    )  # fmt: skip
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "personal-links-demo.csv" in answer.headers["Content-Disposition"]
    head, *rows = rows_of(answer)
    assert head == ["email", "name", "owner", "personal_link"]
    assert sorted(row[:3] for row in rows) == [
        ["dana@prospect.example", "Dana", "Ana"],
        ["eve@prospect.example", "'=HYPERLINK(1)", ""],
        ["fay@prospect.example", "Fäy, “F”", ""],
    ]
    assert stored() == 3
    by_email = {row[0]: row[3].removeprefix("http://localhost") for row in rows}
    assert "Meet with <bdi>Ana</bdi>" in client.get(by_email["dana@prospect.example"]).text


@pytest.mark.both_engines
def test_many_are_chosen_by_their_owner(world: Flask, client: FlaskClient, ana: User) -> None:
    make_contact("eve@prospect.example")
    make_contact("gone").forgotten_at = clock.now()
    db.session.commit()
    owner = str(ana.id)
    chosen = {
        whom: [
            row[0] for row in rows_of(send(client, f"{PAGE}/many", whom=whom, owner=owner, words="eve"))[1:]
        ]
        for whom in ("owned", "unowned", "found", "everybody")
    }
    assert chosen == {
        "owned": ["dana@prospect.example"],
        "unowned": ["eve@prospect.example"],
        "found": ["eve@prospect.example"],
        "everybody": ["dana@prospect.example", "eve@prospect.example"],
    }


def test_what_is_no_contact_s_address_is_named_before_anything_is_made(
    world: Flask, client: FlaskClient, ana: User
) -> None:
    typed = "dana@prospect.example, nobody@prospect.example\ndana at prospect"
    values = {"whom": "addresses", "emails": typed, "owner": str(ana.id)}
    answer = send(client, f"{PAGE}/many", **values)
    assert answer.status_code == 422
    assert "2 of these are no contact" in answer.text
    assert "<bdi>nobody@prospect.example</bdi>" in answer.text
    assert "<bdi>dana at prospect</bdi>" in answer.text
    assert typed in unescape(answer.text)
    assert stored() == 0
    left = send(client, f"{PAGE}/many", leave_out="y", **values)
    assert [row[0] for row in rows_of(left)[1:]] == ["dana@prospect.example"]


def test_many_of_nobody_or_too_many_are_refused(
    world: Flask, client: FlaskClient, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = str(ana.id)
    for values in (
        {"whom": "addresses", "owner": owner}, {"whom": "none", "owner": owner}, {"whom": "owned", "owner": "x"},
        {"whom": "unowned", "owner": owner}, {"whom": "found", "owner": owner},
        {"whom": "everybody", "owner": owner, "days": "0"},
        {"whom": "addresses", "owner": owner, "emails": "nobody@prospect.example", "leave_out": "y"},
    ):  # fmt: skip
        assert send(client, f"{PAGE}/many", **values).status_code == 422, values
    monkeypatch.setattr(personal_links_many, "MOST", 1)
    make_contact("eve@prospect.example")
    db.session.commit()
    for values in (
        {"whom": "everybody", "owner": owner},
        {"whom": "addresses", "owner": owner, "emails": "dana@prospect.example eve@prospect.example"},
    ):  # fmt: skip
        assert "at most 1 at once" in send(client, f"{PAGE}/many", **values).text
    assert stored() == 0


def test_a_large_file_is_taken(world: Flask, client: FlaskClient, ana: User) -> None:
    many = "dana@prospect.example\n" * 10_000
    answer = send(
        client, f"{PAGE}/many", whom="addresses", owner=str(ana.id), file=(BytesIO(many.encode()), "a.txt")
    )  # fmt: skip
    assert [row[0] for row in rows_of(answer)[1:]] == ["dana@prospect.example"]
