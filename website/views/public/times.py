"""The times of a day, as they can be chosen."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from flask_babel import gettext as _

from ..languages import locale
from .asked import Asked
from .parameters import local, slot_text
from .words import clock_time

# From so many times on a day or a half of it is split.
MANY_TIMES = 12
NOON, EVENING = 12, 17


@dataclass(frozen=True, slots=True)
class Time:
    """A time that can be chosen."""

    label: str
    query: str


@dataclass(frozen=True, slots=True)
class Part:
    """Times under a heading; a short day has one part without one."""

    heading: str
    times: list[Time]


def parts_of_day(asked: Asked, starts: list[datetime]) -> list[Part]:
    """The times of a day; a long list is split at noon, and what is long after noon once more."""
    if len(starts) < MANY_TIMES:
        return [Part("", [time_of(asked, start) for start in starts])] if starts else []
    hours = [local(start, asked.timezone).hour for start in starts]
    evening = EVENING if sum(hour >= NOON for hour in hours) >= MANY_TIMES else 24
    bounds = ((_("Morning"), 0, NOON), (_("Afternoon"), NOON, evening), (_("Evening"), evening, 24))
    parts = [
        Part(
            heading,
            [time_of(asked, start) for start, hour in zip(starts, hours, strict=True) if low <= hour < high],
        )
        for heading, low, high in bounds
    ]
    return [part for part in parts if part.times]


def time_of(asked: Asked, start: datetime) -> Time:
    """A start (aware) as it can be chosen."""
    label = _time_label(start, asked.timezone, locale())
    return Time(label, f"{asked.query}&slot={slot_text(start)}")


@lru_cache(maxsize=8192)
def _time_label(start: datetime, timezone: str, _language: str) -> str:
    return clock_time(local(start, timezone))
