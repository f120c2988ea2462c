"""What an invitee does with a booking, as a browser without script does it (R35)."""

import re
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from tests.factories import make_busy
from tests.views.public.test_booking_page import DANA, details, fill_in, first_time, hidden, open_link
from website import clock
from website.extensions import db
from website.models import Booking, BookingEvent, Link, Note
from website.tokens import signer

DAY = timedelta(days=1)


def booked(client: FlaskClient) -> str:
    """The address of a booking of the first time offered, tomorrow or later."""
    answer = client.post("/book/demo", data=details(client) | fill_in())
    assert answer.status_code == 303
    return answer.location.split("?")[0]


def the_booking() -> Booking:
    db.session.rollback()
    return db.session.query(Booking).one()


def chosen(client: FlaskClient, manage: str, query: str = "") -> dict[str, str]:
    """The hidden fields of the last step, for the first time offered that is another one."""
    page = client.get(f"{manage}/reschedule?{query}").text
    times = [unescape(one) for one in re.findall(r'class="time" href="([^"]+)"', page)]
    return hidden(client.get(times[-1]).text)


def begin_at(start: datetime) -> None:
    booking = the_booking()
    length = booking.duration
    booking.start_at, booking.end_at = start, start + length
    db.session.commit()


@pytest.mark.both_engines
@pytest.mark.rule("R35")
@pytest.mark.parametrize("kind", ["personal", "group", "round_robin"])
def test_a_meeting_is_moved_with_links_and_forms_alone(world: Flask, client: FlaskClient, kind: str) -> None:
    open_link(kind, ("Ana",) if kind == "personal" else ("Ana", "Ben"))
    manage = booked(client)
    assert f'href="{manage}/reschedule"' in client.get(manage).text
    form = chosen(client, manage)
    answer = client.post(f"{manage}/reschedule", data=form)
    assert (answer.status_code, answer.location) == (303, manage)
    assert "Your meeting is moved" in client.get(manage).text
    assert f"{the_booking().start_at:%Y%m%dT%H%MZ}" == form["slot"]


@pytest.mark.rule("R35")
def test_the_last_step_says_from_when_to_when_and_changes_nothing(world: Flask, client: FlaskClient) -> None:
    open_link()
    manage = booked(client)
    before = the_booking().start_at
    page = client.get(f"{manage}/reschedule?timezone=Asia/Tokyo").text
    assert "Tokyo (UTC+9)" in page
    last = client.get(first_time(page)).text
    assert "Move this meeting?" in last
    assert hidden(last)["timezone"] == "Asia/Tokyo"
    assert the_booking().start_at == before


@pytest.mark.rule("R35")
def test_the_zone_in_which_the_time_was_chosen_stays(world: Flask, client: FlaskClient) -> None:
    open_link()
    manage = booked(client)
    client.post(f"{manage}/reschedule", data=chosen(client, manage, "timezone=Asia/Tokyo"))
    assert the_booking().timezone == "Asia/Tokyo"
    assert "Tokyo (UTC+9)" in client.get(manage).text


