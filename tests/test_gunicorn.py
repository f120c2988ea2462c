"""What gunicorn itself turns away, with the settings that we ship: no request without end reaches the site."""

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.chaos.world import environment_of
from tests.peers.dav import free_port
from tests.peers.gunicorn import serving
from website.config import Config

pytestmark = pytest.mark.fault(28)


@pytest.fixture
def site(world: Flask, config: Config) -> Iterator[str]:
    with serving(free_port(), environment_of(config) | {"WEB_CONCURRENCY": "1"}) as url:
        yield url


def ask(url: str, path: str, headers: dict[str, str]) -> int:
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        line.request("GET", path, headers=headers)
        return line.getresponse().status
    finally:
        line.close()


def test_lines_and_headers_without_end_are_a_clear_4xx(site: str) -> None:
    assert ask(site, "/healthz", {}) == 200
    assert ask(site, "/healthz?x=" + "x" * 7000, {}) == 200
    assert ask(site, "/healthz?x=" + "x" * 9000, {}) == 414
    assert ask(site, "/healthz", {"X-Long": "x" * 9000}) == 431
    assert ask(site, "/healthz", {f"X-{number}": "x" for number in range(100)}) == 431
    assert ask(site, "/healthz", {}) == 200
