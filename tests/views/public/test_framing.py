"""The pages inside a page of another site: what travels on, who may show them, where a booking leads (R40)."""

import json
import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.views.public.test_booking_page import fill_in, first_time, hidden, open_link
from website import clock
from website.extensions import db
from website.models import Booking, Link

ACME = "https://www.acme.example"
FRAMED = f"embed=1&theme=dark&origin={ACME}"
THANKS = "https://www.acme.example/thanks?booking={id}&start={start}&end={end}&zone={timezone}"


def root(page: str) -> str:
    """The tag of the `<html>` element."""
    found = re.search(r"<html[^>]*>", page)
    assert found
    return found[0]


def event_of(page: str) -> dict[str, object] | None:
    found = re.search(r"data-event='([^']*)'", root(page))
    return json.loads(unescape(found[1])) if found else None


def query(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(unescape(address)).query)


def book(client: FlaskClient, asked: str = FRAMED) -> str:
    """Books the first time; the address that the browser is sent to."""
    form = hidden(client.get(first_time(client.get(f"/book/demo?{asked}").text)).text)
    answer = client.post("/book/demo", data=form | fill_in())
    assert answer.status_code == 303
    return str(answer.location)


def links_of(page: str) -> list[str]:
    """The links and forms of a page that stay on the site."""
    found = re.findall(r'(?:href|action)="(/(?:book|booking)/[^"]*)"', page)
    assert found
    return [unescape(address) for address in found]


def test_the_frame_travels_on_through_the_whole_flow(world: Flask, client: FlaskClient) -> None:
    open_link(embed_origins=[ACME])
    page = client.get(f"/book/demo?{FRAMED}").text
    assert f'data-parent="{ACME}"' in root(page)
    assert 'class="embed theme-dark"' in root(page)
    expected = {"embed": ["1"], "theme": ["dark"], "origin": [ACME]}
    assert expected.items() <= query(first_time(page)).items()
    details = client.get(first_time(page)).text
    assert {"embed": "1", "theme": "dark", "origin": ACME}.items() <= hidden(details).items()
    done = book(client)
    assert expected.items() <= query(done).items()
    for path in ("", "/cancel", "/reschedule"):
        page = client.get(f"{urlsplit(done).path}{path}?{FRAMED}").text
        assert f'data-parent="{ACME}"' in root(page)
        for address in links_of(page):
            # A form of the zone carries it in fields.
            if query(address) or "/reschedule" not in path:
                assert expected.items() <= query(address).items(), address


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "*", "javascript:alert(1)", '"><script>'])
def test_an_origin_that_the_link_does_not_name_is_told_nothing(
    world: Flask, client: FlaskClient, origin: str
) -> None:
    open_link(embed_origins=[ACME])
    page = client.get("/book/demo", query_string={"embed": "1", "origin": origin}).text
    assert "data-parent" not in root(page)
    assert "origin" not in query(first_time(page))
    assert event_of(client.get(book(client, "embed=1")).text) is None


def test_a_theme_that_is_none_is_not_carried(world: Flask, client: FlaskClient) -> None:
    open_link()
    page = client.get("/book/demo?embed=yes&theme=blue").text
    assert "class=" not in root(page)
    assert not {"embed", "theme"} & set(query(first_time(page)))


@pytest.mark.parametrize(
    ("asked", "classes"),
    [
        ("", ""), ("embed=1", "embed theme-light"), ("embed=1&theme=dark", "embed theme-dark"),
        ("embed=1&theme=light+dark", "embed"), ("theme=light", "theme-light"),
    ],
)  # fmt: skip
def test_a_frame_is_light_unless_another_theme_is_asked_for(
    world: Flask, client: FlaskClient, asked: str, classes: str
) -> None:
    open_link()
    found = re.search(r'class="([^"]*)"', root(client.get(f"/book/demo?{asked}").text))
    assert (found[1] if found else "") == classes


def test_a_zone_that_only_a_newer_browser_knows_does_not_stop_a_frame(
    world: Flask, client: FlaskClient
) -> None:
    open_link(timezone="Europe/Paris")
    page = client.get("/book/demo?embed=1&timezone=Mars/Base")
    assert page.status_code == 200
    assert "timezone" not in query(first_time(page.text))
    assert client.get("/book/demo?timezone=Mars/Base").status_code == 400


# Errors


def framers(client: FlaskClient, path: str, status: int, **values: object) -> str:
    answer = client.open(path, **values)
    assert answer.status_code == status
    found = re.search(r"frame-ancestors ([^;]*)", answer.headers["Content-Security-Policy"])
    assert found
    return found[1]


