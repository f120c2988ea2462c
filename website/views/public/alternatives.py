"""Times to choose from in the place of one that is not free any more (R27, R30)."""

from collections.abc import Sequence
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


def by_day(starts: Sequence[datetime] | None, timezone: str) -> list[tuple[str, list[Alternative]]] | None:
    """Each day of the visitor's zone with its times; None where nothing has to be chosen."""
    if starts is None:
        return None
    days = groupby(sorted(starts), key=lambda start: local(start, timezone).date())
    return [(full_date(day), [_alternative(start, timezone) for start in times]) for day, times in days]


def _alternative(start: datetime, timezone: str) -> Alternative:
    return Alternative(slot_text(start), clock_time(local(start, timezone)), date_and_time(start, timezone))
