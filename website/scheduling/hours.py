"""Hours: weekly ranges and date overrides in a zone, as masks over a window (R1, R2, R3, R9).

Local time is only ever read from UTC: a window is cut where the zone's offset changes, and within one
piece local and UTC time differ by a constant. A skipped hour so has no minutes, and a repeated one two.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from ..sentences import Sentence
from .timeline import STEP_MINUTES, STEP_SECONDS, STEPS_A_DAY, Window, runs

Ranges = tuple[tuple[int, int], ...]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60
ALWAYS: tuple[Ranges, ...] = (((0, MINUTES_A_DAY),),) * 7

_RANGE = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly ranges (minutes of the local day, Monday first) and overrides by date, in an IANA zone."""

    timezone: str
    weekly: tuple[Ranges, ...]
    overrides: tuple[tuple[date, Ranges], ...] = ()

    @classmethod
    def read(
        cls,
        timezone: str,
        weekly: Mapping[str, Sequence[str]],
        overrides: Mapping[str, Sequence[str]] | None = None,
    ) -> "Hours":
        """Hours from `{"mon": ["09:00-17:00"]}` and `{"2026-12-24": []}`.

        Raises ValueError on a bad day, range or date, with a Sentence that says what is wrong.
        """
        unknown = set(weekly) - set(WEEKDAYS)
        if unknown:
            raise ValueError(Sentence("%(day)s is no day; write mon, tue and so on.", day=repr(min(unknown))))
        days = tuple(parse_ranges(weekly.get(day, ())) for day in WEEKDAYS)
        special = ((_parse_date(day), parse_ranges(texts)) for day, texts in (overrides or {}).items())
        return cls(timezone, days, tuple(sorted(special)))

    def on(self, day: date) -> Ranges:
        """The ranges of a local date: its override's, else those of its weekday (R1)."""
        return dict(self.overrides).get(day, self.weekly[day.weekday()])


def parse_ranges(texts: Iterable[str]) -> Ranges:
    """`["09:00-12:30"]` as minutes of the day, sorted; `24:00` is an end (R1). Raises ValueError."""
    ranges = sorted(_parse_range(text) for text in texts)
    for (_, before), (after, _) in pairwise(ranges):
        if after < before:
            raise ValueError(Sentence("Two ranges of one day overlap."))
    return tuple(ranges)


def _parse_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(Sentence("%(text)s is no date such as 2026-12-24.", text=repr(text))) from error


def _parse_range(text: str) -> tuple[int, int]:
    found = _RANGE.fullmatch(text.strip())
    if not found:
        raise ValueError(Sentence("%(text)s is no range of hours such as 09:00-17:00.", text=repr(text)))
    start, end = 60 * int(found[1]) + int(found[2]), 60 * int(found[3]) + int(found[4])
    if not start < end <= MINUTES_A_DAY:
        raise ValueError(Sentence("%(text)s does not end after it starts.", text=repr(text)))
    return start, end


def format_ranges(ranges: Ranges) -> list[str]:
    """The inverse of `parse_ranges`."""
    return [f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in ranges]


@dataclass(frozen=True, slots=True)
class _Day:
    """A local date's share of a window: step of its midnight (by this piece's offset), and what to keep."""

    on: date
    midnight: int
    low: int
    high: int


@lru_cache(maxsize=4096)
def local_days(timezone: str, window: Window) -> tuple[_Day, ...]:
    """The window cut at local midnights and at changes of offset; steps count from the window's start."""
    days = []
    for low, high, offset in _pieces(timezone, window):
        local = low + offset
        while local < high + offset:
            number = local // STEPS_A_DAY
            midnight = number * STEPS_A_DAY - offset
            stop = min(high, midnight + STEPS_A_DAY)
            on = date.fromordinal(_EPOCH + number)
            days.append(_Day(on, midnight - window.start, local - offset - window.start, stop - window.start))
            local = stop + offset
    return tuple(days)


_EPOCH = date(1970, 1, 1).toordinal()


