"""A question put to the oracle and to the engine: a link, its hosts, their time, and when it is asked.

Instants are whole epoch seconds (UTC), intervals are half-open, hours are written as in a workspace file:
`{"mon": ["09:00-12:30"]}` and `{"2026-12-24": []}`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True)
class Hours:
    """Weekly hours and date overrides, in an IANA zone (R1)."""

    timezone: str
    weekly: Mapping[str, Sequence[str]]
    overrides: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Caps:
    """Confirmed bookings per local date or ISO week that close it, for the link or for a host (R9)."""

    link_day: int | None = None
    link_week: int | None = None
    host_day: int | None = None
    host_week: int | None = None


@dataclass(frozen=True)
class Link:
    """What a link promises. Its zone is its hours' zone; all lengths are minutes."""

    kind: Literal["personal", "group", "round_robin"]
    hours: Hours
    duration: int
    increment: int | Literal["duration"] = "duration"
    hours_source: Literal["link", "hosts"] = "link"
    notice_minutes: int = 0
    window_days: int | None = None
    fixed_range: tuple[date, date] | None = None
    buffer_before: int = 0
    buffer_after: int = 0
    caps: Caps = Caps()


@dataclass(frozen=True)
class Host:
    """A host: own hours (R8), busy intervals, whether the calendar is in working order (R12), and caps of their own in
    place of the link's for each host (R9)."""

    id: str
    hours: Hours
    busy: Sequence[tuple[int, int]] = ()
    optional: bool = False
    working: bool = True
    own_day: int | None = None
    own_week: int | None = None


@dataclass(frozen=True)
class Booking:
    """A confirmed booking, with the buffers of its own link; caps count those on this link."""

    host_ids: tuple[str, ...]
    start: int
    end: int
    buffer_before: int = 0
    buffer_after: int = 0
    on_this_link: bool = False


@dataclass(frozen=True)
class Case:
    """A question: which starts in `[query_start, query_end)` does the link offer at `now`?"""

    now: int
    link: Link
    hosts: tuple[Host, ...]
    query_start: int
    query_end: int
    bookings: tuple[Booking, ...] = ()
