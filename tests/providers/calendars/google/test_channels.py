"""Push channels: opened, ended, and what arrives through them."""

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.peers.google import Google
from tests.peers.google.faults import KINDS
from tests.peers.google.refusals import REFUSALS
from tests.peers.google_links import ANA, OWNED, linked
from website import clock
from website.providers.calendars.errors import AccessRevoked, CalendarMissing, CalendarUnreachable
from website.providers.calendars.google import GoogleCalendar
from website.providers.calendars.records import Account, ChannelRequest, Notice

ADDRESS = "https://meet.acme.example/push/google"
CHANNEL = ChannelRequest("0b9f6a52-the-first", "a token that nobody guesses", ADDRESS)


@pytest.fixture
def received() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """An address, and the headers of what was posted there."""
    requests: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            requests.append(dict(self.headers))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", requests
    server.shutdown()
    server.server_close()


def test_a_channel_is_opened_for_a_week_and_ended(
    google: Google, calendar: GoogleCalendar, ana: Account
) -> None:
    watching = calendar.watch(ana, ANA, CHANNEL, 5)
    channel = google.channels[CHANNEL.name]
    assert (channel.address, channel.token) == (ADDRESS, CHANNEL.token)
    assert watching.resource == channel.resource_id
    assert abs(watching.expires_at - clock.now() - timedelta(days=7)) < timedelta(minutes=1)
    calendar.stop_watching(ana, CHANNEL.name, watching.resource, 5)
    assert google.channels == {}


def test_a_channel_that_is_ended_already_is_ended(
    google: Google, calendar: GoogleCalendar, ana: Account
) -> None:
    calendar.stop_watching(ana, CHANNEL.name, "no resource", 5)
    assert [call.status for call in google.calls_of("calendar.channels.stop")] == [404]


def test_a_calendar_that_is_gone_cannot_be_watched(calendar: GoogleCalendar, ana: Account) -> None:
    with pytest.raises(CalendarMissing):
        calendar.watch(ana, "gone@group.calendar.google.com", CHANNEL, 5)


def test_a_site_that_google_cannot_reach_does_without(
    google: Google, calendar: GoogleCalendar, ana: Account
) -> None:
    google.fail("webhookNotHttps")
    with pytest.raises(CalendarUnreachable, match="cannot tell"):
        calendar.watch(ana, ANA, CHANNEL, 5)


def test_an_address_that_google_does_not_trust_is_no_reason_to_renew_the_access(
    google: Google, calendar: GoogleCalendar, ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = (401, "push.webhookUrlUnauthorized", "global", "Unauthorized WebHook callback channel")
    monkeypatch.setitem(REFUSALS, "notTrusted", refused)
    monkeypatch.setitem(KINDS, "notTrusted", KINDS["webhookNotHttps"])
    google.fail("notTrusted")
    with pytest.raises(CalendarUnreachable, match="cannot tell"):
        calendar.watch(ana, ANA, CHANNEL, 5)
    assert google.token_forms == []


def test_watching_needs_the_right_to_read(google: Google, calendar: GoogleCalendar) -> None:
    with pytest.raises(AccessRevoked):
        calendar.watch(linked(google, scopes=(OWNED,)), ANA, CHANNEL, 5)


def test_notices_are_understood_as_google_sends_them(
    google: Google, calendar: GoogleCalendar, ana: Account, received: tuple[str, list[dict[str, str]]]
) -> None:
    google.http_webhooks = True
    address, requests = received
    calendar.watch(ana, ANA, ChannelRequest(CHANNEL.name, CHANNEL.token, address), 5)
    assert google.notify(CHANNEL.name) == [200, 200]
    assert [calendar.notice(headers) for headers in requests] == [
        Notice(CHANNEL.name, CHANNEL.token, first=True),
        Notice(CHANNEL.name, CHANNEL.token),
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Goog-Channel-ID": "a"},
        {"X-Goog-Resource-State": "exists"},
        {"X-Goog-Channel-ID": "", "X-Goog-Resource-State": "exists"},
    ],
)
def test_any_other_request_is_no_notice(calendar: GoogleCalendar, headers: dict[str, str]) -> None:
    assert calendar.notice(headers) is None


def test_names_of_headers_have_no_case(calendar: GoogleCalendar) -> None:
    headers = {"x-goog-channel-id": "a", "X-GOOG-RESOURCE-STATE": "not_exists"}
    assert calendar.notice(headers) == Notice("a", "")