def _pieces(timezone: str, window: Window) -> list[tuple[int, int, int]]:
    """`(first step, end step, offset in steps)` for each stretch of the window with one UTC offset."""
    zone = ZoneInfo(timezone)
    pieces = []
    low, last = window.start, window.end - 1
    while low <= last:
        offset = _offset(zone, low)
        same = low
        while same < last and _offset(zone, min(same + STEPS_A_DAY, last)) == offset:
            same = min(same + STEPS_A_DAY, last)
        stop = window.end if same == last else _change(zone, same, min(same + STEPS_A_DAY, last), offset)
        pieces.append((low, stop, offset // STEP_SECONDS))
        low = stop
    return pieces


def _change(zone: ZoneInfo, low: int, high: int, offset: int) -> int:
    """The first step in `(low, high]` with another offset than `low`'s."""
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: ZoneInfo, step: int) -> int:
    moved = datetime.fromtimestamp(step * STEP_SECONDS, UTC).astimezone(zone).utcoffset()
    assert moved is not None  # noqa: S101  (an aware datetime has an offset)
    return int(moved / timedelta(seconds=1))


@lru_cache(maxsize=4096)
def hours_mask(hours: Hours, window: Window) -> int:
    """Steps that lie wholly in the hours (R1)."""
    special = dict(hours.overrides)
    mask = 0
    for day in local_days(hours.timezone, window):
        ranges = special.get(day.on, hours.weekly[day.on.weekday()])
        mask |= _place(_ranges_mask(ranges), day)
    return mask


@lru_cache(maxsize=1024)
def _ranges_mask(ranges: Ranges) -> int:
    """Steps of a day that lie wholly in the ranges; two that touch inside a step hold it together."""
    minutes = 0
    for start, end in ranges:
        minutes |= ((1 << (end - start)) - 1) << start
    whole = runs(minutes, STEP_MINUTES)
    return sum(1 << step for step in range(STEPS_A_DAY) if whole >> step * STEP_MINUTES & 1)


@lru_cache(maxsize=1024)
def grid_mask(timezone: str, increment: int, window: Window) -> int:
    """Steps whose wall-clock minute in the zone is a multiple of the increment, from midnight (R2)."""
    pattern = sum(1 << minute // STEP_MINUTES for minute in range(0, MINUTES_A_DAY, increment))
    mask = 0
    for day in local_days(timezone, window):
        mask |= _place(pattern, day)
    return mask


@lru_cache(maxsize=1024)
def dates_mask(timezone: str, first: date, last: date, window: Window) -> int:
    """Steps that lie on the local dates from `first` to `last`, both included (R3)."""
    mask = 0
    for day in local_days(timezone, window):
        if first <= day.on <= last:
            mask |= ((1 << (day.high - day.low)) - 1) << day.low
    return mask


def _place(pattern: int, day: _Day) -> int:
    """A pattern of a whole day, laid at the day's midnight and cut to its share of the window."""
    cut = ((1 << (day.high - day.low)) - 1) << (day.low - day.midnight)
    placed = pattern & cut
    return placed << day.midnight if day.midnight >= 0 else placed >> -day.midnight


def day_steps(timezone: str, on: date) -> tuple[int, int]:
    """The first step of a local date and the first step of the next, as they lie in UTC."""
    return _midnight(timezone, on), _midnight(timezone, on + timedelta(days=1))


@lru_cache(maxsize=8192)
def _midnight(timezone: str, on: date) -> int:
    """The first step of a local date: where midnight is skipped, the step at which the date begins."""
    zone = ZoneInfo(timezone)
    low = (on.toordinal() - _EPOCH) * STEPS_A_DAY - STEPS_A_DAY
    high = low + 2 * STEPS_A_DAY + 1
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle * STEP_SECONDS, UTC).astimezone(zone).date() < on:
            low = middle
        else:
            high = middle
    return high


def window_of_dates(timezone: str, first: date, last: date) -> Window:
    """The window of the local dates from `first` to `last`, both included."""
    start, end = day_steps(timezone, first)[0], day_steps(timezone, last)[1]
    return Window(start, end - start)