def test_errors_of_a_link_are_said_in_the_frame(world: Flask, client: FlaskClient) -> None:
    open_link(embed_origins=[ACME])
    assert framers(client, f"/book/demo?{FRAMED}&duration=7", 400) == f"'self' {ACME}"
    assert framers(client, "/book/demo/nothing", 404) == "'none'"
    assert framers(client, "/book/none", 404) == "'self'"
    assert framers(client, "/booking/none", 404) == "'self'"
    db.session.query(Link).one().active = False
    db.session.commit()
    assert framers(client, f"/book/demo?{FRAMED}", 410) == f"'self' {ACME}"
    page = client.get(f"/book/demo?{FRAMED}").text
    assert f'data-parent="{ACME}"' in root(page)
    assert "theme-dark" in root(page)


def test_signed_in_pages_are_never_framed(world: Flask, client: FlaskClient) -> None:
    open_link(embed_origins=[ACME])
    for path in ("/sign-in", "/", "/links/demo", "/links/demo/try/inline", "/nowhere"):
        answer = client.get(f"{path}?{FRAMED}")
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


# News


def test_news_are_told_right_after_the_booking_alone(world: Flask, client: FlaskClient) -> None:
    open_link(embed_origins=[ACME])
    done = book(client)
    event = event_of(client.get(done).text)
    booking = db.session.query(Booking).one()
    assert event == {
        "type": "booking.confirmed", "id": booking.uid.split("@")[0], "timezone": booking.timezone, "sequence": 0,
        "start": event["start"] if event else "", "end": event["end"] if event else "",
    }  # fmt: skip
    assert booking.token not in json.dumps(event)
    assert event_of(client.get(done.replace("just=booked", "")).text) is None
    for other in ("moved", "cancelled", "x"):
        assert event_of(client.get(done.replace("booked", other)).text) is None


def test_old_news_are_none(world: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    open_link(embed_origins=[ACME], redirect_url=THANKS)
    done = book(client)
    plain = urlsplit(done).path + "?just=booked"
    assert "http-equiv" in client.get(plain).text
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert event_of(client.get(done).text) is None
    assert "http-equiv" not in client.get(plain).text


def test_a_cancelled_booking_is_no_news_of_a_confirmed_one(world: Flask, client: FlaskClient) -> None:
    open_link(embed_origins=[ACME], redirect_url=THANKS)
    done = book(client)
    manage = urlsplit(done).path
    answer = client.post(f"{manage}/cancel?{FRAMED}", data={"reason": ""})
    assert answer.location.endswith("just=cancelled")
    event = event_of(client.get(answer.location).text)
    assert event
    assert (event["type"], event["sequence"]) == ("booking.cancelled", 1)
    assert event_of(client.get(done).text) is None


# Where a booking leads


@pytest.mark.rule("R40")
def test_a_booking_leads_on_to_the_address_of_its_link(world: Flask, client: FlaskClient) -> None:
    open_link(redirect_url=THANKS)
    page = client.get(book(client, "timezone=Asia/Tokyo")).text
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    assert found
    asked = query(found[1])
    booking = db.session.query(Booking).one()
    assert asked["booking"] == [booking.uid.split("@")[0]]
    assert asked["zone"] == ["Asia/Tokyo"]
    assert asked["start"][0].endswith("+09:00")
    assert booking.token not in found[1]
    assert "dana" not in found[1].lower()
    assert f'href="{found[1]}" rel="noopener" target="_top"' in page


@pytest.mark.rule("R40")
def test_in_a_frame_the_page_around_is_told_where_it_leads(world: Flask, client: FlaskClient) -> None:
    open_link(embed_origins=[ACME], redirect_url=THANKS)
    page = client.get(book(client)).text
    assert "http-equiv" not in page
    event = event_of(page)
    assert event
    assert str(event["redirect"]).startswith("https://www.acme.example/thanks?booking=")


@pytest.mark.parametrize("name", ["redirect", "redirect_url", "next", "url"])
def test_nothing_in_an_address_leads_elsewhere(world: Flask, client: FlaskClient, name: str) -> None:
    open_link(redirect_url=THANKS)
    done = book(client, f"{name}=https://evil.example")
    assert "evil" not in done
    page = client.get(f"{done}&{name}=https://evil.example").text
    # The page in another language has the same parameters; no link and no refresh goes there.
    assert not re.search(r"""(href="|url=|"redirect": ")https?://evil""", page)


def test_a_link_without_such_an_address_shows_the_confirmation(world: Flask, client: FlaskClient) -> None:
    open_link()
    done = book(client, "")
    assert "just=" not in done
    page = client.get(f"{done}?just=booked").text
    assert "http-equiv" not in page
    assert "Continue to" not in page


# Where it came from


def test_campaigns_are_carried_and_nothing_else_is(world: Flask, client: FlaskClient) -> None:
    open_link(embed_origins=[ACME])
    book(client, f"{FRAMED}&utm_source=letter&utm_id=7&gclid=g1&fbclid=f1&msclkid=m1&li_fat_id=l1&other=x")
    assert db.session.query(Booking).one().campaign == {
        "utm_source": "letter", "utm_id": "7", "gclid": "g1", "fbclid": "f1", "msclkid": "m1", "li_fat_id": "l1",
    }  # fmt: skip
