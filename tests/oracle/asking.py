"""Short ways to put a question to the oracle by hand; every instant is written in UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tests.oracle.brute_force import DAY, offered
from tests.oracle.case import Booking, Case, Host, Hours, Link

EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def at(text: str) -> int:
    """Epoch seconds of `2027-03-28T01:00` (UTC)."""
    return int(datetime.fromisoformat(text + "+00:00").timestamp())


def hours(
    timezone: str,
    weekly: dict[str, Sequence[str]] | None = None,
    overrides: dict[str, Sequence[str]] | None = None,
) -> Hours:
    return Hours(timezone, weekly or {}, overrides or {})


def daily(timezone: str, *ranges: str) -> Hours:
    """The same ranges every day."""
    return hours(timezone, dict.fromkeys(EVERY_DAY, ranges))


def host(name: str = "ana", **more: Any) -> Host:
    return Host(name, more.pop("hours", hours("UTC")), **more)


def personal(opening: Hours, duration: int = 60, increment: int = 60, **more: Any) -> Link:
    return Link("personal", opening, duration, increment, **more)


def answer(
    link: Link,
    day: str,
    hosts: tuple[Host, ...] = (),
    now: str = "2020-01-01T00:00",
    days: int = 1,
    bookings: Sequence[Booking] = (),
) -> dict[int, frozenset[str]]:
    """What the oracle offers in the UTC days from `day` on, to one free host unless others are given."""
    begin = at(f"{day}T00:00")
    return offered(Case(at(now), link, hosts or (host(),), begin, begin + days * DAY, tuple(bookings)))


def starts(link: Link, day: str, *question: Any, **more: Any) -> list[str]:
    """The starts of `answer`, as `MM-DD HH:MM`."""
    found = sorted(answer(link, day, *question, **more))
    return [f"{datetime.fromtimestamp(start, UTC):%m-%d %H:%M}" for start in found]
