"""A CalDAV server as one account may use it: each question is guarded, and each failure is one of ours."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from caldav.davclient import DAVClient
from caldav.lib.error import AuthorizationError, RateLimitError
from requests.auth import HTTPBasicAuth

from website.providers.http import AGENT, guarded_session
from website.sentences import gettext_noop

from ..errors import AccessRevoked, CalendarUnreachable
from ..records import Account
from .courier import Courier, Elsewhere

# caldav quotes what servers say, and with that what is in people's calendars; one of its parts goes by its own level.
for name in ("caldav", "caldav.response"):
    logging.getLogger(name).setLevel(logging.CRITICAL)

SILENT = gettext_noop("The calendar server cannot be reached.")
TROUBLED = gettext_noop("The calendar server does not answer just now.")
ELSEWHERE = gettext_noop(
    "The calendar server sends us on to another host: link it by that host's own address."
)
REFUSED = gettext_noop("The calendar server refused the user name or the password: link the account again.")
LONGEST_WAIT_SECONDS = 86_400
NOT_IMPLEMENTED = 501
"""What a server that is not about calendars says; another address on its host may be."""


class BadAnswer(CalendarUnreachable):
    """The server answered, but not as a CalDAV server does; others of its calendars may be readable."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`url` is where it came from in the end, `tree` its XML (an lxml element) if it is any, `text` what a GET got."""

    status: int
    url: str
    etag: str = ""
    tree: Any = None
    text: str = ""

    @property
    def good(self) -> bool:
        """Whether the server did what it was asked for."""
        return 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether there is nothing (any more) at the address."""
        return self.status in (404, 410)


class DavServer:
    """Answers to requests, whatever their status, apart from those that say that the account as a whole is in trouble:
    each method raises AccessRevoked and CalendarUnreachable. May be used from several threads."""

    def __init__(self, url: str, client: DAVClient, courier: Courier, end: float) -> None:
        self.url = url
        self.trusts = courier.trusts
        self._client = client
        self._courier = courier
        self._end = end

    def left(self) -> float:
        """Seconds until the deadline. Raises CalendarUnreachable when it is over."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise CalendarUnreachable(SILENT)
        return left

    def propfind(self, url: str, body: str, depth: int = 0) -> Answer:
        """The properties of a resource, and at depth 1 of those in it (RFC 4918 §9.1)."""
        return self._ask("PROPFIND", url, body, {"Depth": str(depth)})

    def report(self, url: str, body: str) -> Answer:
        """What a query finds in a collection (RFC 4791 §7)."""
        return self._ask("REPORT", url, body, {"Depth": "1"})

    def get(self, url: str) -> Answer:
        """An event. Not compressed: some servers name a version differently then, and later do not know it."""
        return self._ask("GET", url, "", {"Accept": "text/calendar", "Accept-Encoding": "identity"})

    def put(self, url: str, event: bytes, condition: Mapping[str, str]) -> Answer:
        """Stores an event under a condition, such as If-Match."""
        headers = {"Content-Type": "text/calendar; charset=utf-8", **condition}
        return self._ask("PUT", url, event.decode(), headers)

    def delete(self, url: str) -> Answer:
        """Deletes whatever stands at the address."""
        return self._ask("DELETE", url, "", {})

    def _ask(self, method: str, url: str, body: str, headers: Mapping[str, str]) -> Answer:
        try:
            reply = self._client.request(url, method, body, headers)
            text = reply.raw if method == "GET" else ""
        except RateLimitError as error:
            raise CalendarUnreachable(TROUBLED, _wait(error.retry_after_seconds)) from None
        except AuthorizationError as error:
            if error.status == 401:
                raise AccessRevoked(REFUSED) from None
            return Answer(403, url)
        except Elsewhere:
            raise CalendarUnreachable(ELSEWHERE) from None
        except Exception:  # there is no end to what a server that lies can make a library raise
            raise CalendarUnreachable(SILENT) from None
        if reply.status >= 500 and reply.status != NOT_IMPLEMENTED:
            raise CalendarUnreachable(TROUBLED)
        etag = reply.headers.get("ETag", "").removeprefix("W/")
        return Answer(reply.status, self._courier.final(url), etag, reply.tree, text)


@contextmanager
def dav_server(account: Account, seconds: float) -> Iterator[DavServer]:
    """The account's server, until the deadline. Raises CalendarUnreachable when that is over."""
    end = time.monotonic() + seconds
    url = address_of(account)
    try:
        with guarded_session(allow_private=account.allow_private) as session, session.ends_after(seconds):
            courier = Courier(session, url, seconds)
            yield DavServer(url, _client(account, url, courier), courier, end)
    except OSError:  # the time is up
        raise CalendarUnreachable(SILENT) from None


def address_of(account: Account) -> str:
    """The address that the user typed, made whole. Raises CalendarUnreachable where no password may be sent there."""
    typed = account.secret["url"].strip()
    url = typed if "://" in typed else f"https://{typed}"
    try:
        address = urlsplit(url)
        host, _port = address.hostname, address.port
    except ValueError:
        host = None
    if not host:
        raise CalendarUnreachable("This is not an address.")
    if address.scheme != "https" and not (address.scheme == "http" and account.allow_private):
        raise CalendarUnreachable("The server's address has to begin with https://.")
    return url if address.path else f"{url}/"


def _client(account: Account, url: str, courier: Courier) -> DAVClient:
    # As bytes, since requests would take text for Latin-1 (RFC 7617 §2.1 says UTF-8).
    auth = HTTPBasicAuth(account.secret["username"].encode(), account.secret["password"].encode())
    client = DAVClient(url=url, auth=auth, enable_rfc6764=False, headers={"User-Agent": AGENT})
    client.session = courier
    return client


def _wait(seconds: float | None) -> int | None:
    return None if seconds is None else int(min(max(seconds, 0), LONGEST_WAIT_SECONDS))
