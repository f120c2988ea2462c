"""R20's table row by row, and what R22 hides, as API and page show it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import NOW, make_busy, make_contact, make_link, make_user
from tests.flows.owner_first import WAYS, Look, Seen, page_of
from tests.services.test_booking import NINE, stored
from tests.services.test_owner_first import ANAS, BENS, BOTH, DANA, DAY, team
from website.extensions import db
from website.models import Booking, Contact, Link, LinkHost, Note, User

STRANGER = "eve1@prospect.example"
PARIS = ZoneInfo("Europe/Paris")
pytestmark = pytest.mark.parametrize("look", [pytest.param(way, id=way.__name__) for way in WAYS])


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def with_cleo(link: Link, **cleo: object) -> User:
    """A third host of the link, who has no time on the day."""
    user = make_user("Cleo", **cleo)
    link.hosts.append(LinkHost(user_id=user.id, position=2))
    if user.accounts:
        make_busy(user, (NINE, NINE + timedelta(hours=12)))
    return user


def book(client: FlaskClient, link: Link, **more: object) -> str:
    """Books nine o'clock, or another start; the host's name."""
    body = {"start": NINE.isoformat(), "name": "Dana", "email": DANA} | more
    answer = client.post(f"/api/v1/links/{link.slug}/bookings", json=body)
    assert answer.status_code == 201
    return str(answer.json["hosts"][0]["name"])


@pytest.mark.rule("R20")
def test_an_unknown_contact_sees_everyone_s_times(world: Flask, client: FlaskClient, look: Look) -> None:
    link, _, _ = team()
    db.session.commit()
    assert look(client, link.slug, DANA) == Seen(BOTH, [])


@pytest.mark.rule("R20")
def test_a_contact_without_an_owner_sees_everyone_s_times(
    world: Flask, client: FlaskClient, look: Look
) -> None:
    link, _, _ = team()
    make_contact(DANA)
    db.session.commit()
    assert look(client, link.slug, DANA) == Seen(BOTH, [])


@pytest.mark.rule("R20")
@pytest.mark.parametrize("lost", [{"seat": False}, {"active": False}, {"calendar": False}], ids=str)
def test_an_owner_who_cannot_host_leaves_everyone_s_times(
    world: Flask, client: FlaskClient, look: Look, lost: dict[str, bool]
) -> None:
    link, _, _ = team()
    make_contact(DANA, owner=with_cleo(link, **lost))
    db.session.commit()
    assert look(client, link.slug, DANA) == Seen(BOTH, [])


@pytest.mark.rule("R20")
def test_an_owner_whose_calendar_is_broken_leaves_everyone_s_times(
    world: Flask, client: FlaskClient, look: Look
) -> None:
    link, _, _ = team()
    cleo = with_cleo(link)
    cleo.accounts[0].broken = True
    make_contact(DANA, owner=cleo)
    db.session.commit()
    assert look(client, link.slug, DANA) == Seen(BOTH, [])


@pytest.mark.rule("R20")
def test_an_owner_who_is_no_host_leaves_everyone_s_times(
    world: Flask, client: FlaskClient, look: Look
) -> None:
    link, _, _ = team()
    make_contact(DANA, owner=make_user("Cleo"))
    db.session.commit()
    assert look(client, link.slug, DANA) == Seen(BOTH, [])


@pytest.mark.rule("R20")
def test_an_owned_contact_sees_the_owner_s_times_and_meets_the_owner(
    world: Flask, client: FlaskClient, look: Look
) -> None:
    link, _, ben = team()
    ben.hours = {"tue": ["13:00-14:00"]}
    make_contact(DANA, owner=ben)
    db.session.commit()
    assert look(client, link.slug, DANA) == Seen(BENS, [])
    assert book(client, link, start=BENS[0].isoformat()) == "Ben"


@pytest.mark.rule("R20")
def test_an_owner_without_a_slot_shows_no_times(world: Flask, client: FlaskClient, look: Look) -> None:
    link, _, ben = team(window_days=5)
    make_busy(ben, (NOW - DAY, NOW + 30 * DAY))
    make_contact(DANA, owner=ben)
    db.session.commit()
    assert look(client, link.slug, DANA) == Seen([], [])


@pytest.mark.rule("R20")
def test_colleagues_are_offered_apart_when_the_owner_is_far_away(
    world: Flask, client: FlaskClient, look: Look
) -> None:
    link, _, ben = team(owner_fallback_days=3)
    make_busy(ben, (NOW - DAY, NOW + 7 * DAY))
    make_contact(DANA, owner=ben)
    db.session.commit()
    assert look(client, link.slug, DANA) == Seen([], ANAS)
    assert book(client, link) == "Ana"


@pytest.mark.rule("R20")
def test_colleagues_are_not_offered_when_the_owner_is_near(
    world: Flask, client: FlaskClient, look: Look
) -> None:
    link, _, ben = team(owner_fallback_days=3)
    make_contact(DANA, owner=ben)
    db.session.commit()
    assert look(client, link.slug, DANA) == Seen(BENS, [])


@pytest.mark.rule("R20")
def test_an_address_is_recognised_however_it_is_typed(world: Flask, client: FlaskClient, look: Look) -> None:
    link, _, ben = team()
    make_contact(DANA, owner=ben)
    db.session.commit()
    assert look(client, link.slug, " Dana@Prospect.EXAMPLE ".strip()) == Seen(BENS, [])


@pytest.mark.rule("R27")
def test_the_address_that_is_finally_submitted_decides(world: Flask, client: FlaskClient, look: Look) -> None:
    link, _, ben = team()
    make_contact(DANA, owner=ben)
    db.session.commit()
    assert NINE in look(client, link.slug, STRANGER).starts
    body = {"start": NINE.isoformat(), "name": "Dana", "email": DANA}
    refused = client.post(f"/api/v1/links/{link.slug}/bookings", json=body)
    assert refused.status_code == 409
    assert BENS[0].astimezone(PARIS).isoformat() in refused.json["slots"]
    assert NINE.astimezone(PARIS).isoformat() not in refused.json["slots"]
    assert stored(Booking) == 0


@pytest.mark.rule("R25")
def test_an_owner_is_never_replaced_and_an_unowned_contact_gets_the_host(
    world: Flask, client: FlaskClient, look: Look
) -> None:
    link, ana, ben = team(owner_fallback_days=3)
    make_busy(ben, (NOW - DAY, NOW + 7 * DAY))
    make_contact(DANA, owner=ben)
    unowned = make_link(hosts=[ana, ben], owner_first=True)
    db.session.commit()
    assert look(client, link.slug, DANA).with_colleague == ANAS
    assert book(client, link) == "Ana"
    assert book(client, unowned, email=STRANGER, start=(NINE + DAY).isoformat()) == "Ana"
    db.session.expire_all()
    owners = {contact.email: contact.owner_id for contact in db.session.query(Contact)}
    assert owners == {DANA: ben.id, STRANGER: ana.id}


@pytest.mark.rule("R26")
@pytest.mark.parametrize("kind", ["group", "personal"])
def test_group_and_personal_links_ignore_the_owner(
    world: Flask, client: FlaskClient, look: Look, kind: str
) -> None:
    ana, ben = make_user(), make_user("Ben")
    make_busy(ana, (NINE + timedelta(minutes=30), NINE + timedelta(hours=12)))
    make_contact(DANA, owner=ben)
    link = make_link(kind, hosts=[ana], owner_first=True)
    db.session.commit()
    assert look(client, link.slug, DANA) == Seen([NINE], [])


@pytest.mark.fault(29)
@pytest.mark.rule("R22")
@pytest.mark.parametrize("fallback", [0, 3])
def test_an_owned_and_an_unknown_address_differ_in_nothing_but_the_slots(
    world: Flask, client: FlaskClient, look: Look, fallback: int
) -> None:
    """The owner's times differ from everyone's here, unlike where all are free: what is left is the same."""
    link, _, ben = team(owner_fallback_days=fallback)
    make_contact("dana@prospect.example", owner=ben)
    db.session.commit()
    assert look(client, link.slug, DANA) != look(client, link.slug, STRANGER)
    query = {"from": "2027-02-02", "to": "2027-02-02"}
    owned, unknown = (
        client.get(f"/api/v1/links/{link.slug}/slots", query_string=query | {"email": email})
        for email in (DANA, STRANGER)
    )
    assert [*owned.json] == [*unknown.json]
    assert {**owned.headers, "Content-Length": ""} == {**unknown.headers, "Content-Length": ""}
    assert without_slots(page_of(client, link.slug, DANA)) == without_slots(
        page_of(client, link.slug, STRANGER)
    )


def without_slots(page: str) -> str:
    """A page without what may differ: the times of the day, and the typed address, sealed or plain."""
    page = page.replace(DANA, "EMAIL").replace(STRANGER, "EMAIL")
    page = re.sub(r"who=[\w%=.-]+|(?<=name=\"who\" value=\")[^\"]+", "WHO", page)
    page = re.sub(r"<li><a class=\"time\".*?</li>", "", page)
    return re.sub(r", \d+ times?", "", page)


@pytest.mark.fault(29)
@pytest.mark.rule("R22")
def test_writing_looks_the_same_for_an_owned_and_an_unknown_address(
    world: Flask, client: FlaskClient, look: Look
) -> None:
    link, ana, ben = team(window_days=5)
    make_busy(ben, (NOW - DAY, NOW + 30 * DAY))
    make_contact(DANA, owner=ben)
    db.session.commit()
    assert look(client, link.slug, DANA).starts == []
    said = [without_slots(written(client, link.slug, email)) for email in (DANA, STRANGER)]
    assert said[0] == said[1]
    assert [note.user_id for note in db.session.query(Note).order_by(Note.id)] == [ben.id, ana.id]


def written(client: FlaskClient, slug: str, email: str) -> str:
    page = client.get(f"/book/{slug}/write").text
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    form = {"token": token[1], "name": "Dana", "email": email, "text": "When?"}
    answer = client.post(f"/book/{slug}/write", data=form)
    assert answer.status_code == 200
    return answer.text
