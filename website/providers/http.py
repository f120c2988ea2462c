"""The one HTTP session for addresses that a user typed: it reaches nobody's inner network.

The address that is checked is the very one that is connected to, so a name that resolves differently the
second time gains nothing. Every refusal reads the same: the answer tells nothing about what is behind it.
"""

import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

MAX_BYTES = 10 * 1024 * 1024
MAX_REDIRECTS = 3
PORTS = (443, 8443)
CHUNK = 64 * 1024
AGENT = "Firsthand calendar reader"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Unreachable(Exception):
    """No usable answer. The text is safe to show."""

    def __init__(self) -> None:
        super().__init__("The address cannot be reached.")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: status, headers by their name in lower case, decoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def fetch(
    url: str,
    *,
    allow_private: bool,
    headers: Mapping[str, str],
    deadline_seconds: float,
    max_bytes: int = MAX_BYTES,
) -> Answer:
    """GETs an address, and what it redirects to, within the deadline. Raises Unreachable for everything else.

    `allow_private` lets inner networks, plain http and any port be reached.
    """
    end = time.monotonic() + deadline_seconds
    with _session(allow_private) as session:
        for _hop in range(MAX_REDIRECTS + 1):
            _check(url, allow_private)
            answer, location = _get(session, url, headers, end, max_bytes)
            if location is None:
                return answer
            url = urljoin(url, location)
    raise Unreachable


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


def _check(url: str, allow_private: bool) -> None:
    try:
        address = urlsplit(url)
        port = address.port
    except ValueError:
        raise Unreachable from None
    schemes = ("https", "http") if allow_private else ("https",)
    known = (
        address.scheme in schemes and bool(address.hostname) and not address.username and not address.password
    )
    if not known or not (allow_private or port is None or port in PORTS):
        raise Unreachable


def _get(
    session: requests.Session, url: str, headers: Mapping[str, str], end: float, max_bytes: int
) -> tuple[Answer, str | None]:
    left = _left(end)
    try:
        with session.get(
            url, headers={"User-Agent": AGENT, **headers}, timeout=left, stream=True, allow_redirects=False
        ) as reply:
            location = reply.headers.get("Location") if reply.is_redirect else None
            body = b"" if location else _body(reply, end, max_bytes)
            lowered = {name.lower(): value for name, value in reply.headers.items()}
            return Answer(reply.status_code, lowered, body), location
    except (requests.RequestException, OSError, ValueError):
        raise Unreachable from None


def _body(reply: requests.Response, end: float, max_bytes: int) -> bytes:
    """The decoded body; its size is counted after decoding, its time as it comes."""
    body = bytearray()
    for chunk in reply.iter_content(CHUNK):
        body += chunk
        if len(body) > max_bytes:
            raise Unreachable
        _left(end)
    return bytes(body)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise Unreachable
    return left


def _session(allow_private: bool) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    if not allow_private:
        session.mount("https://", _GuardedAdapter(max_retries=0))
        session.mount("http://", _GuardedAdapter(max_retries=0))
    return session


class _Guarded:
    """Connects to the first of a name's addresses if all of them are public, and to nothing else."""

    host: str
    port: int
    timeout: Any

    def _new_conn(self) -> socket.socket:
        found = socket.getaddrinfo(self.host, self.port, 0, socket.SOCK_STREAM)
        if not found or not all(is_public(str(entry[4][0])) for entry in found):
            raise OSError("refused")
        last = OSError("no address")
        for family, kind, protocol, _name, address in found:
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(self.timeout if isinstance(self.timeout, int | float) else 10)
                connection.connect(address)
                return connection
            except OSError as error:
                connection.close()
                last = error
        raise last


class _GuardedHttp(_Guarded, HTTPConnection):
    pass


class _GuardedHttps(_Guarded, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHttps


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *values: Any, **named: Any) -> None:
        super().init_poolmanager(*values, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
