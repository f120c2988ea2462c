"""The booking page as a browser without script uses it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import WORKDAYS, make_busy, make_contact, make_link, make_personal_link, make_user
from tests.services.test_booking import stored
from website import clock
from website.extensions import db, limiter
from website.models import Booking, Contact, Link, Note, User
from website.services.personal_link import token_of
from website.tokens import signer

ALL_WEEK = {day: ["08:00-20:00"] for day in (*WORKDAYS, "sat", "sun")}
DANA = "dana@prospect.example"


def hidden(page: str) -> dict[str, str]:
    return {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    }


def first_time(page: str) -> str:
    found = re.search(r'class="time" href="([^"]+)"', page)
    assert found
    return unescape(found[1])


def open_link(kind: str = "personal", names: tuple[str, ...] = ("Ana",), **values: object) -> list[User]:
    hosts = [make_user(name) for name in names]
    for host in hosts:
        make_busy(host, now=clock.now())
    make_link(kind, hosts=hosts, slug="demo", **{"hours": ALL_WEEK, **values})
    db.session.commit()
    return hosts


def details(client: FlaskClient) -> dict[str, str]:
    """The hidden fields of the details page of the first time offered."""
    return hidden(client.get(first_time(client.get("/book/demo").text)).text)


def fill_in(**typed: str) -> dict[str, str]:
    return {"name": "Dana Prospect", "email": DANA, "guests": "", **typed}


def test_a_length_that_is_gone_while_somebody_types_is_said_and_nothing_typed_is_lost(
    world: Flask, client: FlaskClient
) -> None:
    open_link(durations=[30, 60])
    sent = details(client) | fill_in()
    db.session.query(Link).one().durations = [60]
    db.session.commit()
    answer = client.post("/book/demo", data=sent)
    assert (answer.status_code, stored(Booking)) == (400, 0)
    assert "another length" in answer.text
    assert "Dana Prospect" in answer.text
    assert client.post("/book/demo", data=sent | hidden(answer.text)).status_code == 303


@pytest.mark.rule("R20")
@pytest.mark.rule("R21")
@pytest.mark.parametrize(
    ("owner_first", "seat", "named"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_personal_link_names_the_owner_only_where_the_owner_hosts(
    world: Flask, client: FlaskClient, owner_first: bool, seat: bool, named: bool
) -> None:
    ana, _ben = open_link("round_robin", ("Ana", "Ben"), owner_first=owner_first)
    ana.seat = seat
    contact = make_contact(DANA, owner=ana)
    token = token_of(make_personal_link(db.session.query(Link).one(), contact, now=clock.now()))
    db.session.commit()
    page = client.get(f"/book/demo?for={token}&timezone=UTC").text
    assert 'class="time"' in page
    assert ("Ana" in page) is named


@pytest.mark.both_engines
@pytest.mark.rule("R11")
@pytest.mark.parametrize("kind", ["personal", "group", "round_robin"])
def test_a_meeting_is_booked_and_cancelled_with_links_and_forms_alone(
    world: Flask, client: FlaskClient, kind: str
) -> None:
    open_link(kind, ("Ana",) if kind == "personal" else ("Ana", "Ben"))
    answer = client.post("/book/demo", data=details(client) | fill_in())
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "You are booked" in page.text
    manage = answer.location.split("?")[0]
    assert client.get(f"{manage}/cancel").status_code == 200
    assert client.post(f"{manage}/cancel", data={"reason": "No time"}).status_code == 303
    assert "This meeting is cancelled" in client.get(manage).text


@pytest.mark.parametrize(
    "path", ["/book/demo", "/book/demo/slots?month=2026-12", "/book/demo/write", "/book/none"]
)
def test_public_pages_set_no_cookie(world: Flask, client: FlaskClient, path: str) -> None:
    open_link()
    assert "Set-Cookie" not in client.get(path).headers


@pytest.mark.fault(3)
@pytest.mark.rule("R33")
def test_the_same_form_sent_twice_makes_one_booking(world: Flask, client: FlaskClient) -> None:
    open_link("round_robin", ("Ana", "Ben"))
    form = details(client) | fill_in()
    first, second = client.post("/book/demo", data=form), client.post("/book/demo", data=form)
    assert first.location == second.location
    assert stored(Booking) == 1


@pytest.mark.rule("R27")
@pytest.mark.rule("R30")
def test_a_time_just_taken_keeps_what_was_typed_and_shows_fresh_ones(
    world: Flask, client: FlaskClient
) -> None:
    open_link()
    mine, theirs = details(client), details(client)
    client.post("/book/demo", data=theirs | fill_in(email="eve@prospect.example"))
    answer = client.post("/book/demo", data=mine | fill_in(guests="guest@prospect.example"))
    assert answer.status_code == 409
    assert 'value="Dana Prospect"' in answer.text
    assert "guest@prospect.example" in answer.text
    fresh = re.findall(r'type="radio" name="slot" value="([^"]+)"', answer.text)
    assert fresh
    assert mine["slot"] not in fresh
    again = hidden(answer.text) | fill_in() | {"slot": fresh[0]}
    assert client.post("/book/demo", data=again).status_code == 303


@pytest.mark.rule("R44")
def test_a_question_left_out_is_asked_for_and_what_was_typed_is_kept(
    world: Flask, client: FlaskClient
) -> None:
    open_link(questions=[{"key": "size", "label": "Team size", "kind": "number", "required": True}])
    answer = client.post("/book/demo", data=details(client) | fill_in())
    assert answer.status_code == 422
    assert 'value="Dana Prospect"' in answer.text
    assert 'href="#answer_size"' in answer.text
    form = details(client) | fill_in() | {"answer_size": "12"}
    assert client.post("/book/demo", data=form).status_code == 303
    assert db.session.query(Booking).one().answers == {"size": 12}


@pytest.mark.rule("R21")
def test_an_owner_first_link_asks_for_the_address_before_any_time(world: Flask, client: FlaskClient) -> None:
    open_link("round_robin", ("Ana", "Ben"), owner_first=True)
    page = client.get("/book/demo").text
    assert 'class="time"' not in page
    answer = client.post("/book/demo/who", data=hidden(page) | {"email": DANA})
    assert answer.status_code == 303
    assert DANA not in answer.location
    assert "dana" not in answer.location
    assert 'class="time"' in client.get(answer.location).text


@pytest.mark.rule("R21")
def test_an_address_in_the_query_is_filled_in_and_travels_on_in_a_token(
    world: Flask, client: FlaskClient
) -> None:
    open_link("round_robin", ("Ana", "Ben"), owner_first=True)
    answer = client.get(f"/book/demo?email={DANA}")
    assert answer.status_code == 302
    assert "email=" not in answer.location
    assert f'value="{DANA}"' in client.get(answer.location).text


def seen_by(client: FlaskClient, email: str) -> str:
    answer = client.post("/book/demo/who", data={"email": email})
    return client.get(answer.location).text


@pytest.mark.rule("R20")
def test_an_owned_contact_sees_the_owner_s_days_on_the_page(world: Flask, client: FlaskClient) -> None:
    _ana, ben = open_link("round_robin", ("Ana", "Ben"), owner_first=True, window_days=40)
    soon = clock.now() + timedelta(days=2)
    make_busy(ben, (clock.now() - timedelta(days=1), soon), now=clock.now())
    make_contact(DANA, owner=ben)
    db.session.commit()
    assert first_time(seen_by(client, DANA)) != first_time(seen_by(client, "new1@prospect.example"))


@pytest.mark.rule("R20")
@pytest.mark.rule("R22")
def test_an_owner_without_a_slot_shows_no_times_and_a_way_to_write(world: Flask, client: FlaskClient) -> None:
    _ana, ben = open_link("round_robin", ("Ana", "Ben"), owner_first=True, window_days=20)
    make_busy(ben, (clock.now() - timedelta(days=1), clock.now() + timedelta(days=60)), now=clock.now())
    make_contact(DANA, owner=ben)
    db.session.commit()
    page = seen_by(client, DANA)
    assert 'class="time"' not in page
    assert "Ben" not in page
    found = re.search(r'class="write"><a href="([^"]+)"', page)
    assert found
    form = hidden(client.get(unescape(found[1])).text) | {"name": "Dana", "email": DANA, "text": "When?"}
    assert client.post("/book/demo/write", data=form).status_code == 200
    assert db.session.query(Note).one().user_id == ben.id


@pytest.mark.fault(29)
@pytest.mark.rule("R22")
def test_an_owned_and_an_unknown_address_differ_in_nothing_but_the_slots(
    world: Flask, client: FlaskClient
) -> None:
    _ana, ben = open_link("round_robin", ("Ana", "Ben"), owner_first=True)
    make_contact("owned@prospect.example", owner=ben)
    db.session.commit()
    pages = []
    for email in ("owned@prospect.example", "strng@prospect.example"):
        page = seen_by(client, email).replace(email, "EMAIL")
        pages.append(re.sub(r"who=[\w%=.-]+|(?<=name=\"who\" value=\")[^\"]+", "WHO", page))
    assert pages[0] == pages[1]


BAD = [
    ("/book/nope", 404), ("/book/demo?month=9999-01", 400), ("/book/demo?month=2026-13", 400),
    ("/book/demo?date=2026-02-30", 400), ("/book/demo?timezone=Mars/Base", 400), ("/book/demo?duration=31", 400),
    ("/book/demo?duration=9999999999999999", 400), ("/book/demo/slots?month=0001-01", 400), ("/book/demo?who=x", 400),
    ("/book/demo?for=x", 400), ("/book/demo/details?slot=never", 400), ("/book/demo/details", 400),
    ("/booking/nope", 404), ("/booking/nope/cancel", 404), ("/book/demo?timezone=../../etc/passwd", 400),
    ("/book/demo?month=%00", 400), ("/nothing", 404),
]  # fmt: skip


@pytest.mark.parametrize(("path", "status"), BAD)
def test_a_bad_address_is_a_clear_page(world: Flask, client: FlaskClient, path: str, status: int) -> None:
    open_link()
    answer = client.get(path)
    assert answer.status_code == status
    assert "<h1>" in answer.text


FORMS = {
    "1 MB of name": ({"name": "x" * 1_000_000}, 413),
    "a long name": ({"name": "x" * 300}, 422),
    "control characters": ({"name": "Dana\x00\x07"}, 422),
    "an address with a line break": ({"email": "a@b.example\r\nBcc: c@d.example"}, 422),
    "no address": ({"email": "dana"}, 422),
    "a wrong token": ({"token": "wrong"}, 400),
    "a foreign duration": ({"duration": "55"}, 400),
    "a slot in the past": ({"slot": "20260101T0900Z"}, 409),
    "a slot off the grid": ({"slot": "20261231T0901Z"}, 409),
    "a zone that does not exist": ({"timezone": "Mars/Base"}, 400),
    "eleven guests": ({"guests": ",".join(f"g{n}@b.example" for n in range(11))}, 422),
}


@pytest.mark.parametrize("what", FORMS)
def test_bad_input_is_refused_and_nothing_is_stored(world: Flask, client: FlaskClient, what: str) -> None:
    open_link()
    bad, status = FORMS[what]
    assert client.post("/book/demo", data=details(client) | fill_in() | bad).status_code == status
    assert stored(Booking) == stored(Contact) == 0


def test_an_expired_form_is_renewed_with_what_was_typed(world: Flask, client: FlaskClient) -> None:
    open_link()
    form = details(client)
    old = signer.form(1, clock.now() - timedelta(hours=3))
    answer = client.post("/book/demo", data=form | fill_in() | {"token": old})
    assert answer.status_code == 400
    assert 'value="Dana Prospect"' in answer.text
    assert client.post("/book/demo", data=hidden(answer.text) | fill_in()).status_code == 303


def test_an_expired_who_token_says_so(world: Flask, client: FlaskClient) -> None:
    open_link("round_robin", ("Ana", "Ben"), owner_first=True)
    old = signer.who(DANA, clock.now() - timedelta(days=2))
    assert client.get(f"/book/demo?who={old}").status_code == 410


@pytest.mark.rule("R3")
def test_a_month_without_times_says_when_the_next_one_is(world: Flask, client: FlaskClient) -> None:
    later = (clock.now() + timedelta(days=70)).date()
    open_link(window_days=None, window_from=later, window_to=later + timedelta(days=20))
    page = client.get(f"/book/demo?month={clock.now():%Y-%m}").text
    found = re.search(r'id="jump" href="([^"]+)"', page)
    assert found
    assert 'class="time"' in client.get(unescape(found[1])).text


@pytest.mark.rule("R10")
def test_days_are_the_visitor_s(world: Flask, client: FlaskClient) -> None:
    open_link(hours={day: ["22:00-24:00"] for day in ALL_WEEK})
    slots = {
        zone: set(re.findall(r"slot=(\w+)", client.get(f"/book/demo?timezone={zone}").text))
        for zone in ("Europe/Paris", "Asia/Tokyo")
    }
    assert slots["Europe/Paris"] & slots["Asia/Tokyo"]
    assert first_time(client.get("/book/demo?timezone=Asia/Tokyo").text)


@pytest.mark.rule("R22")
@pytest.mark.parametrize(("owner_first", "last"), [(True, 429), (False, 409)])
def test_refusals_count_as_lookups_on_an_owner_first_link_alone(
    world: Flask, client: FlaskClient, owner_first: bool, last: int
) -> None:
    open_link("round_robin", owner_first=owner_first)
    limiter.enabled = True
    try:
        statuses = []
        for number in range(121):
            form = {"token": signer.form(1, clock.now()), "slot": "20260101T0900Z", "duration": "30"}
            sent = form | fill_in(email=f"{number}@prospect.example")
            statuses.append(client.post("/book/demo", data=sent).status_code)
    finally:
        limiter.reset()
        limiter.enabled = False
    assert set(statuses[:120]) == {409}
    assert statuses[120] == last


def test_a_choice_that_is_missing_is_asked_for(world: Flask, client: FlaskClient) -> None:
    size = {"key": "size", "label": "Size", "kind": "choice", "choices": ["S", "L"]}
    open_link(questions=[size | {"required": True}, size | {"key": "other"}])
    fields = details(client) | fill_in()
    page = client.post("/book/demo", data=fields)
    assert page.text.count('class="error"') == 1
    assert "Please answer this." in page.text
    assert "Not a valid choice." in client.post("/book/demo", data=fields | {"answer_size": "XL"}).text
    assert client.post("/book/demo", data=fields | {"answer_size": "L"}).status_code == 303
