"""Connections for addresses that a user typed: they reach nobody's inner network, and they end in time.

The address that is checked is the very one that is connected to, so a name that resolves differently the
second time gains nothing.
"""

import ipaddress
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

MAX_BYTES = 10 * 1024 * 1024
PORTS = (443, 8443)
MAX_CONNECT_SECONDS = 10.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(OSError):
    """An address that must not be reached, or not any more."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public Internet, also when it is wrapped in another one."""
    ip = ipaddress.ip_address(address.split("%")[0])
    inner: ipaddress.IPv4Address | None = None
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    found = inner or ip
    return found.is_global and not found.is_multicast


class Guard:
    """What one session may reach, and until when. `allow_private`: inner networks, plain http and any port too."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._end = math.inf
        self._open: list[socket.socket] = []

    def check(self, url: str) -> None:
        """Raises Refused, and ValueError on what is no URL."""
        address = urlsplit(url)
        schemes = ("https", "http") if self._allow_private else ("https",)
        port_known = self._allow_private or address.port is None or address.port in PORTS
        if address.scheme not in schemes or not port_known or address.username or address.password:
            raise Refused

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to the first of the name's addresses that answers, if all of them are allowed."""
        found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
        if not self._allow_private and not all(is_public(str(entry[4][0])) for entry in found):
            raise Refused
        last: OSError = Refused()
        for family, kind, protocol, _name, address in found:
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(min(MAX_CONNECT_SECONDS, self._left()))
                connection.connect(address)
                return connection
            except OSError as error:
                connection.close()
                last = error
        raise last

    def watch(self, connection: socket.socket) -> None:
        """Cuts this connection off at the end. Raises Refused when that is over already."""
        self._open.append(connection)
        self._left()

    @contextmanager
    def ends_after(self, seconds: float) -> Iterator[None]:
        """Cuts every connection off when the time is up, whatever it is doing. Raises Refused if that happened.

        A time-out alone does not do: it starts anew with every byte that comes.
        """
        self._end = time.monotonic() + seconds
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
            self._left()
        finally:
            timer.cancel()

    def _left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise Refused
        return left

    def _cut(self) -> None:
        for connection in list(self._open):
            with suppress(OSError):  # closed already
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


class GuardedAdapter(HTTPAdapter):
    """Sends requests over guarded connections, and through no proxy."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        super().__init__(max_retries=0)

    def init_poolmanager(self, *values: Any, **named: Any) -> None:
        super().init_poolmanager(*values, **named)
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(_HttpPool, guard=self._guard),
            "https": partial(_HttpsPool, guard=self._guard),
        }

    def proxy_manager_for(self, *_values: Any, **_named: Any) -> Any:
        raise Refused

    def send(self, request: PreparedRequest, *values: Any, **named: Any) -> Response:
        self._guard.check(str(request.url))
        response = super().send(request, *values, **named)
        response.iter_content = partial(_bounded, response.iter_content)  # type: ignore[method-assign]
        return response


def _bounded(chunks: Callable[..., Iterator[bytes]], *values: Any, **named: Any) -> Iterator[bytes]:
    """A body as far as it is no bomb: its size is counted after decoding. Every way to read it leads here."""
    size = 0
    for chunk in chunks(*values, **named):
        size += len(chunk)
        if size > MAX_BYTES:
            raise Refused
        yield chunk


class _Guarded:
    """The guard comes from the pool, which hands on what it does not know itself."""

    host: str
    port: int
    sock: socket.socket

    def __init__(self, *values: Any, guard: Guard, **named: Any) -> None:
        super().__init__(*values, **named)
        self._guard = guard

    def _new_conn(self) -> socket.socket:
        return self._guard.connect(self.host, self.port)

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self._guard.watch(self.sock)


class _GuardedHttp(_Guarded, HTTPConnection):
    pass


class _GuardedHttps(_Guarded, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHttps
