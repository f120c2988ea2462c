"""Busy time of calendars: packed a month at a time, unpacked once a process and version (DESIGN §4)."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
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

MONTHS_KEPT = 20_000
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
NOTHING: BY_CALENDAR = MappingProxyType({})


def busy_masks(hosts: Sequence[Host], window: Window, beside: BY_CALENDAR = NOTHING) -> dict[int, int]:
    """What the calendars of each host know as busy, as masks over `window`, by host id.

    Time beyond a calendar's horizon is not known, so it is not free (R12). `beside`, by calendar: an event of ours
    that does not count (R4).
    """
    months = range(month_number(window.instant(0)), month_number(window.instant(window.length - 1)) + 1)
    _load([calendar for host in hosts for calendar in host.calendars], months)
    return {host.id: _joined(host.calendars, months, window, beside) for host in hosts}


def _joined(calendars: Iterable[KnownCalendar], months: range, window: Window, beside: BY_CALENDAR) -> int:
    mask = 0
    for calendar in calendars:
        busy = 0
        for month in months:
            known = _masks.get((calendar.version, month), 0)
            if known:
                busy |= window.cut(known, month_window(month))
        mask |= beside[calendar.id].left_of(busy, window) if calendar.id in beside else busy
        if calendar.known_until is not None:
            mask |= window.span(step_before(calendar.known_until), window.end)
    return mask


# By version and month: a version names one reading of one calendar, so what is kept here never grows old.
_masks: OrderedDict[tuple[int, int], int] = OrderedDict()


def _load(calendars: Sequence[KnownCalendar], months: range) -> None:
    """Reads what this process does not hold yet."""
    missing = [one for one in calendars if any((one.version, month) not in _masks for month in months)]
    for first in range(0, len(missing), CHUNK):
        chunk = {calendar.id: calendar.version for calendar in missing[first : first + CHUNK]}
        found = dict.fromkeys(((version, month) for version in chunk.values() for month in months), 0)
        rows = select(BusyMonth.calendar_id, BusyMonth.month, BusyMonth.mask).where(
            BusyMonth.calendar_id.in_(chunk), BusyMonth.month.between(months[0], months[-1])
        )
        for calendar_id, month, mask in db.session.execute(rows):
            found[(chunk[calendar_id], month)] = int.from_bytes(mask, "little")
        _masks.update(found)
    while len(_masks) > MONTHS_KEPT:
        _masks.popitem(last=False)
