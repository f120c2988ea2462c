"""Setting links up in the browser, without script."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_link, make_organisation, make_user
from tests.services.test_booking import stored
from website import clock
from website.extensions import db
from website.models import Link, User

ROUTES = [
    "/",
    "/links",
    "/links/new",
    "/links/new/group",
    "/links/x",
    "/links/x/edit",
    "/bookings",
    "/contacts",
    "/team",
]


def sign_in(client: FlaskClient, user: User) -> None:
    db.session.commit()
    page = client.get("/sign-in").text
    answer = client.post("/sign-in", data={"csrf_token": token_of(page), "user": user.id})
    assert answer.status_code == 303


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def fields_of(page: str) -> dict[str, list[str]]:
    """What a browser would send of the settings form, buttons apart."""
    form = page[page.index('<form id="form"') : page.rindex("</form>")]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        ticked = attributes.get("type") not in ("checkbox", "radio") or " checked" in tag
        if ticked and "name" in attributes:
            found.setdefault(attributes["name"], []).append(unescape(attributes.get("value", "")))
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found.setdefault(name, []).append(unescape(text.strip()))
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(
            r'<option [^>]*value="([^"]*)"[^>]*selected|<option selected[^>]*value="([^"]*)"', options
        )
        first = re.search(r'value="([^"]*)"', options)
        assert first
        found.setdefault(name, []).append((chosen[1] or chosen[2] or "") if chosen else first[1])
    return found


@pytest.fixture
def ana(world: Flask) -> User:
    make_organisation()
    return make_user("Ana", role="admin")


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_sees_a_workspace_page_without_signing_in(
    world: Flask, client: FlaskClient, route: str
) -> None:
    answer = client.get(route)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_demo_sign_in_does_not_exist_unless_the_site_is_a_demo(
    world: Flask, client: FlaskClient, ana: User
) -> None:
    db.session.commit()
    token = token_of(client.get("/sign-in").text)
    from dataclasses import replace

    world.config["FIRSTHAND"] = replace(world.config["FIRSTHAND"], demo=False)
    assert client.post("/sign-in", data={"csrf_token": token, "user": ana.id}).status_code == 404
    assert "Ana" not in client.get("/sign-in").text


@pytest.mark.rule("R40")
def test_create_asks_the_kind_first(client: FlaskClient, ana: User) -> None:
    sign_in(client, ana)
    page = client.get("/links/new").text
    assert all(f"/links/new/{kind}" in page for kind in ("personal", "group", "round_robin"))


@pytest.mark.rule("R40")
@pytest.mark.parametrize("kind", ["personal", "group", "round_robin"])
def test_a_link_is_made_with_the_form_as_it_comes(client: FlaskClient, ana: User, kind: str) -> None:
    sign_in(client, ana)
    typed = fields_of(client.get(f"/links/new/{kind}").text) | {"title": ["Hello"], "slug": ["hello"]}
    answer = client.post(f"/links/new/{kind}", data=typed)
    assert (answer.status_code, answer.location) == (303, "/links/hello?said=made")
    link = db.session.scalars(select(Link)).one()
    assert (link.kind, link.title, link.hours["mon"], link.increment) == (kind, "Hello", ["09:00-17:00"], 30)


@pytest.mark.rule("R40")
def test_saving_the_edit_form_untouched_changes_nothing(client: FlaskClient, ana: User) -> None:
    questions = [{"key": "size", "label": "Size", "kind": "choice", "required": True, "choices": ["1", "2"]}]
    link = make_link(
        hosts=[ana], slug="demo", overrides={"2027-03-01": [], "2027-03-02": ["09:00-10:00", "11:00-12:00"]},
        questions=questions, buffer_after=10, max_per_day=5, place={"kind": "phone", "value": "+33 1"}, reminders=[60],
        embed_origins=["https://www.acme.example"], owner_first=True, rotation="balanced", durations=[30, 60],
        increment=0,
    )  # fmt: skip
    sign_in(client, ana)
    before = {
        column.name: getattr(link, column.name)
        for column in Link.__table__.columns
        if column.name != "version"
    }
    answer = client.post("/links/demo/edit", data=fields_of(client.get("/links/demo/edit").text))
    assert answer.status_code == 303
    db.session.expire_all()
    after = {
        column.name: getattr(link, column.name)
        for column in Link.__table__.columns
        if column.name != "version"
    }
    assert after == before


@pytest.mark.rule("R40")
def test_errors_stand_beside_the_fields_and_what_was_typed_is_kept(client: FlaskClient, ana: User) -> None:
    sign_in(client, ana)
    typed = fields_of(client.get("/links/new/personal").text) | {
        "title": ["Hello"],
        "slug": ["Bad Slug"],
        "buffer_after": ["7"],
    }
    answer = client.post("/links/new/personal", data=typed)
    assert answer.status_code == 422
    assert 'value="Bad Slug"' in answer.text
    assert 'id="slug-help"' in answer.text
    assert 'id="buffer_after-help"' in answer.text
    assert stored(Link) == 0


@pytest.mark.rule("R40")
def test_rows_are_added_and_removed_without_script(client: FlaskClient, ana: User) -> None:
    sign_in(client, ana)
    page = client.get("/links/new/personal").text
    more = client.post(
        "/links/new/personal", data=fields_of(page) | {"title": ["Kept"], "row": ["add hours mon"]}
    ).text
    assert len(fields_of(more)["hours_mon_from"]) == 2
    assert fields_of(more)["title"] == ["Kept"]
    fewer = client.post("/links/new/personal", data=fields_of(more) | {"row": ["remove hours mon 0"]}).text
    assert fields_of(fewer)["hours_mon_from"] == [""]


@pytest.mark.rule("R41")
def test_who_cannot_host_is_listed_with_the_reason_and_cannot_be_added(
    client: FlaskClient, ana: User
) -> None:
    ben = make_user("Ben", seat=False)
    sign_in(client, ana)
    page = client.get("/links/new/group").text
    assert "Has no seat." in page
    typed = fields_of(page) | {"title": ["Hello"], "slug": ["hello"], "host": [ana.email, ben.email]}
    assert client.post("/links/new/group", data=typed).status_code == 422
    assert stored(Link) == 0


@pytest.mark.rule("R42")
def test_a_member_cannot_make_a_link_for_others(client: FlaskClient, ana: User) -> None:
    ben = make_user("Ben")
    sign_in(client, ben)
    typed = fields_of(client.get("/links/new/personal").text) | {
        "title": ["X"],
        "slug": ["x"],
        "host": [ana.email],
    }
    assert client.post("/links/new/personal", data=typed).status_code == 422


@pytest.mark.rule("R42")
def test_a_member_cannot_touch_a_link_of_others(client: FlaskClient, ana: User) -> None:
    make_link(hosts=[ana], slug="hers")
    sign_in(client, make_user("Ben"))
    assert client.get("/links/hers/edit").status_code == 403
    assert client.get("/links/hers").status_code == 403


@pytest.mark.rule("R43")
def test_the_link_s_page_has_preview_address_code_and_explains(client: FlaskClient, ana: User) -> None:
    make_link(hosts=[ana], slug="demo")
    sign_in(client, ana)
    page = client.get("/links/demo").text
    assert "http://localhost/book/demo" in page
    assert "&lt;iframe" in page
    sunday = (clock.now() + timedelta(days=13 - clock.now().weekday())).date()
    asked = {"csrf_token": token_of(page), "date": f"{sunday}", "time": "03:00", "email": ""}
    answer = client.post("/links/demo/why-not", data=asked)
    assert "The link has no hours on this day." in client.get(answer.location).text


def test_a_link_is_switched_off_only_after_a_question(client: FlaskClient, ana: User) -> None:
    link = make_link(hosts=[ana], slug="demo")
    sign_in(client, ana)
    asked = client.get("/links/demo/active").text
    assert link.active
    client.post("/links/demo/active", data={"csrf_token": token_of(asked), "on": "no"})
    assert client.get("/book/demo").status_code == 410


@pytest.mark.rule("R43")
def test_the_code_to_embed_a_link_holds_whatever_its_title_is(world: Flask, client: FlaskClient) -> None:
    title = '"30 minutes" <with> Ben & Ana'
    ana = make_user("Ana")
    make_link(hosts=[ana], slug="hello", title=title)
    sign_in(client, ana)
    page = client.get("/links/hello").text
    code = re.search(r'<textarea id="code-frame"[^>]*>(.*?)</textarea>', page, re.S)
    assert code
    tag = re.fullmatch(r'<iframe src="([^"]*)" title="([^"]*)" [^<>]*></iframe>', unescape(code[1]))
    assert tag
    assert (unescape(tag[1]), unescape(tag[2])) == ("http://localhost/book/hello?embed=1", title)