@pytest.mark.rule("R33")
def test_the_same_form_sent_twice_makes_one_change(world: Flask, client: FlaskClient) -> None:
    open_link()
    manage = booked(client)
    form = chosen(client, manage)
    answers = [client.post(f"{manage}/reschedule", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert the_booking().sequence == 1


@pytest.mark.rule("R30")
def test_a_time_just_taken_shows_fresh_ones_in_place(world: Flask, client: FlaskClient) -> None:
    (ana,) = open_link()
    manage = booked(client)
    form = chosen(client, manage, "timezone=Asia/Tokyo&lang=en-US")
    start = datetime.strptime(form["slot"] + "+0000", "%Y%m%dT%H%MZ%z")
    make_busy(ana, (start, start + timedelta(minutes=30)), now=clock.now())
    db.session.commit()
    answer = client.post(f"{manage}/reschedule", data=form)
    assert answer.status_code == 409
    assert "just taken" in answer.text
    fresh = re.findall(r'type="radio" name="slot" value="([^"]+)"', answer.text)
    assert fresh
    assert form["slot"] not in fresh
    again = hidden(answer.text)
    assert (again["timezone"], again["lang"]) == ("Asia/Tokyo", "en-US")
    undecided = client.post(f"{manage}/reschedule", data=again)
    assert undecided.status_code == 422
    assert "Choose a time." in undecided.text
    assert client.post(f"{manage}/reschedule", data=again | {"slot": fresh[0]}).status_code == 303
    assert the_booking().sequence == 1


@pytest.mark.rule("R35")
def test_any_colleague_is_offered_where_the_link_says_so(world: Flask, client: FlaskClient) -> None:
    ana, ben = open_link("round_robin", ("Ana", "Ben"), rotation="strict", any_colleague=True)
    manage = booked(client)
    make_busy(ana, (clock.now(), clock.now() + 40 * DAY), now=clock.now())
    db.session.commit()
    page = client.get(f"{manage}/reschedule").text
    found = re.search(r'href="([^"]+)">With any colleague', page)
    assert found
    assert chosen(client, manage)["slot"] > f"{clock.now() + 40 * DAY:%Y%m%d}"
    query = unescape(found[1]).split("?")[1]
    form = chosen(client, manage, query)
    assert form["host"] == "any"
    assert form["slot"] < f"{clock.now() + 40 * DAY:%Y%m%d}"
    assert client.post(f"{manage}/reschedule", data=form).status_code == 303
    assert [host.user_id for host in the_booking().hosts] == [ben.id]
    assert "Ben" in client.get(manage).text


def test_other_links_do_not_offer_colleagues(world: Flask, client: FlaskClient) -> None:
    open_link("group", ("Ana", "Ben"), any_colleague=True)
    assert "any colleague" not in client.get(f"{booked(client)}/reschedule?host=any").text


@pytest.mark.rule("R21")
def test_an_owner_first_link_does_not_ask_who_it_is_again(world: Flask, client: FlaskClient) -> None:
    open_link("round_robin", ("Ana", "Ben"), owner_first=True)
    who = client.post("/book/demo/who", data={"email": DANA}).location
    form = hidden(client.get(first_time(client.get(who).text)).text)
    manage = client.post("/book/demo", data=form | fill_in()).location.split("?")[0]
    page = client.get(f"{manage}/reschedule").text
    assert 'class="time"' in page
    assert DANA not in page


def test_the_part_that_changes_has_an_address_of_its_own(world: Flask, client: FlaskClient) -> None:
    open_link()
    manage = booked(client)
    part = client.get(f"{manage}/reschedule/slots?month={the_booking().start_at:%Y-%m}").text
    assert part.startswith('<section id="slots"')
    assert f"{manage}/reschedule/confirm?" in part


@pytest.mark.rule("R35")
def test_too_late_names_no_address_and_offers_to_write(world: Flask, client: FlaskClient) -> None:
    open_link(change_notice_minutes=120, notice_minutes=600)
    manage, form = booked(client), {}
    form = chosen(client, manage)
    begin_at(clock.now() + timedelta(minutes=100))
    for path in ("", "/reschedule", f"/reschedule/confirm?slot={form['slot']}", "/cancel"):
        page = client.get(manage + path)
        assert page.status_code == 200
        assert "too late" in page.text
        assert "@acme.example" not in page.text
    assert client.get(f"{manage}/reschedule/slots").status_code == 409
    assert client.post(f"{manage}/reschedule", data=form).status_code == 409
    assert client.post(f"{manage}/cancel", data={"reason": ""}).status_code == 409
    assert (the_booking().sequence, the_booking().confirmed) == (0, True)


@pytest.mark.rule("R22")
def test_whoever_is_too_late_writes_to_us_even_where_the_link_is_closed(
    world: Flask, client: FlaskClient
) -> None:
    open_link(change_notice_minutes=120, notice_minutes=600)
    manage = booked(client)
    begin_at(clock.now() + timedelta(minutes=100))
    db.session.query(Link).one().active = False
    db.session.commit()
    found = re.search(r'href="(/book/demo/write[^"]+)"', client.get(manage).text)
    assert found
    assert DANA not in found[1]
    address = unescape(found[1])
    page = client.get(address).text
    assert f'value="{DANA}"' in page
    form = hidden(page) | {"name": "Dana", "email": DANA, "text": "I am late"}
    assert client.post("/book/demo/write", data=form).status_code == 200
    assert db.session.query(Note).one().text == "I am late"


@pytest.mark.rule("R35")
def test_a_closed_link_still_lets_its_people_change(world: Flask, client: FlaskClient) -> None:
    open_link()
    manage = booked(client)
    db.session.query(Link).one().active = False
    db.session.commit()
    assert client.post(f"{manage}/reschedule", data=chosen(client, manage)).status_code == 303


def test_what_took_place_says_so(world: Flask, client: FlaskClient) -> None:
    open_link()
    manage = booked(client)
    begin_at(clock.now() - DAY)
    page = client.get(manage).text
    assert "took place" in page
    assert "/reschedule" not in page
    assert "took place" in client.get(f"{manage}/reschedule").text
    assert "took place" in client.get(f"{manage}/cancel").text


def test_what_is_cancelled_offers_to_book_another_time(world: Flask, client: FlaskClient) -> None:
    open_link()
    manage = booked(client)
    for _ in range(2):
        assert client.post(f"{manage}/cancel", data={"reason": "No time"}).status_code == 303
    assert the_booking().cancel_reason == "No time"
    assert len(the_booking().changes) == 1
    for path in ("", "/reschedule", "/cancel"):
        page = client.get(manage + path)
        assert page.status_code == 200
        assert 'href="/book/demo"' in page.text
    form = {"token": signer.change(the_booking().id, clock.now()), "slot": "20991231T0900Z"}
    assert client.post(f"{manage}/reschedule", data=form).status_code in (400, 409)


def test_a_reason_that_is_too_long_is_kept_and_refused(world: Flask, client: FlaskClient) -> None:
    open_link()
    manage = booked(client)
    answer = client.post(f"{manage}/cancel", data={"reason": "x" * 501})
    assert answer.status_code == 422
    assert "x" * 501 in answer.text
    assert the_booking().confirmed


BAD = [
    ("/reschedule?month=2026-13", 400), ("/reschedule?timezone=Mars/Base", 400), ("/reschedule?date=0001-01-01", 400),
    ("/reschedule/slots?month=9999-01", 400), ("/reschedule/confirm?slot=never", 400), ("/reschedule/confirm", 400),
    ("/reschedule/confirm?slot=20260101T0900Z", 409), ("/reschedule/slots/more", 404),
]  # fmt: skip


@pytest.mark.parametrize(("path", "status"), BAD)
def test_a_bad_address_is_a_clear_page(world: Flask, client: FlaskClient, path: str, status: int) -> None:
    open_link()
    answer = client.get(booked(client) + path)
    assert answer.status_code == status
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        ({"slot": "never"}, 400),
        ({"slot": "20260101T0900Z"}, 409),
        ({"slot": "20261231T0901Z"}, 409),
        ({"slot": ""}, 422),
        ({"timezone": "Mars/Base"}, 400),
        ({"token": "forged"}, 400),
        ({"token": ""}, 400),
    ],
)
def test_bad_input_changes_nothing(
    world: Flask, client: FlaskClient, bad: dict[str, str], status: int
) -> None:
    open_link()
    manage = booked(client)
    answer = client.post(f"{manage}/reschedule", data=chosen(client, manage) | bad)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert the_booking().sequence == 0


