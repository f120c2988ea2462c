"""ICS feeds, read from a real server on this machine."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from website.providers.calendars.base import AccessRevoked, Account, CalendarUnreachable
from website.providers.calendars.ics import IcsFeed

START, END = datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)


def calendar(*events: str) -> bytes:
    """A feed of these events."""
    body = "".join(
        f"BEGIN:VEVENT\r\nDTSTAMP:20270101T000000Z\r\n{event}\r\nEND:VEVENT\r\n" for event in events
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//\r\n{body}END:VCALENDAR\r\n".encode()


class Server:
    """Answers every request as the test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, calendar(), dict[str, str]()
        self.asked: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(dict(self.headers))
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/secret.ics"


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.http.shutdown()
    running.http.server_close()


def read(server: Server, **values: Any) -> list[tuple[datetime, datetime]]:
    account = Account("ics", {"url": server.url}, "Europe/Paris", allow_private=True, **values)
    reading = IcsFeed().read_busy(account, START, END, 15)
    return [(event.start, event.end) for event in reading.busy.get("main", [])]


def utc(day: int, hour: int, minute: int = 0, month: int = 2) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=UTC)


# Each row: what the feed says, and when its owner is busy, worked out by hand.
ROWS = {
    "in UTC": ("DTSTART:20270202T090000Z\r\nDTEND:20270202T100000Z", [(utc(2, 9), utc(2, 10))]),
    "floating, in the owner's zone": (
        "DTSTART:20270202T090000\r\nDTEND:20270202T100000",
        [(utc(2, 8), utc(2, 9))],
    ),
    "a Windows zone without VTIMEZONE": (
        "DTSTART;TZID=Eastern Standard Time:20270202T090000\r\nDURATION:PT30M",
        [(utc(2, 14), utc(2, 14, 30))],
    ),
    "all day": ("DTSTART;VALUE=DATE:20270202", [(utc(1, 23), utc(2, 23))]),
    "free": ("DTSTART:20270202T090000Z\r\nDTEND:20270202T100000Z\r\nTRANSP:TRANSPARENT", []),
    "cancelled": ("DTSTART:20270202T090000Z\r\nDTEND:20270202T100000Z\r\nSTATUS:CANCELLED", []),
    "tentative": (
        "DTSTART:20270202T090000Z\r\nDTEND:20270202T100000Z\r\nSTATUS:TENTATIVE",
        [(utc(2, 9), utc(2, 10))],
    ),
    "weekly over the change of the clocks, with an exception": (
        "DTSTART;TZID=Europe/Berlin:20270322T100000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n"
        "EXDATE;TZID=Europe/Berlin:20270405T100000",
        [(utc(22, 9, month=3), utc(22, 10, month=3)), (utc(29, 8, month=3), utc(29, 9, month=3))],
    ),
}


@pytest.mark.rule("R5")
@pytest.mark.parametrize("row", ROWS)
def test_an_event_blocks_as_it_says(server: Server, row: str) -> None:
    text, busy = ROWS[row]
    server.body = calendar(f"UID:{row.replace(' ', '-')}\r\n{text}")
    assert sorted(read(server)) == busy


@pytest.mark.rule("R5")
def test_an_event_that_its_owner_declined_does_not_block(server: Server) -> None:
    server.body = calendar(
        "UID:1\r\nDTSTART:20270202T090000Z\r\nDTEND:20270202T100000Z\r\n"
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ana@acme.example"
    )
    assert read(server, owner_email="ana@acme.example") == []


def test_a_moved_occurrence_blocks_where_it_is(server: Server) -> None:
    rule = "UID:1\r\nDTSTART:20270202T090000Z\r\nDTEND:20270202T100000Z\r\nRRULE:FREQ=DAILY;COUNT=2"
    moved = "UID:1\r\nRECURRENCE-ID:20270203T090000Z\r\nDTSTART:20270203T150000Z\r\nDTEND:20270203T160000Z"
    server.body = calendar(rule, moved)
    assert sorted(read(server)) == [(utc(2, 9), utc(2, 10)), (utc(3, 15), utc(3, 16))]


@pytest.mark.rule("R12")
@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_feed_that_is_gone_is_broken(server: Server, status: int) -> None:
    server.status = status
    with pytest.raises(AccessRevoked):
        read(server)


@pytest.mark.rule("R12")
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_is_no_answer(server: Server, status: int) -> None:
    server.status = status
    with pytest.raises(CalendarUnreachable):
        read(server)


@pytest.mark.rule("R12")
def test_a_login_page_is_no_calendar(server: Server) -> None:
    server.body = b"<html>Sign in</html>"
    with pytest.raises(CalendarUnreachable):
        read(server)


@pytest.mark.rule("R12")
def test_an_event_that_cannot_be_read_is_not_free(server: Server) -> None:
    server.body = calendar("UID:1\r\nDTSTART:20270202T090000Z\r\nDTEND:20270202T100000Z\r\nRRULE:FREQ=NEVER")
    with pytest.raises(CalendarUnreachable):
        read(server)


@pytest.mark.rule("R12")
def test_a_rule_that_never_ends_computing_is_no_answer(server: Server) -> None:
    server.body = calendar(
        "UID:1\r\nDTSTART:20200101T000000Z\r\nDTEND:20200101T000001Z\r\nRRULE:FREQ=SECONDLY"
    )
    with pytest.raises(CalendarUnreachable):
        read(server)


def test_a_packed_bomb_is_stopped(server: Server) -> None:
    server.body, server.headers = gzip.compress(b"\0" * 50_000_000), {"Content-Encoding": "gzip"}
    with pytest.raises(CalendarUnreachable):
        read(server)


def test_the_server_is_asked_whether_anything_changed(server: Server) -> None:
    server.status, server.body = 304, b""
    assert read(server, etag='"one"') == []
    assert server.asked[0]["If-None-Match"] == '"one"'


def test_the_account_s_line_gives_no_secret_away() -> None:
    account = Account("ics", {"url": "https://feeds.example/private-0123456789.ics"}, "Europe/Paris")
    assert IcsFeed().account_line(account) == "feeds.example ….ics"
