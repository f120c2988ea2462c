"""Several processes count together in Redis; without it, each counts for itself, and nobody is turned away."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import NOW
from tests.faults.visitors import form, open_link, slot
from tests.peers.redis_server import RedisServer
from website import clock, create_app
from website.config import Config
from website.extensions import db, limiter
from website.models import Link
from website.tokens import signer

pytestmark = pytest.mark.fault(28)
AN_HOUR, A_MINUTE = 120, 120
DAYS = "from=2027-02-02&to=2027-02-02"


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.stop()


@pytest.fixture
def link(world: Flask, monkeypatch: pytest.MonkeyPatch) -> Link:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return open_link()


def process(config: Config, redis: RedisServer) -> Flask:
    """The site as another process has it: with what it remembers by itself forgotten."""
    limiter.enabled = True
    return create_app(replace(config, ratelimit_storage_url=redis.url))


def look_up(site: Flask) -> int:
    return site.test_client().post("/book/demo/who", data={"email": "v@prospect.example"}).status_code


def book(site: Flask, link_id: int, number: int) -> int:
    sent = form(link_id, slot(number), f"v{number}@prospect.example")
    return site.test_client().post("/book/demo", data=sent).status_code


# Where an address can be typed to see whose times come back.
PLACES: tuple[Callable[[FlaskClient, str, int], TestResponse], ...] = (
    lambda client, email, _: client.post("/book/demo/who", data={"email": email}),
    lambda client, email, _: client.get(f"/book/demo?who={signer.who(email, NOW)}"),
    lambda client, email, _: client.get(f"/book/demo/slots?who={signer.who(email, NOW)}"),
    lambda client, email, _: client.get(f"/book/demo/write?who={signer.who(email, NOW)}"),
    lambda client, email, link: client.post("/book/demo", data=form(link, slot(-60), email)),
    lambda client, email, link: client.post("/book/demo", data=form(link, slot(0), email) | {"name": ""}),
    lambda client, email, _: client.get(f"/api/v1/links/demo/slots?{DAYS}&email={email}"),
    lambda client, email, _: client.post(
        "/api/v1/links/demo/bookings", json={"start": "2027-01-01T09:00:00Z", "name": "Dana", "email": email}
    ),
)


@pytest.mark.rule("R22")
def test_a_prober_is_stopped_at_every_place_together(link: Link, config: Config, redis: RedisServer) -> None:
    link.owner_first = True
    db.session.commit()
    made, sites = link.id, (process(config, redis), process(config, redis))
    statuses = []
    for number in range(A_MINUTE):
        client = sites[number % 2].test_client()
        statuses.append(PLACES[number % len(PLACES)](client, f"{number}@prospect.example", made).status_code)
    assert Counter(statuses) == {200: 60, 303: 15, 409: 30, 422: 15}
    for site in sites:
        last = [place(site.test_client(), "last@prospect.example", made).status_code for place in PLACES]
        assert last == [429] * len(PLACES)


def test_what_one_process_counted_the_next_one_knows(link: Link, config: Config, redis: RedisServer) -> None:
    first, made = process(config, redis), link.id
    assert Counter(look_up(first) for _ in range(A_MINUTE)) == {303: A_MINUTE}
    assert Counter(book(first, made, number) for number in range(AN_HOUR)) == {303: AN_HOUR}
    second = process(config, redis)
    assert (look_up(second), book(second, made, AN_HOUR)) == (429, 429)


def test_a_redis_that_goes_away_keeps_nobody_out(link: Link, config: Config, redis: RedisServer) -> None:
    site, made = process(config, redis), link.id
    assert (look_up(site), book(site, made, 0)) == (303, 303)
    redis.stop()
    assert (look_up(site), book(site, made, 1)) == (303, 303)
    assert Counter(look_up(site) for _ in range(A_MINUTE))[429] == 1


def test_a_redis_that_is_not_there_at_the_start_keeps_nobody_out(
    link: Link, config: Config, redis: RedisServer
) -> None:
    redis.stop()
    site = process(config, redis)
    assert (look_up(site), book(site, link.id, 0)) == (303, 303)
