"""Times to choose from in the place of one that is not free any more (R27, R30)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from .parameters import local, slot_text
from .words import clock_time, date_and_time, full_date


@dataclass(frozen=True, slots=True)
class Alternative:
    """A time: its value in a form, what a button says of it under its day, and what it says alone."""

    value: str
    time: str
    label: str


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Times by day of the visitor's zone; those with a colleague stand apart (R20)."""

    days: list[tuple[str, list[Alternative]]]
    with_colleague: list[tuple[str, list[Alternative]]]

    def __bool__(self) -> bool:
        return bool(self.days or self.with_colleague)


def alternatives_of(
    starts: Sequence[datetime] | None, timezone: str, apart: Collection[datetime] = ()
) -> Alternatives | None:
    """The starts as they can be chosen, those in `apart` with a colleague; None where nothing has to be chosen."""
    if starts is None:
        return None
    own, others = (
        [start for start in starts if (start in apart) == colleague] for colleague in (False, True)
    )
    return Alternatives(_by_day(own, timezone), _by_day(others, timezone))


def _by_day(starts: Sequence[datetime], timezone: str) -> list[tuple[str, list[Alternative]]]:
    days = groupby(sorted(starts), key=lambda start: local(start, timezone).date())
    return [(full_date(day), [_alternative(start, timezone) for start in times]) for day, times in days]


def _alternative(start: datetime, timezone: str) -> Alternative:
    return Alternative(slot_text(start), clock_time(local(start, timezone)), date_and_time(start, timezone))
