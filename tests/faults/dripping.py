"""Visitors whose requests come byte by byte, and never in whole unless they are told to."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HEADERS = b"GET /book/ana HTTP/1.1\r\nHost: localhost\r\nX-Drip: "
LONG = 100_000


class Dripping:
    """One visitor at a port of this machine, from an address of their own where `source` names one; over TLS where
    `trusted` is the authority. `start` is sent at once, then a byte of `rest` at each drip."""

    def __init__(
        self,
        port: int,
        start: bytes,
        rest: bytes = b"x" * LONG,
        *,
        source: str = "",
        trusted: Path | None = None,
    ) -> None:
        self._rest, self._gone = rest, False
        here = (source, 0) if source else None
        self._socket: socket.socket = socket.create_connection(("127.0.0.1", port), 60, here)
        if trusted:
            context = ssl.create_default_context(cafile=str(trusted))
            self._socket = context.wrap_socket(self._socket, server_hostname="localhost")
        self._socket.sendall(start)

    def drip(self) -> None:
        """Sends one byte more, if anybody still listens."""
        try:
            self._socket.sendall(self._rest[:1])
        except OSError:
            self._gone = True
        self._rest = self._rest[1:]

    @property
    def held(self) -> bool:
        """Whether the other side has neither answered nor hung up."""
        if not self._gone:
            self._socket.settimeout(0)
            try:
                self._socket.recv(1)
                self._gone = True
            except (BlockingIOError, ssl.SSLWantReadError):
                pass
            except OSError:
                self._gone = True
            finally:
                self._socket.settimeout(60)
        return not self._gone

    def finish(self) -> bytes:
        """Sends what is left, and returns the answer."""
        self._socket.sendall(self._rest)
        return b"".join(iter(lambda: self._socket.recv(4096), b""))

    def close(self) -> None:
        self._socket.close()


def body_of(length: int) -> bytes:
    """The beginning of a post whose body, of that length, is to come."""
    lines = (
        "POST /api/v1/links/ana/bookings HTTP/1.1", "Host: localhost", "Content-Type: application/json",
        f"Content-Length: {length}", "Connection: close", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


@contextmanager
def crowd(port: int, many: int, trusted: Path) -> Iterator[tuple[list[Dripping], list[Dripping]]]:
    """So many who drip headers, and so many who drip bodies, each from an address of their own."""
    here = [f"127.0.1.{number + 1}" for number in range(many)]
    headers, bodies = list[Dripping](), list[Dripping]()
    try:
        for address in here:
            headers.append(Dripping(port, HEADERS, source=address, trusted=trusted))
            bodies.append(Dripping(port, body_of(LONG), source=address, trusted=trusted))
        yield headers, bodies
    finally:
        for one in [*headers, *bodies]:
            one.close()
