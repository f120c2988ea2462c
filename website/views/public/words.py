"""Dates and times in the reader's words; formatting is remembered, because every page shows the same ones."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location

from ...wording import together
from ..languages import locale

LONGEST_SHORT_DAY = 5
QUARTER_HOUR = 900


def full_date(on: date) -> str:
    """Thursday 26 November 2026."""
    return _full_date(on, locale())


@lru_cache(maxsize=4096)
def _full_date(on: date, language: str) -> str:
    return format_date(on, "full", locale=language)


def day_name(on: date) -> str:
    """Thursday 26 November, where the year is clear from what stands around it."""
    return _day_name(on, locale())


@lru_cache(maxsize=4096)
def _day_name(on: date, language: str) -> str:
    return format_date(on, _without_year(language), locale=language)


@lru_cache(maxsize=16)
def _without_year(language: str) -> str:
    """The pattern of a full date up to its year; the whole where the year does not stand last. (The skeletons that
    Babel knows have short names alone.)"""
    pattern = Locale.parse(language).date_formats["full"].pattern
    return re.sub(r"(,\s*|\s*'de'\s*|\s+)y+$", "", pattern)


def month_name(on: date) -> str:
    """November 2026."""
    return _month_name(on.replace(day=1), locale())


@lru_cache(maxsize=512)
def _month_name(on: date, language: str) -> str:
    return format_skeleton("yMMMM", datetime(on.year, on.month, 1), locale=language)  # noqa: DTZ001  (a month)


def clock_time(moment: datetime) -> str:
    """9:30, with the offset where the clock shows this time twice."""
    shown = _clock_time(moment.hour, moment.minute, locale())
    return f"{shown} ({offset(moment)})" if _twice(moment) else shown


@lru_cache(maxsize=4096)
def _clock_time(hour: int, minute: int, language: str) -> str:
    return format_time(datetime(2000, 1, 1, hour, minute), "short", locale=language)  # noqa: DTZ001


def date_and_time(start: datetime, timezone: str) -> str:
    """Thursday 26 November 2026, 9:30: an instant as the wall clock of a zone shows it."""
    moment = start.astimezone(ZoneInfo(timezone))
    return together(full_date(moment.date()), clock_time(moment))


def _twice(moment: datetime) -> bool:
    return moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset()


def offset(moment: datetime) -> str:
    """UTC+1, UTC−3:30."""
    minutes = int((moment.utcoffset() or timedelta(0)) / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}:{rest:02d}" if rest else f"UTC{sign}{hours}"


@lru_cache(maxsize=1024)
def _city(zone: str, language: str) -> str:
    return str(get_timezone_location(zone, locale=language, return_city=True))


def zone_name(zone: str, at: datetime) -> str:
    """Paris (UTC+1)."""
    quarter = int(at.timestamp()) // QUARTER_HOUR
    return _zone_name(zone, quarter, locale())


@lru_cache(maxsize=4096)
def _zone_name(zone: str, quarter: int, language: str) -> str:
    """Clocks are changed on quarters of an hour; in between a zone is called the same."""
    there = datetime.fromtimestamp(quarter * QUARTER_HOUR, ZoneInfo(zone))
    return f"{_city(zone, language)} ({offset(there)})"


@lru_cache(maxsize=16)
def weekdays(language: str) -> tuple[int, tuple[tuple[str, str], ...]]:
    """The first day of the week (0 is Monday), and the seven names from there: whole, and as short as a column of the
    month is narrow; Arabic shortens none but to a letter."""
    region = Locale.parse(language)
    first = region.first_week_day
    names = region.days["stand-alone"]
    order = [(first + step) % 7 for step in range(7)]
    fits = all(len(name) <= LONGEST_SHORT_DAY for name in names["abbreviated"].values())
    short = names["abbreviated" if fits else "narrow"]
    return first, tuple((names["wide"][day], short[day]) for day in order)
