"""Busy time of calendars: packed a month at a time, unpacked once a process and version (DESIGN §4)."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import delete, select

from ..extensions import db
from ..models import BusyMonth, Calendar
from ..models.calendar import new_version
from ..scheduling.timeline import Window, busy_mask, step_before
from .hosts import Host, KnownCalendar

CALENDARS_KEPT = 3000
CHUNK = 400


def month_number(at: datetime) -> int:
    """Months since the year 0, of an aware datetime in UTC."""
    at = at.astimezone(UTC)
    return at.year * 12 + at.month - 1


@lru_cache(maxsize=512)
def month_window(month: int) -> Window:
    """The window of a UTC month."""
    return Window.between(_first_of(month), _first_of(month + 1))


def _first_of(month: int) -> datetime:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)


Intervals = Iterable[tuple[datetime, datetime]]


def store_busy(calendar: Calendar, intervals: Intervals, window: Window) -> None:
    """Replaces what is known of a calendar in whole months: `window` is widened to them. In a transaction."""
    seconds = _seconds(intervals)
    first, last = month_number(window.instant(0)), month_number(window.instant(max(0, window.length - 1)))
    db.session.execute(delete(BusyMonth).where(BusyMonth.calendar_id == calendar.id))
    for month in range(first, last + 1):
        mask = busy_mask(seconds, month_window(month))
        if mask:
            packed = mask.to_bytes((mask.bit_length() + 7) // 8, "little")
            db.session.add(BusyMonth(calendar_id=calendar.id, month=month, mask=packed))
    calendar.busy_version = new_version()


def patch_busy(calendar: Calendar, intervals: Intervals, window: Window) -> None:
    """Replaces what is known of a calendar inside `window` alone (R31). In a transaction."""
    seconds = _seconds(intervals)
    first, last = month_number(window.instant(0)), month_number(window.instant(max(0, window.length - 1)))
    known = {row.month: row for row in calendar.months if first <= row.month <= last}
    for month in range(first, last + 1):
        whole = month_window(month)
        asked = whole.span(window.start, window.end)
        row = known.get(month) or BusyMonth(calendar_id=calendar.id, month=month, mask=b"")
        mask = int.from_bytes(row.mask, "little") & ~asked | busy_mask(seconds, whole) & asked
        row.mask = mask.to_bytes((mask.bit_length() + 7) // 8, "little")
        db.session.add(row)
    calendar.busy_version = new_version()


def _seconds(intervals: Intervals) -> list[tuple[int, int]]:
    """Whole seconds since the epoch, rounded outwards."""
    return [
        (int(start.timestamp() // 1), int(-(-end.timestamp() // 1)))
        for start, end in intervals
        if start < end
    ]


Steps = tuple[int, int]


class Beside(NamedTuple):
    """A calendar whose readings do not say which event is which: where one of `ours` may stand in it, and what
    `others` were found there at a closer look; steps `[from, until)` (R4)."""

    ours: tuple[Steps, ...]
    others: tuple[Steps, ...] = ()

    def left_of(self, busy: int, window: Window) -> int:
        """The busy time, as a mask over `window`, without ours."""
        for start, end in self.ours:
            busy &= ~window.span(start, end)
        for start, end in self.others:
            busy |= window.span(start, end)
        return busy


BY_CALENDAR = Mapping[int, Beside]
# The mask of each month that was asked for, by calendar.
ByCalendar = Mapping[int, Mapping[int, int]]
NOTHING: BY_CALENDAR = MappingProxyType({})


def busy_masks(hosts: Sequence[Host], window: Window, beside: BY_CALENDAR = NOTHING) -> dict[int, int]:
    """What the calendars of each host know as busy, as masks over `window`, by host id.

    Time beyond a calendar's horizon is not known, so it is not free (R12). `beside`, by calendar: an event of ours
    that does not count (R4).
    """
    months = _months(window)
    known = _known([calendar for host in hosts for calendar in host.calendars], months)
    return {host.id: _joined(host.calendars, known, months, window, beside) for host in hosts}


def _joined(
    calendars: Iterable[KnownCalendar], known: ByCalendar, months: range, window: Window, beside: BY_CALENDAR
) -> int:
    mask = 0
    for calendar in calendars:
        busy = _in_window(known[calendar.id], months, window)
        mask |= beside[calendar.id].left_of(busy, window) if calendar.id in beside else busy
        if calendar.known_until is not None:
            mask |= window.span(step_before(calendar.known_until), window.end)
    return mask


def _in_window(by_month: Mapping[int, int], months: range, window: Window) -> int:
    busy = 0
    for month in months:
        if by_month[month]:
            busy |= window.cut(by_month[month], month_window(month))
    return busy


def busy_by_calendar(host: Host, window: Window) -> dict[int, int]:
    """What each conflict-checking calendar of a host shows as busy, as masks over `window`, by the calendar's id."""
    months = _months(window)
    known = _known(host.calendars, months)
    return {calendar.id: _in_window(known[calendar.id], months, window) for calendar in host.calendars}


def _months(window: Window) -> range:
    return range(month_number(window.instant(0)), month_number(window.instant(window.length - 1)) + 1)


class _Held(NamedTuple):
    """What this process holds of one calendar: a version names one reading, so that it never grows old."""

    version: int
    months: dict[int, int]


_held: OrderedDict[int, _Held] = OrderedDict()


def _known(calendars: Sequence[KnownCalendar], months: range) -> ByCalendar:
    """The masks of these months by calendar and month: those that are held, and those that are read for it."""
    found, missing, needed = dict[int, Mapping[int, int]](), list[KnownCalendar](), set(months)
    for calendar in calendars:
        held = _held.get(calendar.id)
        if held is None or held.version != calendar.version or not held.months.keys() >= needed:
            missing.append(calendar)
        else:
            found[calendar.id] = held.months
    for first in range(0, len(missing), CHUNK):
        found |= _read(missing[first : first + CHUNK], months)
    return found


def _read(calendars: Sequence[KnownCalendar], months: range) -> ByCalendar:
    """Reads the months and holds them, in place of an earlier version of each calendar."""
    read: dict[int, dict[int, int]] = {calendar.id: dict.fromkeys(months, 0) for calendar in calendars}
    rows = select(BusyMonth.calendar_id, BusyMonth.month, BusyMonth.mask).where(
        BusyMonth.calendar_id.in_(read), BusyMonth.month.between(months[0], months[-1])
    )
    for calendar_id, month, mask in db.session.execute(rows):
        read[calendar_id][month] = int.from_bytes(mask, "little")
    for calendar in calendars:
        before = _held.pop(calendar.id, None)
        if before is not None and before.version == calendar.version:
            read[calendar.id] = before.months | read[calendar.id]
        _held[calendar.id] = _Held(calendar.version, read[calendar.id])
    while len(_held) > CALENDARS_KEPT:
        with suppress(KeyError):  # another thread was faster
            _held.popitem(last=False)
    return read
