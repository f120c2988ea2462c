"""The guarded session: nobody's inner network can be reached through a typed address."""

import socket
from typing import Any

import pytest

from website.providers.http import Unreachable, fetch, is_public

INNER = [
    "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://2130706433/", "https://0x7f.1/",
    "https://localhost/", "https://169.254.169.254/", "https://100.64.0.1/", "https://0.0.0.0/", "https://10.0.0.5/",
    "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/",
]  # fmt: skip
REFUSED = [
    "http://example.com/", "ftp://example.com/", "https://user:secret@example.com/", "https://example.com:22/",
    "https:///x", "file:///etc/passwd", "https://[::1", "https://example.com:99999/",
]  # fmt: skip


def never_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: Any) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.mark.parametrize("url", [*INNER, *REFUSED])
def test_an_inner_or_strange_address_is_refused_before_any_connection(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_connect(monkeypatch)
    with pytest.raises(Unreachable, match="The address cannot be reached"):
        fetch(url, allow_private=False, headers={}, deadline_seconds=2)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address", ["::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1", "fe80::1"]
)
def test_wrapped_and_local_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)