def test_a_form_of_another_booking_or_an_expired_one_is_renewed(world: Flask, client: FlaskClient) -> None:
    open_link()
    manage = booked(client)
    form = chosen(client, manage)
    foreign = signer.change(the_booking().id + 1, clock.now())
    old = signer.change(the_booking().id, clock.now() - timedelta(hours=3))
    for token in (foreign, old):
        answer = client.post(f"{manage}/reschedule", data=form | {"token": token})
        assert answer.status_code == 400
        assert "expired" in answer.text
        assert hidden(answer.text)["slot"] == form["slot"]
    assert client.post(f"{manage}/reschedule", data=hidden(answer.text)).status_code == 303


@pytest.mark.parametrize(
    "path", ["", "/cancel", "/reschedule", "/reschedule/slots", "/reschedule/confirm", "/invite.ics"]
)
def test_the_address_of_a_booking_is_kept_secret(world: Flask, client: FlaskClient, path: str) -> None:
    open_link()
    for manage in (booked(client), "/booking/nope"):
        headers = client.get(manage + path).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in headers


def test_it_may_be_framed_where_the_link_says_so(world: Flask, client: FlaskClient) -> None:
    open_link(embed_origins=["https://www.acme.example"])
    manage = booked(client)
    for path in ("", "/cancel", "/reschedule"):
        policy = client.get(manage + path).headers["Content-Security-Policy"]
        assert "frame-ancestors 'self' https://www.acme.example" in policy


