"""Several processes count together in Redis; without it, each counts for itself, and nobody is turned away."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.factories import NOW
from tests.faults.visitors import form, open_link, slot
from tests.peers.redis_server import RedisServer
from website import clock, create_app
from website.config import Config
from website.extensions import limiter
from website.models import Link

pytestmark = pytest.mark.fault(28)
AN_HOUR, A_MINUTE = 120, 120


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
