"""Names and public addresses that lead to servers on this machine, so that the guard is met as in real life."""

import socket
from typing import Any

import pytest

PUBLIC = "93.184.216.34"
HTTPS = 443


class Internet:
    """`names`: what a name resolves to, one list of addresses after the other, the last one ever after.

    `servers`: the port on this machine behind a public address. `asked`, `reached`: the names looked up and the
    addresses connected to so far. Nothing else can be connected to.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: dict[str, list[list[str]]] = {}
        self.servers: dict[str, int] = {}
        self.asked: list[str] = []
        self.reached: list[tuple[str, int]] = []
        connect = socket.socket.connect

        def lead(this: socket.socket, address: tuple[str, int]) -> None:
            self.reached.append(address[:2])
            if address[0] not in self.servers:
                raise ConnectionRefusedError
            connect(this, ("127.0.0.1", self.servers[address[0]]))

        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)
        monkeypatch.setattr(socket.socket, "connect", lead)

    def _look_up(self, host: str, port: int, *_: Any) -> list[Any]:
        self.asked.append(host)
        answers = self.names.get(host, [[host]])
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [_entry(address, port) for address in addresses]


def _entry(address: str, port: int) -> tuple[Any, ...]:
    if ":" in address:
        return socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0)
    return socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)
