"""Pausing turns on a link's page, without script (R23)."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import NOW, make_link, make_user
from tests.views.workspace.test_links import fields_of, sign_in, token_of
from website.extensions import db
from website.models import Link, User

pytestmark = pytest.mark.rule("R23")


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def link(world: Flask) -> Link:
    """A link that Ana made, who hosts it with Ben."""
    return make_link(hosts=[make_user("Ana"), make_user("Ben")], slug="demo")


def as_(client: FlaskClient, user: User) -> FlaskClient:
    sign_in(client, user)
    return client


def send(client: FlaskClient, **typed: object) -> TestResponse:
    token = token_of(client.get("/links/demo").text)
    return client.post("/links/demo/pause", data={"csrf_token": token} | typed)


def pauses(link: Link) -> list[tuple[date | None, date | None]]:
    db.session.expire_all()
    return [(member.paused_from, member.paused_until) for member in link.hosts]


NONE = (None, None)


def test_a_host_pauses_and_comes_back(link: Link, client: FlaskClient) -> None:
    as_(client, link.hosts[1].user)
    page = client.get("/links/demo").text
    assert "Pause my turns" in page
    assert "pause-host" not in page
    answer = send(client, **{"from": "2027-02-01", "until": "2027-02-12"})
    assert (answer.status_code, answer.location) == (303, "/links/demo?said=paused#turns")
    assert pauses(link) == [NONE, (date(2027, 2, 1), date(2027, 2, 12))]
    assert "Ben: Takes no turns until Friday, 12 February 2027." in client.get("/links/demo?said=paused").text
    assert send(client, again="yes").location == "/links/demo?said=turns#turns"
    assert pauses(link) == [NONE, NONE]
    assert "Ben: Takes turns." in client.get("/links/demo").text


def test_a_pause_may_begin_later_and_go_on(link: Link, client: FlaskClient) -> None:
    as_(client, link.hosts[1].user)
    send(client, **{"from": "2027-02-03", "until": ""})
    assert "Ben: Takes no turns from Wednesday, 3 February 2027 on." in client.get("/links/demo").text
    send(client, **{"from": "2027-02-03", "until": "2027-02-04"})
    assert (
        "from Wednesday, 3 February 2027 until Thursday, 4 February 2027." in client.get("/links/demo").text
    )
    send(client, **{"from": "", "until": ""})
    assert pauses(link)[1] == (date(2027, 2, 1), None)
    assert "Ben: Takes no turns at present." in client.get("/links/demo").text


def test_a_pause_that_is_over_is_none(link: Link, client: FlaskClient) -> None:
    as_(client, link.hosts[1].user)
    send(client, **{"from": "2027-01-03", "until": "2027-01-31"})
    assert "Ben: Takes turns." in client.get("/links/demo").text


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2027-02-03", "2027-02-02", "The last date is before the first."),
        ("soon", "", "Write dates such as 2026-12-01."),
        ("", "2027-02-31", "Write dates such as 2026-12-01."),
    ],
)
def test_what_cannot_be_is_refused_and_kept(
    link: Link, client: FlaskClient, first: str, last: str, said: str
) -> None:
    as_(client, link.hosts[1].user)
    answer = send(client, **{"from": first, "until": last})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'name="until" type="date" value="{last}"' in answer.text
    assert pauses(link) == [NONE, NONE]


def test_members_pause_themselves_alone_and_whoever_made_the_link_anybody(
    link: Link, client: FlaskClient
) -> None:
    ana, ben = (member.user for member in link.hosts)
    as_(client, ben)
    assert send(client, host=ana.id).status_code == 403
    as_(client, ana)
    assert "pause-host" in client.get("/links/demo").text
    assert send(client, host=ben.id).status_code == 303
    assert pauses(link) == [NONE, (date(2027, 2, 1), None)]


def test_an_admin_pauses_hosts_and_nobody_else(link: Link, client: FlaskClient) -> None:
    boss = make_user("Boss", role="admin")
    as_(client, boss)
    for host in (boss.id, 99999, "x", 10**30):
        assert send(client, host=host).status_code == 422
    assert send(client, host=link.hosts[0].user_id).status_code == 303
    assert pauses(link) == [(date(2027, 2, 1), None), NONE]


def test_a_link_on_which_nobody_takes_turns_warns(link: Link, client: FlaskClient) -> None:
    as_(client, link.hosts[0].user)
    for page in ("/links/demo", "/links/demo/edit"):
        assert "Nobody takes turns at present" not in client.get(page).text
    for member in link.hosts:
        member.paused_from = date(2027, 2, 1)
    db.session.commit()
    for page in ("/links/demo", "/links/demo/edit", "/links/demo/pause"):
        assert "Nobody takes turns at present" in client.get(page).text
    assert client.get("/book/demo").status_code == 200


@pytest.mark.parametrize("kind", ["personal", "group"])
def test_where_no_rotation_chooses_there_are_no_turns(world: Flask, client: FlaskClient, kind: str) -> None:
    ana = make_user()
    make_link(kind, hosts=[ana], slug="demo")
    as_(client, ana)
    assert 'id="turns"' not in client.get("/links/demo").text
    assert client.get("/links/demo/pause").status_code == 404


def test_the_form_keeps_what_it_does_not_show(link: Link, client: FlaskClient) -> None:
    """The CRM's option is asked only where a CRM is linked."""
    link.crm_owner = True
    as_(client, link.hosts[0].user)
    page = client.get("/links/demo/edit").text
    assert "written to the CRM" not in page
    assert client.post("/links/demo/edit", data=fields_of(page)).status_code == 303
    db.session.expire_all()
    assert link.crm_owner
