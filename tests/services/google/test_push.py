"""Google tells the site that a calendar changed; a hint that is lost, doubled or forged changes nothing (R12, R38)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.serving import make_server

from tests.peers.dav import free_port
from tests.peers.google import Google
from tests.services.google.linking import NINE, account_of, link_of, make_rep, starts
from website import clock
from website.config import Config
from website.extensions import db
from website.models import CalendarAccount, PushChannel
from website.services import push
from website.services.calendar import refresh_due
from website.services.push import reachable, watch_due

ANA = "ana@acme.example"
MINUTE, HALF_HOUR = timedelta(minutes=1), timedelta(minutes=30)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def config(config: Config, port: int) -> Config:
    return replace(config, base_url=f"http://127.0.0.1:{port}")


@pytest.fixture
def site(world: Flask, google: Google, port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A site that Google can reach: the stand-in takes an address without https here."""
    google.http_webhooks = True
    monkeypatch.setattr(push, "reachable", lambda _: True)
    server = make_server("127.0.0.1", port, world, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()


@pytest.mark.parametrize(
    ("base_url", "answer"),
    [
        ("https://meet.acme.example", True),
        ("https://8.8.8.8", True),
        ("http://meet.acme.example", False),
        ("https://localhost", False),
        ("https://meet.local", False),
        ("https://meet", False),
        ("https://10.0.0.5", False),
        ("https://[::1]:8000", False),
    ],
)
def test_only_a_public_site_can_be_told(base_url: str, answer: bool) -> None:
    assert reachable(base_url) is answer


def test_a_site_that_cannot_be_reached_asks_for_no_notices(world: Flask, google: Google) -> None:
    make_rep(google)
    assert watch_due(clock.now()) == 0
    assert google.calls_of("calendar.events.watch") == []


@pytest.mark.fault(27)
@pytest.mark.rule("R12")
def test_a_notice_brings_the_next_reading_forward(world: Flask, google: Google, site: str) -> None:
    ana, now = make_rep(google), clock.now()
    refresh_due(now)
    assert watch_due(now) == 1
    assert watch_due(now) == 0
    (channel,) = google.channels
    assert refresh_due(now + MINUTE / 2) == 0
    statuses = google.notify(channel)
    assert statuses == [204, 204]
    account = account_of(ana)
    assert account.next_check_at is not None
    assert account.next_check_at <= clock.now()
    assert refresh_due(clock.now()) == 1
    assert google.notify(channel) == [204]


@pytest.mark.fault(27)
@pytest.mark.rule("R12")
def test_the_first_notice_says_only_that_the_channel_is_open(
    world: Flask, google: Google, site: str, client: FlaskClient
) -> None:
    ana, now = make_rep(google), clock.now()
    refresh_due(now)
    watch_due(now)
    due = account_of(ana).next_check_at
    headers = headers_of(db.session.scalars(select(PushChannel)).one())
    answer = client.post("/calendars/google/notices", headers=headers | {"X-Goog-Resource-State": "sync"})
    assert (answer.status_code, account_of(ana).next_check_at) == (204, due)


@pytest.mark.fault(27)
@pytest.mark.parametrize(
    "change",
    [
        {"X-Goog-Channel-Token": "guessed"},
        {"X-Goog-Channel-ID": "unknown"},
        {"X-Goog-Channel-Token": ""},
        {"X-Goog-Channel-ID": ""},
    ],
)
def test_a_forged_notice_changes_nothing(
    world: Flask, google: Google, site: str, client: FlaskClient, change: dict[str, str]
) -> None:
    ana, now = make_rep(google), clock.now()
    refresh_due(now)
    watch_due(now)
    due = account_of(ana).next_check_at
    headers = headers_of(db.session.scalars(select(PushChannel)).one())
    answer = client.post("/calendars/google/notices", headers=headers | change)
    assert (answer.status_code, account_of(ana).next_check_at) == (404, due)
    assert client.post("/calendars/none/notices", headers=headers).status_code == 404
    assert client.post("/calendars/ics/notices", headers=headers).status_code == 404


def headers_of(channel: PushChannel) -> dict[str, str]:
    return {
        "X-Goog-Channel-ID": channel.name,
        "X-Goog-Channel-Token": channel.token,
        "X-Goog-Resource-ID": channel.resource,
        "X-Goog-Resource-State": "exists",
        "X-Goog-Message-Number": "2",
    }


@pytest.mark.fault(27)
def test_a_channel_that_ends_is_replaced_before_it_does(world: Flask, google: Google, site: str) -> None:
    make_rep(google)
    now = clock.now()
    watch_due(now)
    (first,) = db.session.scalars(select(PushChannel.name))
    ends = db.session.scalars(select(PushChannel.expires_at)).one()
    assert watch_due(ends - timedelta(days=2)) == 0
    assert watch_due(ends - timedelta(hours=23)) == 1
    (second,) = db.session.scalars(select(PushChannel.name))
    assert second != first
    assert list(google.channels) == [second]


def test_a_provider_that_refuses_is_not_asked_again_at_once(world: Flask, google: Google, site: str) -> None:
    make_rep(google)
    google.fail("backendError", times=None, method="calendar.events.watch")
    now = clock.now()
    assert watch_due(now) == 1
    assert watch_due(now + timedelta(hours=1)) == 0
    google.heal()
    assert watch_due(now + timedelta(hours=7)) == 1


@pytest.mark.fault(27)
@pytest.mark.rule("R12")
def test_without_any_notice_polling_is_enough(world: Flask, google: Google) -> None:
    ana, now = make_rep(google), clock.now()
    link = link_of(ana)
    google.add_event(ANA, NINE, NINE + HALF_HOUR)
    for account in db.session.scalars(select(CalendarAccount)):
        account.next_check_at = now
    db.session.commit()
    for minute in range(11):
        refresh_due(now + minute * MINUTE)
    assert NINE not in starts(link)
