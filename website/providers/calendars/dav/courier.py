"""Carries an account's requests to its server, and its password to no other."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from website.providers.http import MAX_REDIRECTS, GuardedSession

# Servers that spread their users over hosts beside the one that everybody types.
SPREAD = {"caldav.icloud.com": "icloud.com"}


class Elsewhere(Exception):
    """A redirect, or an address that the server gave, leads where the password must not go."""


class Courier:
    """Stands in for the session of caldav's client: checks each address, and follows redirects itself.

    `url` is what the user typed. Its host and the hosts below that one are trusted, and https is never left again.
    """

    def __init__(self, session: GuardedSession, url: str, seconds: float) -> None:
        self._session = session
        self._seconds = seconds
        typed = urlsplit(url)
        self._scheme = typed.scheme.lower()
        self._host = SPREAD.get(typed.hostname or "", typed.hostname or "")
        self._moved: dict[str, str] = {}

    def trusts(self, url: str) -> bool:
        """Whether the password may be sent to this address. Raises ValueError on what is no URL."""
        address = urlsplit(url)
        host = address.hostname or ""
        return address.scheme in ("https", self._scheme) and (
            host == self._host or host.endswith(f".{self._host}")
        )

    def final(self, url: str) -> str:
        """Where the answer from this address came from in the end."""
        return self._moved.get(url, url)

    def request(
        self, method: str, url: str, *, data: Any, headers: Any, auth: Any, **_: Any
    ) -> requests.Response:
        """An answer that is no redirect. Raises Elsewhere, and what a GuardedSession raises."""
        asked = url
        for _hop in range(MAX_REDIRECTS + 1):
            request = requests.Request(method, url, headers=headers, data=data, auth=auth)
            prepared = self._session.prepare_request(request)
            # As it will be connected to: parsers of addresses disagree about odd ones.
            if not self.trusts(str(prepared.url)):
                raise Elsewhere
            reply = self._session.send(prepared, timeout=self._seconds, allow_redirects=False)
            location = self._session.get_redirect_target(reply)
            if location is None:
                self._moved[asked] = url
                return _unread(reply)
            url = urljoin(url, location)
        raise requests.TooManyRedirects

    def close(self) -> None:
        """The session belongs to whoever opened it."""


def _unread(reply: requests.Response) -> requests.Response:
    """caldav logs an answer that is not the XML that its type promises, and with it what is in a calendar. It reads
    XML of any type, and of this one logs nothing."""
    reply.headers["Content-Type"] = "text/plain"
    return reply
