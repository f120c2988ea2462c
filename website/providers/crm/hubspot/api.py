"""Calls to HubSpot's API with the token of the settings, all of them within one deadline."""

import logging
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from website.config import in_force
from website.providers.http import guarded_session
from website.sentences import gettext_noop

from ..errors import CrmTooSlow, CrmUnreachable
from .refusals import error_of

log = logging.getLogger(__name__)

Json = dict[str, Any]
AGENT = "Firsthand"
OBJECTS, OWNERS = "objects", "owners"
TOO_SLOW = gettext_noop("HubSpot did not answer in time.")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of an answer that is good, or was allowed for."""

    status: int
    body: Json


def path_of(area: str, *parts: str) -> str:
    """The path of something in an area of the API, `objects` or `owners`.

    HUBSPOT_API_PREFIX is what the areas lie under (`/crm/v3`), or the path of the objects (`/crm/objects/2026-03`):
    that of the owners is the same with the other name in it.
    """
    prefix = in_force().hubspot_api_prefix
    segments = prefix.split("/") if OBJECTS in prefix.split("/") else [*prefix.split("/"), OBJECTS]
    base = [area if segment == OBJECTS else segment for segment in segments]
    return "/".join([*base, *(quote(part, safe="") for part in parts)])


class Api:
    """One conversation. Threads may share it."""

    def __init__(self, deadline_seconds: float) -> None:
        self._end = time.monotonic() + deadline_seconds

    def left(self) -> float:
        """How many seconds are left, 0 for none."""
        return max(0.0, self._end - time.monotonic())

    def ask(
        self,
        verb: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Json | None = None,
        allowed: Collection[int] = (),
    ) -> Answer:
        """Calls a method of the API. Returns the answer where it is good or its status is `allowed`; raises a CrmError
        for any other."""
        left = self.left()
        if not left:
            raise CrmTooSlow(TOO_SLOW)
        try:
            # The address is the operator's own setting, so it may be anywhere.
            with guarded_session(allow_private=True) as session, session.ends_after(left):
                reply = session.request(
                    verb,
                    in_force().hubspot_api_url.rstrip("/") + path,
                    params=query,
                    json=body,
                    headers={"Authorization": f"Bearer {in_force().hubspot_token}", "User-Agent": AGENT},
                    timeout=left,
                    allow_redirects=False,
                )
        except (requests.RequestException, OSError, ValueError) as error:
            late = isinstance(error, requests.Timeout) or not self.left()
            raise (CrmTooSlow(TOO_SLOW) if late else CrmUnreachable("HubSpot does not answer.")) from None
        return _understood(reply, allowed)


def _understood(reply: requests.Response, allowed: Collection[int]) -> Answer:
    try:
        body = reply.json() if reply.content else {}
    except ValueError:
        body = None
    if not isinstance(body, dict):
        # A page of somebody in between says nothing about what HubSpot thinks of us.
        raise CrmUnreachable("HubSpot's answer cannot be understood.")
    if 200 <= reply.status_code < 300 or reply.status_code in allowed:
        return Answer(reply.status_code, body)
    raise error_of(reply.status_code, body, reply.headers.get("Retry-After", ""))


@contextmanager
def understood() -> Iterator[None]:
    """Around the reading of an answer: one that is not as HubSpot describes it is no answer."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        log.error("an answer of HubSpot's is not as it is described: %s", type(error).__name__)
        raise CrmUnreachable("HubSpot's answer cannot be understood.") from None
