"""What a visitor brought along, and typed, is not lost on the way (R21, R22, R27)."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_contact, make_personal_link
from tests.services.test_booking import stored
from tests.views.public.test_booking_page import DANA, details, fill_in, first_time, hidden, open_link
from website import clock
from website.extensions import db, limiter
from website.models import Booking, Contact, Link, Note
from website.services.personal_link import token_of
from website.tokens import signer

TEAM = ("Ana", "Ben")


def query_of(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(unescape(address)).query)


def forms_of(page: str, action: str) -> str:
    found = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.S)
    assert found
    return found[0]


def after_taken(client: FlaskClient, **more: str) -> str:
    """The page that says that a time was just taken."""
    mine, theirs = details(client), details(client)
    client.post("/book/demo", data=theirs | fill_in(email="eve@prospect.example"))
    answer = client.post("/book/demo", data=mine | fill_in(guests="guest@prospect.example") | more)
    assert answer.status_code == 409
    return answer.text


@pytest.mark.rule("R27")
def test_no_choice_after_just_taken_keeps_what_was_typed_and_shows_the_times(
    world: Flask, client: FlaskClient
) -> None:
    open_link()
    answer = client.post(
        "/book/demo", data=hidden(after_taken(client)) | fill_in(guests="guest@prospect.example")
    )
    assert answer.status_code == 422
    assert 'value="Dana Prospect"' in answer.text
    assert "guest@prospect.example" in answer.text
    fresh = re.findall(r'type="radio" name="slot" value="([^"]+)"', answer.text)
    again = hidden(answer.text) | fill_in() | {"slot": fresh[0]}
    assert client.post("/book/demo", data=again).status_code == 303
    assert stored(Booking) == 2


@pytest.mark.rule("R27")
def test_a_form_without_a_time_is_never_a_bare_error(world: Flask, client: FlaskClient) -> None:
    open_link()
    form = details(client) | fill_in()
    del form["slot"]
    answer = client.post("/book/demo", data=form)
    assert answer.status_code == 422
    assert 'value="Dana Prospect"' in answer.text
    assert stored(Booking) == 0


@pytest.mark.rule("R11")
def test_a_time_that_is_gone_is_said_before_anything_is_typed(world: Flask, client: FlaskClient) -> None:
    open_link()
    yesterday = clock.now() - timedelta(days=1)
    answer = client.get(f"/book/demo/details?slot={yesterday:%Y%m%dT0900Z}")
    assert answer.status_code == 409
    assert 'type="radio" name="slot"' in answer.text


def test_a_zone_that_nobody_chose_is_not_carried_as_if_somebody_had(
    world: Flask, client: FlaskClient
) -> None:
    open_link("round_robin", TEAM, owner_first=True)
    answer = client.post("/book/demo/who", data=hidden(client.get("/book/demo").text) | {"email": DANA})
    assert "timezone" not in query_of(answer.location)
    assert "timezone" not in query_of(client.get(f"/book/demo?email={DANA}").location)


def test_a_zone_that_was_chosen_is_carried(world: Flask, client: FlaskClient) -> None:
    open_link("round_robin", TEAM, owner_first=True)
    page = client.get("/book/demo?timezone=Asia/Tokyo").text
    answer = client.post("/book/demo/who", data=hidden(page) | {"email": DANA})
    assert query_of(answer.location)["timezone"] == ["Asia/Tokyo"]
    assert query_of(first_time(client.get(answer.location).text))["timezone"] == ["Asia/Tokyo"]


@pytest.mark.rule("R21")
@pytest.mark.parametrize("owner_first", [True, False])
def test_name_and_address_of_the_query_reach_the_details_and_no_address_of_ours(
    world: Flask, client: FlaskClient, owner_first: bool
) -> None:
    open_link("round_robin", TEAM, owner_first=owner_first)
    page = client.get(f"/book/demo?name=Dana+Prospect&email={DANA}", follow_redirects=True)
    assert "dana" not in page.request.query_string.decode().lower()
    time = first_time(page.text)
    assert "dana" not in time.lower()
    form = client.get(time).text
    assert 'value="Dana Prospect"' in form
    assert f'value="{DANA}"' in form


@pytest.mark.rule("R21")
def test_a_name_alone_is_kept_through_the_question_who(world: Flask, client: FlaskClient) -> None:
    open_link("round_robin", TEAM, owner_first=True)
    page = client.get("/book/demo?name=Dana+Prospect", follow_redirects=True).text
    assert 'class="time"' not in page
    answer = client.post("/book/demo/who", data=hidden(page) | {"email": DANA})
    assert 'value="Dana Prospect"' in client.get(first_time(client.get(answer.location).text)).text


def test_an_address_that_cannot_be_is_kept_for_its_owner_to_mend(world: Flask, client: FlaskClient) -> None:
    open_link()
    page = client.get("/book/demo?email=dana@", follow_redirects=True).text
    assert 'value="dana@"' in client.get(first_time(page)).text


def test_the_language_asked_for_stays_to_the_end(world: Flask, client: FlaskClient) -> None:
    open_link()
    form = hidden(client.get(first_time(client.get("/book/demo?lang=en-US").text)).text)
    assert '<html lang="en-US"' in client.post("/book/demo", data=form | fill_in(name="")).text
    answer = client.post("/book/demo", data=form | fill_in())
    assert db.session.query(Booking).one().language == "en-US"
    assert '<html lang="en-US"' in client.get(answer.location.split("?")[0]).text


def test_a_link_s_language_holds_unless_another_is_asked_for(world: Flask, client: FlaskClient) -> None:
    open_link(language="en-US")
    assert '<html lang="en-US"' in client.get("/book/demo", headers={"Accept-Language": "en-GB"}).text
    assert '<html lang="en-GB"' in client.get("/book/demo?lang=en-GB").text


@pytest.mark.rule("R21")
@pytest.mark.parametrize(("key", "status"), [("who", 410), ("for", 410), ("forged", 400)])
def test_a_token_that_no_longer_works_leads_on_instead_of_to_a_wall(
    world: Flask, client: FlaskClient, key: str, status: int
) -> None:
    ana, _ben = open_link("round_robin", TEAM, owner_first=True)
    contact, past = make_contact(DANA, owner=ana), clock.now() - timedelta(days=2)
    old = make_personal_link(db.session.query(Link).one(), contact, until=past)
    db.session.commit()
    tokens = {
        "who": f"who={signer.who(DANA, past)}",
        "for": f"for={token_of(old)}",
        "forged": "who=forged",
    }
    page = client.get(f"/book/demo?{tokens[key]}")
    assert page.status_code == status
    assert 'class="time"' not in page.text
    answer = client.post("/book/demo/who", data=hidden(page.text) | {"email": DANA})
    assert answer.status_code == 303
    assert 'class="time"' in client.get(answer.location).text


@pytest.mark.rule("R21")
def test_a_form_whose_who_token_expired_while_it_was_filled_in_still_books(
    world: Flask, client: FlaskClient
) -> None:
    open_link("round_robin", TEAM, owner_first=True)
    answer = client.post("/book/demo/who", data={"email": DANA})
    form = hidden(client.get(first_time(client.get(answer.location).text)).text)
    old = signer.who(DANA, clock.now() - timedelta(days=2))
    assert client.post("/book/demo", data=form | fill_in() | {"who": old}).status_code == 303


@pytest.mark.rule("R21")
def test_a_personal_link_of_a_contact_who_is_gone_asks_who_and_goes_on(
    world: Flask, client: FlaskClient
) -> None:
    open_link("round_robin", TEAM, owner_first=True)
    row = make_personal_link(db.session.query(Link).one(), make_contact(DANA), now=clock.now())
    token = token_of(row)
    db.session.commit()
    db.session.query(Contact).delete()
    db.session.commit()
    page = client.get(f"/book/demo?for={token}")
    assert page.status_code == 410
    answer = client.post("/book/demo/who", data=hidden(page.text) | {"email": DANA})
    assert 'class="time"' in client.get(answer.location).text


def test_not_you_keeps_what_came_along(world: Flask, client: FlaskClient) -> None:
    open_link("round_robin", TEAM, owner_first=True)
    answer = client.post("/book/demo/who", data={"email": DANA, "utm_source": "news", "lang": "en-US"})
    page = client.get(answer.location).text
    form = hidden(forms_of(page, "/book/demo/who"))
    assert (form.get("utm_source"), form.get("lang")) == ("news", "en-US")


def test_another_zone_shows_the_same_month(world: Flask, client: FlaskClient) -> None:
    open_link()
    month = f"{clock.now() + timedelta(days=31):%Y-%m}"
    page = client.get(f"/book/demo?month={month}").text
    assert hidden(forms_of(page, "/book/demo")).get("month") == month


def test_there_is_no_next_month_after_the_last_one_that_can_be_booked(
    world: Flask, client: FlaskClient
) -> None:
    open_link(window_days=20)
    last = clock.now() + timedelta(days=20)
    page = client.get(f"/book/demo?month={last:%Y-%m}").text
    assert 'id="month-after"' not in page


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Pacific/Chatham"])
def test_every_zone_can_be_chosen_without_script(world: Flask, client: FlaskClient, zone: str) -> None:
    open_link()
    found = re.search(r'id="all-zones" href="([^"]+)"', client.get("/book/demo").text)
    assert found
    assert f'value="{zone}"' in client.get(unescape(found[1])).text


@pytest.mark.fault(28)
@pytest.mark.rule("R22")
def test_notes_are_limited(world: Flask, client: FlaskClient) -> None:
    open_link()
    limiter.enabled = True
    try:
        for number in range(40):
            note = {
                "token": signer.form(1, clock.now()),
                "name": "Dana",
                "email": DANA,
                "text": f"Note {number}",
            }
            client.post("/book/demo/write", data=note)
    finally:
        limiter.reset()
        limiter.enabled = False
    assert stored(Note) == 20


def test_a_part_of_the_page_that_fails_sends_the_browser_to_the_whole(
    world: Flask, client: FlaskClient
) -> None:
    open_link()
    asked = "month=2026-99&timezone=Europe/Paris"
    answer = client.get(f"/book/demo/slots?{asked}", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"/book/demo?{asked}"
