"""Servers that take a connection and say nothing, and Google's answers in shapes that nobody expects: never free."""

import gzip
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from tests.peers.google import Google
from tests.peers.google_links import ANA, linked, with_google
from tests.peers.web import WebServer
from website.config import Config, put_in_force
from website.providers.calendars.base import CalendarProvider
from website.providers.calendars.caldav import CalDav
from website.providers.calendars.errors import CalendarUnreachable
from website.providers.calendars.google import GoogleCalendar
from website.providers.calendars.ics import IcsFeed
from website.providers.calendars.records import Account, Reading

START = datetime(2027, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SECONDS = 0.3
pytestmark = pytest.mark.rule("R12")


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes every connection, and leaves the TLS handshake unanswered."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = list[socket.socket]()

        def take() -> None:
            while True:
                try:
                    taken.append(listener.accept()[0])
                except OSError:
                    return

        Thread(target=take, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/"
        for connection in taken:
            connection.close()


def read(provider: CalendarProvider, account: Account, seconds: float) -> Reading:
    return provider.read_busy(account, START, START + DAY, seconds)


@pytest.mark.fault(12)
@pytest.mark.parametrize("kind", ["ics", "caldav"])
def test_a_handshake_that_never_ends_is_no_answer(config: Config, silent: str, kind: str) -> None:
    put_in_force(config)
    secret = {"url": silent, "username": "ana", "password": "secret"}
    provider = {"ics": IcsFeed, "caldav": CalDav}[kind]()
    with pytest.raises(CalendarUnreachable):
        read(provider, Account(kind, secret, "UTC", allow_private=True, calendars=(silent,)), SECONDS)


@pytest.mark.fault(12)
def test_a_handshake_with_google_that_never_ends_is_no_answer(
    config: Config, google: Google, silent: str
) -> None:
    put_in_force(replace(with_google(config, google), google_calendar_url=silent))
    with pytest.raises(CalendarUnreachable):
        read(GoogleCalendar(), linked(google), SECONDS)


@pytest.fixture
def odd(config: Config, google: Google) -> Iterator[WebServer]:
    """What answers in Google's place."""
    server = WebServer()
    server.headers["Content-Type"] = "application/json"
    put_in_force(replace(with_google(config, google), google_calendar_url=server.url))
    yield server
    server.stop()


BUSY = [{"start": "2027-02-01T09:00:00Z", "end": "2027-02-01T10:00:00Z"}]
SHAPES: dict[str, Any] = {
    "nothing": None,
    "a list": [],
    "a text": "free",
    "no calendars": {},
    "calendars as a list": {"calendars": [{"busy": BUSY}]},
    "busy as a text": {"calendars": {ANA: {"busy": "no"}}},
    "busy without an end": {"calendars": {ANA: {"busy": [{"start": BUSY[0]["start"]}]}}},
    "a time that is none": {"calendars": {ANA: {"busy": [{"start": "soon", "end": "later"}]}}},
}


def check_not_free(google: Google, server: WebServer) -> None:
    """Neither busy nor free: the calendar is not known."""
    with suppress(CalendarUnreachable):
        reading = read(GoogleCalendar(), linked(google), 5)
        assert (list(reading.busy), list(reading.unknown)) == ([], [ANA])
    assert server.asked


@pytest.mark.fault(11)
@pytest.mark.parametrize("shape", SHAPES)
def test_an_answer_of_another_shape_is_not_taken_for_free(google: Google, odd: WebServer, shape: str) -> None:
    odd.body = json.dumps(SHAPES[shape]).encode()
    check_not_free(google, odd)


@pytest.mark.fault(11)
def test_a_calendar_that_nobody_asked_about_is_passed_over(google: Google, odd: WebServer) -> None:
    odd.body = json.dumps({"calendars": {ANA: {"busy": BUSY}, "other": {"busy": BUSY}}}).encode()
    assert list(read(GoogleCalendar(), linked(google), 5).busy) == [ANA]


@pytest.mark.fault(11)
@pytest.mark.parametrize("packed", [False, True], ids=["whole", "packed"])
def test_an_answer_of_fifty_megabytes_is_not_taken_for_free(
    google: Google, odd: WebServer, packed: bool
) -> None:
    odd.body = b'{"calendars": {}, "x": "' + b"x" * 50 * 1024 * 1024 + b'"}'
    if packed:
        odd.body = gzip.compress(odd.body, 1)
        odd.headers["Content-Encoding"] = "gzip"
    check_not_free(google, odd)