@pytest.mark.parametrize("path", ["", "/cancel", "/reschedule", "/invite.ics"])
def test_an_unknown_booking_is_a_calm_404(world: Flask, client: FlaskClient, path: str) -> None:
    answer = client.get(f"/booking/nope{path}")
    assert answer.status_code == 404
    assert "<h1>Not found</h1>" in answer.text


# A copy for the calendar


@pytest.mark.rule("R34")
def test_the_file_is_the_meeting_as_it_is_now(world: Flask, client: FlaskClient) -> None:
    open_link(place={"kind": "address", "value": "Rue 1"})
    manage = booked(client)
    client.post(f"{manage}/reschedule", data=chosen(client, manage))
    answer = client.get(f"{manage}/invite.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    calendar = Calendar.from_ical(answer.data)
    (event,) = calendar.walk("VEVENT")
    booking = the_booking()
    assert calendar["METHOD"] == "PUBLISH"
    assert (str(event["UID"]), event["SEQUENCE"]) == (booking.uid, 1)
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (booking.start_at, booking.end_at)
    assert str(event["LOCATION"]) == "Rue 1"
    assert "ATTENDEE" not in event


@pytest.mark.rule("R34")
def test_whoever_has_a_provider_s_invitation_gets_the_same_event_and_no_second_one(
    world: Flask, client: FlaskClient
) -> None:
    open_link()
    manage = booked(client)
    event = db.session.query(BookingEvent).one()
    event.invites = True
    db.session.commit()
    page = client.get(manage).text
    assert "on its way" in page
    assert ".ics" not in page
    assert client.get(f"{manage}/invite.ics").status_code == 409
    event.uid = "abc@google.com"
    db.session.commit()
    page = client.get(manage).text
    assert "/invite.ics" in page
    assert "calendar.google.com" not in page
    assert b"UID:abc@google.com" in client.get(f"{manage}/invite.ics").data


@pytest.mark.rule("R34")
def test_a_cancelled_meeting_has_no_file(world: Flask, client: FlaskClient) -> None:
    open_link()
    manage = booked(client)
    client.post(f"{manage}/cancel", data={"reason": ""})
    answer = client.get(f"{manage}/invite.ics")
    assert answer.status_code == 410
    assert "This meeting is cancelled" in answer.text


def test_other_sites_are_not_told_the_address_of_the_booking(world: Flask, client: FlaskClient) -> None:
    open_link(description="All about Büro & co")
    manage = booked(client)
    found = re.findall(r'href="(https://[^"]+)"', client.get(manage).text)
    assert [urlsplit(one).netloc for one in found] == [
        "calendar.google.com", "outlook.live.com", "outlook.office.com",
    ]  # fmt: skip
    token = manage.rpartition("/")[2]
    assert all(token not in one for one in found)
    booking = the_booking()
    google = parse_qs(urlsplit(unescape(found[0])).query)
    assert google["dates"] == [f"{booking.start_at:%Y%m%dT%H%M%SZ}/{booking.end_at:%Y%m%dT%H%M%SZ}"]
    assert google["details"] == ["All about Büro & co"]
    outlook = parse_qs(urlsplit(unescape(found[1])).query)
    assert outlook["startdt"] == [f"{booking.start_at:%Y-%m-%dT%H:%M:%SZ}"]
