"""Servers that answer as told, and an Internet that leads to them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.peers.certificates import Authority
from tests.peers.internet import PUBLIC, Internet
from tests.peers.web import WebServer


@pytest.fixture
def server() -> Iterator[WebServer]:
    """A server on a private address, without TLS."""
    running = WebServer()
    yield running
    running.stop()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that is trusted, instead of the real ones."""
    made = Authority(tmp_path)
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(made.file))
    return made


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Internet:
    return Internet(monkeypatch)


@pytest.fixture
def public(authority: Authority, internet: Internet) -> Iterator[WebServer]:
    """feeds.example, at a public address, with a certificate that is trusted."""
    running = WebServer(authority.certificate("feeds.example"))
    internet.names["feeds.example"] = [[PUBLIC]]
    internet.servers[PUBLIC] = running.port
    yield running
    running.stop()
