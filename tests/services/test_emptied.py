"""Feeds from the server to the slots: what is kept between readings, and a feed that is suddenly empty (R12)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from tests.factories import NOW, make_feed, make_link, make_user
from tests.ical.feeds import calendar, event
from tests.peers.web import WebServer
from tests.services.test_booking import NINE, starts
from website.extensions import db
from website.models import CalendarAccount, Link
from website.services.calendar import refresh, refresh_due
from website.services.emptied import WARNING

MINUTE = timedelta(minutes=1)
BUSY_AT_NINE = f"DTSTART:{NINE:%Y%m%dT%H%M%SZ}\nDURATION:PT30M"


@pytest.fixture
def server() -> Iterator[WebServer]:
    running = WebServer()
    running.body, running.headers = calendar(event(BUSY_AT_NINE)), {"ETag": '"full"'}
    yield running
    running.stop()


@pytest.fixture
def feed(world: Flask, server: WebServer) -> CalendarAccount:
    """Ana's, read once."""
    account = make_feed(make_user("Ana", calendar=False), url=server.url)
    db.session.commit()
    refresh([account.id], NOW)
    return account


@pytest.fixture
def link(feed: CalendarAccount) -> Link:
    made = make_link(hosts=[feed.user])
    db.session.commit()
    assert NINE not in starts(made)
    return made


def read_again(feed: CalendarAccount, minutes: int) -> None:
    refresh([feed.id], NOW + minutes * MINUTE)


def empty(server: WebServer) -> None:
    server.body, server.headers = calendar(), {"ETag": '"empty"'}


@pytest.mark.rule("R12")
def test_a_feed_that_is_suddenly_empty_counts_as_before_with_a_warning(
    server: WebServer, feed: CalendarAccount, link: Link
) -> None:
    empty(server)
    for minutes in (15, 30, 74):
        read_again(feed, minutes)
        assert NINE not in starts(link)
        assert feed.warnings == WARNING


@pytest.mark.rule("R12")
def test_a_feed_that_stays_empty_for_an_hour_is_believed(
    server: WebServer, feed: CalendarAccount, link: Link
) -> None:
    empty(server)
    read_again(feed, 15)
    read_again(feed, 75)
    assert NINE in starts(link)
    assert (feed.warnings, feed.etag) == ("", '"empty"')


@pytest.mark.rule("R12")
def test_a_feed_that_is_full_again_is_believed_at_once(
    server: WebServer, feed: CalendarAccount, link: Link
) -> None:
    full = server.body
    empty(server)
    read_again(feed, 15)
    server.body = full.replace(b"PT30M", b"PT60M")
    read_again(feed, 30)
    assert NINE + 30 * MINUTE not in starts(link)
    assert feed.warnings == ""
    empty(server)
    read_again(feed, 75)
    assert NINE not in starts(link)


@pytest.mark.rule("R12")
def test_a_feed_that_is_as_it_was_again_is_asked_for_by_its_old_version(
    server: WebServer, feed: CalendarAccount, link: Link
) -> None:
    empty(server)
    read_again(feed, 15)
    server.status, server.body = 304, b""
    read_again(feed, 30)
    assert server.asked[-1][2]["If-None-Match"] == '"full"'
    assert NINE not in starts(link)
    assert feed.warnings == ""


def test_a_feed_whose_last_event_was_moved_away_is_not_empty(
    server: WebServer, feed: CalendarAccount, link: Link
) -> None:
    server.body = calendar(event("DTSTART:20200101T090000Z\nDURATION:PT30M"))
    read_again(feed, 15)
    assert NINE in starts(link)


def test_a_feed_that_never_had_events_is_believed(world: Flask, server: WebServer) -> None:
    empty(server)
    account = make_feed(make_user("Ben", calendar=False), url=server.url)
    made = make_link(hosts=[account.user])
    db.session.commit()
    refresh([account.id], NOW)
    assert NINE in starts(made)
    assert account.warnings == ""


def test_what_did_not_change_stays_known(server: WebServer, feed: CalendarAccount, link: Link) -> None:
    server.status, server.body = 304, b""
    read_again(feed, 15)
    assert server.asked[-1][2]["If-None-Match"] == '"full"'
    assert NINE not in starts(link)
    assert feed.checked_at == NOW + 15 * MINUTE


@pytest.mark.parametrize("minutes", [5, 60])
def test_a_feed_is_read_as_often_as_it_wants_also_while_it_does_not_change(
    server: WebServer, feed: CalendarAccount, minutes: int
) -> None:
    server.body = calendar(event(BUSY_AT_NINE), headers=f"REFRESH-INTERVAL;VALUE=DURATION:PT{minutes}M")
    read_again(feed, 15)
    server.status, server.body = 304, b""
    read_again(feed, 30)
    assert feed.next_check_at is not None
    pause = feed.next_check_at - (NOW + 30 * MINUTE)
    assert 0.75 * minutes * MINUTE <= pause <= 1.25 * minutes * MINUTE


def test_a_server_that_wants_to_be_left_alone_is(server: WebServer, feed: CalendarAccount) -> None:
    server.status, server.headers = 429, {"Retry-After": "7200"}
    read_again(feed, 15)
    asked = len(server.asked)
    assert refresh_due(NOW + 134 * MINUTE) == 0
    assert refresh_due(NOW + 136 * MINUTE) == 1
    assert len(server.asked) == asked + 1
