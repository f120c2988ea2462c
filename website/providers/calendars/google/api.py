"""One account's conversation with the calendar API."""

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Self
from urllib.parse import quote

import requests
from authlib.integrations.requests_client import OAuth2Session

from website import clock
from website.config import in_force

from ..base import Scope
from ..errors import CalendarUnreachable
from ..records import Account, Secret
from .access import EVENTS
from .deadline import Deadline
from .refusals import Refusal, error_of, not_granted
from .tokens import instead_of, lasting

log = logging.getLogger(__name__)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of an answer; a body that is no JSON object is empty."""

    status: int
    body: Json
    retry_after: str = ""

    @property
    def ok(self) -> bool:
        """Whether the call did what it was for."""
        return 200 <= self.status < 300

    @property
    def reason(self) -> str:
        """Why it did not, in Google's word; empty if it does not say."""
        try:
            error = self.body["error"]
            rows = [*error.get("errors", []), *error.get("details", [])]
            return next(str(row["reason"]) for row in rows if "reason" in row)
        except (LookupError, TypeError, AttributeError, StopIteration):
            return ""


class Api:
    """Calls in the name of one account, all of them within one deadline. Its `with` closes the connections."""

    def __init__(self, account: Account, deadline_seconds: float) -> None:
        self.account = account
        self._deadline = Deadline(deadline_seconds)
        self._secret: Secret | None = None
        self._session = OAuth2Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._session.close()

    def ask(
        self,
        access: Scope,
        verb: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Json | None = None,
        etag: str = "",
        allowed: Collection[int] = (),
    ) -> Answer:
        """Calls a method of the API that needs `access`.

        Returns the answer where it is good or its status is `allowed`; raises a CalendarError for any other.
        """
        writes = access is EVENTS and verb != "GET"
        if access.name not in self.account.scopes:
            raise not_granted(access, writes)
        asked = {"params": query, "json": body, "headers": {"If-Match": etag} if etag else {}}
        answer = self._send_with_token(verb, path, asked)
        if answer.ok or answer.status in allowed:
            return answer
        raise error_of(Refusal(answer.status, answer.reason, access, writes, _seconds(answer.retry_after)))

    def _send_with_token(self, verb: str, path: str, asked: Mapping[str, Any]) -> Answer:
        """A token that Google refuses is renewed once: it may have been ended before its time."""
        secret = self._secret = self._secret or lasting(self.account, self._deadline)
        answer = self._send(verb, path, asked, secret)
        if answer.status != 401 or answer.reason.startswith("push."):
            return answer
        secret = self._secret = instead_of(secret, self.account, self._deadline)
        return self._send(verb, path, asked, secret)

    def _send(self, verb: str, path: str, asked: Mapping[str, Any], secret: Secret) -> Answer:
        self._session.token = {"access_token": secret["access_token"], "token_type": "Bearer"}
        url = in_force().google_calendar_url.rstrip("/") + path
        try:
            reply = self._session.request(
                verb, url, timeout=self._deadline.left(), allow_redirects=False, **asked
            )
        except requests.RequestException:
            raise CalendarUnreachable("Google does not answer.") from None
        return _read(reply)


def path_of(*parts: str) -> str:
    """The address of something below the API's own, from its parts."""
    return "".join("/" + quote(part, safe="") for part in parts)


@contextmanager
def understood() -> Iterator[None]:
    """Around the reading of an answer: one that is not as Google describes it is no answer."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        log.error("an answer of Google's is not as it is described: %s", type(error).__name__)
        raise CalendarUnreachable("Google's answer cannot be understood.") from None


def _read(reply: requests.Response) -> Answer:
    """What was answered. Raises CalendarUnreachable for a good answer that is cut, or not from the API at all."""
    try:
        body = reply.json() if reply.content else {}
    except ValueError:
        body = None
    if not isinstance(body, dict):
        if reply.ok:
            raise CalendarUnreachable("Google's answer cannot be understood.")
        body = {}
    return Answer(reply.status_code, body, reply.headers.get("Retry-After", ""))


def _seconds(retry_after: str) -> int | None:
    """How long a Retry-After header asks us to wait, None if it asks for nothing (RFC 9110 §10.2.3)."""
    if retry_after.isdigit():
        return int(retry_after)
    try:
        return max(0, int((parsedate_to_datetime(retry_after) - clock.now()).total_seconds()))
    except (TypeError, ValueError):
        return None
