"""Zones with odd rules, and the days on which something happens in them."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ZONES = (
    "Europe/London",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "Europe/Dublin",
    "Pacific/Kiritimati",
    "America/Sao_Paulo",
    "UTC",
)

# Years in which these zones change: São Paulo at midnight until 2019; Kiritimati skipped 31 December 1994.
_YEARS = {"America/Sao_Paulo": (2017, 2019), "Pacific/Kiritimati": (1994, 1995)}
_PLAIN_DAYS = (date(2027, 1, 8), date(2026, 12, 31), date(2028, 2, 28))


@lru_cache(maxsize=64)
def days_to_ask_about(timezone: str) -> tuple[date, ...]:
    """UTC days in which the zone's offset changes, and a few ordinary ones."""
    first, last = _YEARS.get(timezone, (2026, 2028))
    day, found = date(first, 1, 1), []
    while day < date(last + 1, 1, 1):
        if _offset(timezone, day) != _offset(timezone, day + timedelta(days=1)):
            found.append(day)
        day += timedelta(days=1)
    return (*found, *_PLAIN_DAYS)


def _offset(timezone: str, day: date) -> timedelta | None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return midnight.astimezone(ZoneInfo(timezone)).utcoffset()


def epoch(day: date) -> int:
    """Epoch seconds of the UTC midnight that begins a day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
