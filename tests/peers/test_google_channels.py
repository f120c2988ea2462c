"""Channels of the stand-in for Google: opened, told of changes, closed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.peers.google import Google
from tests.peers.google_clients import ADA, EVENTS, Caller, reason

NOW = datetime(2027, 2, 1, 8, tzinfo=UTC)
CHANNEL = {
    "id": "01234567-89ab",
    "type": "web_hook",
    "address": "https://site.example/notice",
    "token": "secret",
}
Heard = list[dict[str, Any]]


@pytest.fixture
def call(google: Google) -> Caller:
    google.clock = lambda: NOW
    google.add_account(ADA)
    return Caller(google)


@pytest.fixture
def hook() -> Iterator[tuple[str, Heard]]:
    """An address, and the headers of what it was told."""
    heard: Heard = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(dict(self.headers))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_values: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/notice", heard
    server.shutdown()
    server.server_close()


def test_a_channel_lives_a_week_or_as_long_as_is_asked(call: Caller) -> None:
    made = call("POST", EVENTS + "/watch", CHANNEL).json()
    assert (made["id"], made["token"]) == (CHANNEL["id"], "secret")
    assert made["expiration"] == str(int((NOW + timedelta(days=7)).timestamp() * 1000))
    short = call("POST", EVENTS + "/watch", {**CHANNEL, "id": "short", "params": {"ttl": "60"}}).json()
    assert short["expiration"] == str(int((NOW + timedelta(seconds=60)).timestamp() * 1000))
    assert short["resourceId"] == made["resourceId"]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"address": "http://site.example/notice"}, "push.webhookUrlNotHttps"),
        ({"id": "white space"}, "invalid"),
        ({"id": "a" * 65}, "invalid"),
        ({"type": "mail"}, "invalid"),
        ({"params": {"ttl": "a week"}}, "invalid"),
        ({"id": "taken"}, "channelIdNotUnique"),
    ],
)
def test_a_wrong_channel_is_refused(
    google: Google, call: Caller, other: dict[str, Any], expected: str
) -> None:
    call("POST", EVENTS + "/watch", {**CHANNEL, "id": "taken"})
    assert reason(call("POST", EVENTS + "/watch", {**CHANNEL, **other})) == (400, expected)
    assert len(google.complaints) == 1
    google.complaints.clear()


def test_an_address_is_told_that_something_changed_but_not_what(
    google: Google, call: Caller, hook: tuple[str, Heard]
) -> None:
    address, heard = hook
    google.http_webhooks = True
    made = call("POST", EVENTS + "/watch", {**CHANNEL, "address": address}).json()
    assert google.notify(made["id"]) == [204, 204]
    assert google.notify(made["id"], "not_exists") == [204]
    told = [(notice["X-Goog-Message-Number"], notice["X-Goog-Resource-State"]) for notice in heard]
    assert told == [("1", "sync"), ("2", "exists"), ("3", "not_exists")]
    assert {notice["X-Goog-Channel-Token"] for notice in heard} == {"secret"}
    assert {notice["X-Goog-Resource-ID"] for notice in heard} == {made["resourceId"]}
    assert heard[0]["X-Goog-Channel-Expiration"] == "Mon, 08 Feb 2027 08:00:00 GMT"
    assert heard[0]["Content-Length"] == "0"


def test_a_channel_is_closed_by_both_of_its_ids(google: Google, call: Caller) -> None:
    made = call("POST", EVENTS + "/watch", CHANNEL).json()
    assert reason(call("POST", "/channels/stop", {"id": made["id"], "resourceId": "other"})) == (
        404,
        "notFound",
    )
    both = {"id": made["id"], "resourceId": made["resourceId"]}
    assert call("POST", "/channels/stop", both).status_code == 204
    assert reason(call("POST", "/channels/stop", both)) == (404, "notFound")
    assert google.channels == {}


def test_a_channel_that_expired_is_told_nothing(google: Google, call: Caller) -> None:
    call("POST", EVENTS + "/watch", CHANNEL)
    google.clock = lambda: NOW + timedelta(days=7)
    with pytest.raises(AssertionError, match="expired"):
        google.notify(CHANNEL["id"])
