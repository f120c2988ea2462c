"""ICS feeds, read from a real server: what an answer means. How events are read is shown in tests/ical/."""

import logging
import traceback
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.ical.feeds import AT_NINE, PLAIN, calendar, event, spelt
from tests.peers.internet import HTTPS, PUBLIC, Internet
from tests.peers.web import WebServer
from website.providers.calendars.errors import AccessRevoked, CalendarError, CalendarUnreachable
from website.providers.calendars.ics import IcsFeed
from website.providers.calendars.records import Account, Reading

START, END = datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)
FULL = calendar(event(PLAIN))


def read(url: str, *, allow_private: bool = True, **values: Any) -> Reading:
    account = Account("ics", {"url": url}, "Europe/Paris", allow_private=allow_private, **values)
    return IcsFeed().read_busy(account, START, END, 15)


# A few rows of each kind of tests/ical/, all the way from the server through the other process.
ROWS = {
    "in UTC": (PLAIN, AT_NINE),
    "floating, in the owner's zone": (
        "DTSTART:20270202T100000\nDTEND:20270202T110000",
        AT_NINE,
    ),
    "all day": ("DTSTART;VALUE=DATE:20270202", ["02-01 23:00 → 02-02 23:00"]),
    "free": (f"{PLAIN}\nTRANSP:TRANSPARENT", []),
    "declined": (f"{PLAIN}\nATTENDEE;PARTSTAT=DECLINED:mailto:ana@acme.example", []),
    "weekly over the change of the clocks, with an exception": (
        "DTSTART;TZID=W. Europe Standard Time:20270322T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3\n"
        "EXDATE;TZID=W. Europe Standard Time:20270405T100000",
        ["03-22 09:00 → 03-22 10:00", "03-29 08:00 → 03-29 09:00"],
    ),
}


@pytest.mark.rule("R5")
@pytest.mark.parametrize("row", ROWS)
def test_an_event_blocks_as_it_says(server: WebServer, row: str) -> None:
    lines, expected = ROWS[row]
    server.body = calendar(event(lines))
    assert spelt(read(server.url, owner_email="ana@acme.example").busy["main"]) == expected


def test_what_the_owner_is_to_know_comes_along(server: WebServer) -> None:
    server.body = calendar(event("DTSTART;TZID=Mars/Olympus:20270202T100000\nDURATION:PT1H"))
    reading = read(server.url)
    assert spelt(reading.busy["main"]) == AT_NINE
    assert "Mars/Olympus" in reading.warnings[0]


def test_a_feed_without_any_event_is_empty(server: WebServer) -> None:
    server.body = calendar()
    assert read(server.url).empty
    server.body = calendar(event("DTSTART:20200202T100000Z\nDTEND:20200202T110000Z"))
    reading = read(server.url)
    assert (reading.busy, reading.empty) == ({"main": []}, False)


def test_the_versions_that_the_server_names_are_kept_and_asked_about(server: WebServer) -> None:
    date = "Mon, 01 Feb 2027 08:00:00 GMT"
    server.body, server.headers = FULL, {"ETag": 'W/"one"', "Last-Modified": date}
    reading = read(server.url)
    assert (reading.etag, reading.last_modified) == ('W/"one"', date)
    assert not {"If-None-Match", "If-Modified-Since"} & set(server.asked[0][2])

    server.status, server.body = 304, b""
    reading = read(server.url, etag=reading.etag, last_modified=reading.last_modified)
    assert (reading.not_modified, reading.busy) == (True, {})
    asked = server.asked[1][2]
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('W/"one"', date)


@pytest.mark.rule("R12")
@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_feed_that_is_gone_is_broken(server: WebServer, status: int) -> None:
    server.status, server.body = status, FULL
    with pytest.raises(AccessRevoked):
        read(server.url)


@pytest.mark.fault(9)
@pytest.mark.rule("R12")
@pytest.mark.parametrize("status", [204, 206, 302, 400, 429, 500, 503])
def test_any_other_answer_than_the_feed_is_none(server: WebServer, status: int) -> None:
    server.status, server.body = status, FULL
    with pytest.raises(CalendarUnreachable):
        read(server.url)


NO_FEED = {
    "a login page": b"<!DOCTYPE html><title>Sign in</title>",
    "nothing": b"",
    "half of it": FULL[:-20],
    "an event that cannot be read": calendar(event(f"{PLAIN}\nRRULE:FREQ=OFTEN")),
    "an event every second": calendar(event(f"{PLAIN}\nRRULE:FREQ=SECONDLY")),
    "too many events": calendar(event("DTSTART:20270202T090000Z\nDURATION:PT5M\nRRULE:FREQ=HOURLY")),
}


@pytest.mark.fault(11)
@pytest.mark.rule("R12")
@pytest.mark.parametrize("row", NO_FEED)
def test_a_body_that_is_not_the_whole_feed_is_no_answer(server: WebServer, row: str) -> None:
    server.body = NO_FEED[row]
    account = Account("ics", {"url": server.url}, "Europe/Paris", allow_private=True)
    with pytest.raises(CalendarUnreachable):
        IcsFeed().read_busy(account, START, END.replace(year=2028), 15)


