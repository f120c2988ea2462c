"""What goes wrong on demand: for the next calls, an answer that the client would rather not see."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock

from werkzeug import Request, Response

from .refusals import Refused, broken, limited, missing_scope, not_found, search_limited, unauthorized

Work = Callable[[], Response]
SLOW_SECONDS = 3.0


@dataclass
class Fault:
    """One kind of mishap, for the next `times` calls (None: until healed) whose method and path hold `on`."""

    kind: str
    times: int | None
    on: str
    retry_after: int | None
    stopping: Event


def _refusing(refuse: Callable[[], Refused]) -> "Kind":
    def kind(fault: Fault, _request: Request, _work: Work) -> Response:
        answer = refuse().answer()
        if fault.retry_after is not None:
            answer.headers["Retry-After"] = str(fault.retry_after)
        return answer

    return kind


def _slow(fault: Fault, _request: Request, work: Work) -> Response:
    fault.stopping.wait(SLOW_SECONDS)
    return work()


def _cut(_fault: Fault, request: Request, _work: Work) -> Response:
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response(status=444)  # goes nowhere


def _lost(fault: Fault, request: Request, work: Work) -> Response:
    """The work is done, and nobody hears of it."""
    work()
    return _cut(fault, request, work)


def _truncated(_fault: Fault, _request: Request, work: Work) -> Response:
    response = work()
    response.set_data(response.get_data()[:-20])
    return response


def _html(_fault: Fault, _request: Request, _work: Work) -> Response:
    return Response("<!doctype html><title>Just a moment</title>", content_type="text/html")


Kind = Callable[[Fault, Request, Work], Response]
KINDS: dict[str, Kind] = {
    "unauthorized": _refusing(unauthorized),
    "missing scope": _refusing(lambda: missing_scope("crm.objects.contacts.read")),
    "not found": _refusing(not_found),
    "ten secondly": _refusing(lambda: limited("TEN_SECONDLY_ROLLING")),
    "daily": _refusing(lambda: limited("DAILY")),
    "search secondly": _refusing(search_limited),
    "error": _refusing(lambda: broken(500)),
    "bad gateway": _refusing(lambda: broken(502)),
    "unavailable": _refusing(lambda: broken(503)),
    "locked": _refusing(lambda: Refused(423, "LOCKED", "Resource is locked")),
    "slow": _slow,
    "cut": _cut,
    "lost": _lost,
    "truncated": _truncated,
    "html": _html,
}


class Faults:
    """The mishaps to come."""

    def __init__(self, stopping: Event) -> None:
        self._stopping, self._lock = stopping, Lock()
        self._waiting: list[Fault] = []

    def add(
        self, kind: str, *, times: int | None = None, on: str = "", retry_after: int | None = None
    ) -> None:
        """Has the next calls go wrong, `times` of them, or all until `clear`."""
        assert kind in KINDS, kind
        self._waiting.append(Fault(kind, times, on, retry_after, self._stopping))

    def clear(self) -> None:
        """All is well again."""
        self._waiting.clear()

    def around(self, request: Request, work: Work) -> Response:
        """The answer to a call, or what happens in its place."""
        fault = self._next(f"{request.method} {request.path}")
        return KINDS[fault.kind](fault, request, work) if fault else work()

    def _next(self, call: str) -> Fault | None:
        with self._lock:
            fault = next((one for one in self._waiting if one.on in call and one.times != 0), None)
            if fault is not None and fault.times is not None:
                fault.times -= 1
            return fault
