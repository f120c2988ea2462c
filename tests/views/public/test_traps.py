"""Forms of prospects hold two traps for programs: a field that people do not see, and a time before which nobody
sends them. Whoever is caught loses nothing but a moment."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.services.test_booking import stored
from tests.views.public.test_booking_page import DANA, details, fill_in, first_time, hidden, open_link
from website import clock
from website.models import Booking, Note
from website.tokens import signer
from website.views.public.bots import QUICKEST, UNSEEN

pytestmark = pytest.mark.fault(28)
FORMS = {"book": ("/book/demo", Booking), "note": ("/book/demo/write", Note)}
SHOWN = datetime.fromisoformat("2026-11-02T06:00:00.500Z")
ALMOST = QUICKEST - timedelta(milliseconds=10)


@pytest.fixture(autouse=True)
def trapped(world: Flask) -> None:
    """With the time trap set, for visitors who have been quick before, and a link to book on."""
    world.config.update(QUICKEST_FORM=QUICKEST, QUICK_FORMS="0/hour")
    open_link()


def shown(client: FlaskClient, form: str) -> dict[str, str]:
    """The form as a visitor fills it in."""
    if form == "book":
        return details(client) | fill_in()
    return hidden(client.get("/book/demo/write").text) | {
        "name": "Dana Prospect",
        "email": DANA,
        "text": "Hello there",
    }


def again(answer: TestResponse, sent: dict[str, str]) -> dict[str, str]:
    """The same form as the answer shows it."""
    return sent | hidden(answer.text)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_sent_as_soon_as_it_is_shown_comes_back_as_it_was_and_is_then_taken(
    client: FlaskClient, form: str
) -> None:
    path, stored_row = FORMS[form]
    with time_machine.travel(SHOWN, tick=False) as now:
        sent = shown(client, form)
        now.shift(ALMOST)
        answer = client.post(path, data=sent)
        assert (answer.status_code, stored(stored_row)) == (422, 0)
        assert "That was very quick" in answer.text
        for typed in ("Dana Prospect", DANA, *(["Hello there"] if form == "note" else [])):
            assert typed in answer.text
        # At once: it has been looked at.
        assert client.post(path, data=again(answer, sent)).status_code in (200, 303)
    assert stored(stored_row) == 1


def test_who_is_quick_now_and_then_is_not_held_up_and_who_always_is_loses_nothing(
    client: FlaskClient, world: Flask
) -> None:
    world.config["QUICK_FORMS"] = "2/hour"
    path, _row = FORMS["note"]
    seen = []
    with time_machine.travel(SHOWN, tick=False) as now:
        for number in range(4):
            now.shift(timedelta(seconds=5))
            place = {"REMOTE_ADDR": "192.0.2.77" if number < 3 else "198.51.100.7"}
            answer = client.post(path, data=shown(client, "note"), environ_overrides=place)
            seen.append(answer.status_code)
    assert seen == [200, 200, 422, 200]
    assert stored(Note) == 3


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_somebody_read_is_taken(client: FlaskClient, form: str) -> None:
    path, stored_row = FORMS[form]
    with time_machine.travel(SHOWN, tick=False) as now:
        sent = shown(client, form)
        now.shift(QUICKEST)
        assert client.post(path, data=sent).status_code in (200, 303)
    assert stored(stored_row) == 1


@pytest.mark.rule("R33")
def test_a_double_click_on_a_quick_form_makes_one_booking(client: FlaskClient) -> None:
    """The second post of the very same bytes comes when the time is over."""
    with time_machine.travel(SHOWN, tick=False) as now:
        sent = details(client) | fill_in()
        now.shift(ALMOST)
        answer = client.post("/book/demo", data=sent)
        now.shift(timedelta(milliseconds=20))
        first = client.post("/book/demo", data=sent)
        assert (answer.status_code, first.status_code) == (422, 303)
        assert client.post("/book/demo", data=sent).location == first.location
    assert stored(Booking) == 1


def test_a_form_with_a_mistake_in_it_is_not_held_up_twice(client: FlaskClient) -> None:
    with time_machine.travel(SHOWN, tick=False):
        sent = details(client) | fill_in(name="")
        answer = client.post("/book/demo", data=sent)
        assert "Write your name" in answer.text
        assert client.post("/book/demo", data=again(answer, sent) | {"name": "Dana"}).status_code == 303


def test_clocks_of_two_machines_that_differ_hold_nobody_up(client: FlaskClient) -> None:
    """A form from a machine whose clock is ahead was shown in the future: that says nothing about who fills it in."""
    with time_machine.travel(SHOWN, tick=False) as now:
        sent = details(client) | fill_in()
        now.shift(timedelta(seconds=-5))
        assert client.post("/book/demo", data=sent).status_code == 303


def test_the_time_cannot_be_written_anew(client: FlaskClient) -> None:
    with time_machine.travel(SHOWN, tick=False):
        sent = details(client) | fill_in()
        payload, _, signature = sent["token"].rpartition(".")
        forged = sent | {"token": f"{payload[:-2]}.{signature}"}
        assert client.post("/book/demo", data=forged).status_code == 400
    assert stored(Booking) == 0


@pytest.mark.parametrize("form", FORMS)
def test_a_form_with_the_unseen_field_filled_in_stores_nothing_and_keeps_the_rest(
    client: FlaskClient, form: str
) -> None:
    path, stored_row = FORMS[form]
    with time_machine.travel(SHOWN, tick=False) as now:
        sent = shown(client, form)
        now.shift(timedelta(minutes=1))
        answer = client.post(path, data=sent | {UNSEEN: "https://spam.example"})
        assert (answer.status_code, stored(stored_row)) == (422, 0)
        assert "does not belong to this form" in answer.text
        assert "Dana Prospect" in answer.text
        assert "spam.example" not in answer.text
        # A person whom a clumsy password manager helped just sends it again.
        assert client.post(path, data=again(answer, sent)).status_code in (200, 303)
    assert stored(stored_row) == 1


@pytest.mark.rule("R22")
def test_a_program_is_told_nothing_about_an_address(client: FlaskClient, world: Flask) -> None:
    answer = client.post("/book/demo/who", data={"email": DANA, UNSEEN: "x"})
    assert answer.status_code == 422
    assert f'value="{DANA}"' in answer.text
    assert 'class="time"' not in answer.text


def pages(client: FlaskClient) -> dict[str, Callable[[], str]]:
    return {
        "details": lambda: client.get(first_time(client.get("/book/demo").text)).text,
        "write": lambda: client.get("/book/demo/write").text,
        "who": lambda: client.post("/book/demo/who", data={"email": ""}).text,
    }


@pytest.mark.parametrize("page", ["details", "write", "who"])
def test_people_screen_readers_and_browsers_leave_the_field_alone(client: FlaskClient, page: str) -> None:
    html = unescape(pages(client)[page]())
    found = re.search(rf'<div class="visually-hidden" aria-hidden="true">(.*?name="{UNSEEN}".*?)</div>', html)
    assert found
    for said in ('tabindex="-1"', 'autocomplete="off"', f'<label for="{UNSEEN}">', f'id="{UNSEEN}"'):
        assert said in found[1]
    assert html.count(f'name="{UNSEEN}"') == 1


def test_a_token_says_when_its_form_was_shown_first() -> None:
    now = clock.now().replace(microsecond=250_000)
    assert signer.read_form(signer.form(1, now, first=True), 1, now).shown_at == now
    assert signer.read_form(signer.form(1, now), 1, now).shown_at is None