DATE = "Mon, 01 Feb 2027 08:00:00 GMT"
WAITS = {
    "120": 120,
    " 120 ": 120,
    "0": 0,
    "99999999": 99999999,
    "9" * 5000: None,
    "-5": None,
    "1.5": None,
    "²": None,
    "soon": None,
    "": None,
    "Mon, 01 Feb 2027 08:10:00 GMT": 600,
    "Mon, 01 Feb 2027 07:00:00 GMT": 0,
    "Mon, 01 Feb 2027 08:10:00 -0000": None,
    "Sun, 31 Feb 2027 08:10:00 GMT": None,
}


@pytest.mark.parametrize("value", WAITS)
@pytest.mark.parametrize("status", [429, 503])
def test_how_long_the_server_wants_to_be_left_alone(server: WebServer, status: int, value: str) -> None:
    server.status, server.headers = status, {"Retry-After": value, "Date": DATE}
    with pytest.raises(CalendarUnreachable) as caught:
        read(server.url)
    assert caught.value.retry_after_seconds == WAITS[value]


def test_a_date_to_wait_for_means_nothing_without_the_server_s_own(server: WebServer) -> None:
    server.status, server.headers = 503, {"Retry-After": DATE}
    with pytest.raises(CalendarUnreachable) as caught:
        read(server.url)
    assert caught.value.retry_after_seconds is None


RHYTHM = {"": None, "PT1M": 5, "PT5M": 5, "PT20M": 20, "PT1H": 60, "PT4H": 60, "P1D": 60}


@pytest.mark.parametrize("wanted", RHYTHM)
def test_a_feed_is_read_every_five_to_sixty_minutes(server: WebServer, wanted: str) -> None:
    server.body = calendar(event(PLAIN), headers=wanted and f"REFRESH-INTERVAL;VALUE=DURATION:{wanted}")
    assert read(server.url).refresh_minutes == RHYTHM[wanted]


@pytest.mark.parametrize("scheme", ["webcal", "WebCal", "https"])
def test_a_webcal_address_is_an_https_one(public: WebServer, internet: Internet, scheme: str) -> None:
    public.body = FULL
    reading = read(f"{scheme}://feeds.example/ana.ics", allow_private=False)
    assert spelt(reading.busy["main"]) == AT_NINE
    assert internet.reached == [(PUBLIC, HTTPS)]


@pytest.mark.fault(30)
@pytest.mark.parametrize("location", ["https://127.0.0.1/", "https://inner.example/ana.ics"])
def test_a_feed_that_leads_into_an_inner_network_is_no_answer(
    public: WebServer, internet: Internet, location: str
) -> None:
    public.status, public.headers = 302, {"Location": location}
    internet.names["inner.example"] = [["10.0.0.5"]]
    with pytest.raises(CalendarUnreachable):
        read("https://feeds.example/ana.ics", allow_private=False)
    assert internet.reached == [(PUBLIC, HTTPS)]


SECRET = "https://feeds.example/secret-0123456789.ics"
ANSWERS: dict[str, dict[str, Any]] = {
    "gone": {"status": 404},
    "in trouble": {"status": 500},
    "a login page": {"body": b"<html>"},
    "an event that cannot be read": {"body": NO_FEED["an event that cannot be read"]},
    "cut off": {"headers": {"Content-Length": "9"}, "body": b"BEGIN"},
    "leads elsewhere": {"status": 302, "headers": {"Location": "https://10.0.0.5/secret-0123456789"}},
    "broken headers": {"raw": b"HTTP/1.1 200 OK\r\nno header\r\n\r\n"},
}


@pytest.mark.parametrize("row", ANSWERS)
def test_the_address_is_in_no_error_and_in_no_line_of_the_log(
    public: WebServer, caplog: pytest.LogCaptureFixture, row: str
) -> None:
    for name, value in ANSWERS[row].items():
        setattr(public, name, value)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(CalendarError) as caught:
        read(SECRET, allow_private=False)
    assert public.asked
    assert "secret-0123456789" not in "".join(traceback.format_exception(caught.value)) + caplog.text


def test_the_account_s_line_gives_no_secret_away() -> None:
    account = Account("ics", {"url": "https://feeds.example/private-0123456789.ics"}, "Europe/Paris")
    assert IcsFeed().account_line(account) == "feeds.example ….ics"
    assert "0123456789" not in repr(account)


def test_the_calendar_is_found_once_the_feed_could_be_read(server: WebServer) -> None:
    account = Account("ics", {"url": server.url}, "Europe/Paris", allow_private=True)
    server.body = FULL
    found = IcsFeed().find_calendars(account, 15)
    assert [(one.external_id, one.name, one.writable) for one in found] == [("main", "127.0.0.1", False)]
    server.body = b"<html>"
    with pytest.raises(CalendarUnreachable):
        IcsFeed().find_calendars(account, 15)
