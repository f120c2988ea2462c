"""The one HTTP session for addresses that a user typed, and getting what is published there.

Every refusal reads the same: the answer tells nothing about what is behind an address.
"""

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from urllib.parse import urljoin

import requests

from .guard import Guard, GuardedAdapter

MAX_REDIRECTS = 3
AGENT = "Firsthand calendar reader"

# It quotes whole addresses, and that of a feed is as good as a password.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


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


class GuardedSession(requests.Session):
    """A session that checks every address it connects to; see `guarded_session`."""

    def __init__(self, guard: Guard) -> None:
        super().__init__()
        self._guard = guard

    def ends_after(self, seconds: float) -> AbstractContextManager[None]:
        """Within it, every request ends in time, whatever the server does; raises OSError if that was needed."""
        return self._guard.ends_after(seconds)


def guarded_session(*, allow_private: bool) -> GuardedSession:
    """A session for any method that reaches public https addresses alone, also after a redirect.

    `allow_private` lets inner networks, plain http and any port be reached. It uses no proxy and no .netrc, follows
    three redirects at most where its caller lets it, and takes bodies of up to 10 MB. Requests raise
    requests.RequestException, OSError and ValueError.
    """
    guard = Guard(allow_private=allow_private)
    session = GuardedSession(guard)
    session.trust_env = False
    session.max_redirects = MAX_REDIRECTS
    session.headers["User-Agent"] = AGENT
    for scheme in ("https://", "http://"):
        session.mount(scheme, GuardedAdapter(guard))
    return session


def fetch(url: str, *, allow_private: bool, headers: Mapping[str, str], deadline_seconds: float) -> Answer:
    """GETs an address, and what it redirects to, within the deadline. Raises Unreachable for everything else.

    `allow_private` as in `guarded_session`.
    """
    try:
        with guarded_session(allow_private=allow_private) as session, session.ends_after(deadline_seconds):
            for _hop in range(MAX_REDIRECTS + 1):
                reply = session.get(url, headers=headers, timeout=deadline_seconds, allow_redirects=False)
                if not reply.is_redirect:
                    lowered = {name.lower(): value for name, value in reply.headers.items()}
                    return Answer(reply.status_code, lowered, reply.content)
                url = urljoin(url, reply.headers["Location"])
    except (requests.RequestException, OSError, ValueError):
        raise Unreachable from None
    raise Unreachable
