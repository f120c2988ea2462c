"""What goes wrong on demand: for the next calls, an answer that the client would rather not see."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock

from flask import Response, request

from .refusals import REFUSALS, OAuthRefused, Refused

Work = Callable[[], Response]
DROPPED = 444


@dataclass
class Fault:
    """One kind of mishap, for the next `times` calls (None: until healed) of methods whose id starts so."""

    kind: str
    times: int | None
    method: str
    seconds: float
    retry_after: int | None
    stopping: Event

    def wait(self) -> None:
        """Lets the client wait; the end of the server ends that too."""
        self.stopping.wait(self.seconds)


def _refuse(fault: Fault, method: str, _work: Work) -> Response:
    status = REFUSALS[fault.kind][0]
    calendar = method.startswith("calendar.")
    refusal = Refused(fault.kind) if calendar else OAuthRefused("internal_failure", fault.kind, status)
    response = refusal.answer()
    if fault.retry_after is not None:
        response.headers["Retry-After"] = str(fault.retry_after)
    return response


def _invalid_grant(_fault: Fault, _method: str, _work: Work) -> Response:
    return OAuthRefused("invalid_grant", "Token has been expired or revoked.").answer()


def _slow(fault: Fault, _method: str, work: Work) -> Response:
    fault.wait()
    return work()


def _lost_before(fault: Fault, _method: str, _work: Work) -> Response:
    fault.wait()
    return _hang_up()


def _lost_after(fault: Fault, _method: str, work: Work) -> Response:
    work()
    fault.wait()
    return _hang_up()


def _truncated(_fault: Fault, _method: str, work: Work) -> Response:
    response = work()
    body = response.get_data()
    response.set_data(body[: len(body) // 2])
    return response


def _html(_fault: Fault, _method: str, _work: Work) -> Response:
    return Response("<!doctype html><title>Sign in to the network</title>", content_type="text/html")


def _hang_up() -> Response:
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response(status=DROPPED)  # goes nowhere


KINDS: dict[str, Callable[[Fault, str, Work], Response]] = {
    **dict.fromkeys(REFUSALS, _refuse),
    "invalid_grant": _invalid_grant,
    "slow": _slow,
    "lost_before": _lost_before,
    "lost_after": _lost_after,
    "down": _lost_before,
    "truncated": _truncated,
    "html": _html,
}
METHODS = {"invalid_grant": "token", "down": ""}  # else any method of the calendar


class Faults:
    """The mishaps that are still to come."""

    def __init__(self, stopping: Event) -> None:
        self._coming: list[Fault] = []
        self._lock = Lock()
        self._stopping = stopping

    def add(
        self,
        kind: str,
        times: int | None = 1,
        *,
        method: str | None = None,
        seconds: float = 0,
        retry_after: int | None = None,
    ) -> None:
        """Lets the next `times` calls go wrong; None: until `clear`. Raises ValueError for an unknown kind.

        `kind`: a name of REFUSALS, or one of: invalid_grant (of the token endpoint), slow (waits `seconds`),
        lost_before and lost_after (the connection drops after `seconds`, without or with the effect), truncated,
        html, down (every call drops). `method`: only calls whose id starts so, such as `calendar.events.insert`,
        `token`, or "" for any; where it is None, any of the calendar's. `retry_after`: a header, in seconds.
        """
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}; there are: {', '.join(KINDS)}")
        method = METHODS.get(kind, "calendar.") if method is None else method
        times = None if kind == "down" else times
        with self._lock:
            self._coming.append(Fault(kind, times, method, seconds, retry_after, self._stopping))

    def clear(self) -> None:
        """Everything works again."""
        with self._lock:
            self._coming.clear()

    def around(self, method: str, work: Work) -> Response:
        """Does the work, or lets the next mishap of this method happen."""
        fault = self._take(method)
        return work() if fault is None else KINDS[fault.kind](fault, method, work)

    def _take(self, method: str) -> Fault | None:
        with self._lock:
            fault = next((fault for fault in self._coming if method.startswith(fault.method)), None)
            if fault and fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._coming.remove(fault)
            return fault
