"""Recurrence rules: which are refused because they would keep a processor busy, and when they end."""

from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from icalendar import Component

MAX_STARTS_A_DAY = 48
_STARTS_A_DAY = {"SECONDLY": 86_400, "MINUTELY": 1_440, "HOURLY": 24}
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class RefusedRule(ValueError):
    """A rule that nobody's calendar needs and that costs too much to work out."""


def rules(component: Component) -> list[Any]:
    """The component's RRULEs."""
    held: Any = component.get("RRULE", [])
    return held if isinstance(held, list) else [held]


def settle_rules(component: Component, zone: tzinfo) -> None:
    """Refuses rules that cost too much, and gives each UNTIL the form of DTSTART, in place.

    Raises RefusedRule; ValueError, KeyError on rules that cannot be read.
    """
    start: Any = component["DTSTART"]
    for rule in rules(component):
        _refuse(rule)
        if "UNTIL" in rule:
            rule["UNTIL"] = [until(rule, start.dt, zone)]


def until(rule: Any, start: date, zone: tzinfo) -> date:
    """The last start a rule allows, as DTSTART's type (RFC 5545 §3.3.10): a date, or a UTC datetime.

    Feeds mix the forms. A date after a timed DTSTART means the whole of that day, a time without a zone is in
    DTSTART's zone, and a time after an all-day DTSTART means its date in `zone`.
    """
    value: date = rule["UNTIL"][0]
    if not isinstance(start, datetime):
        if isinstance(value, datetime) and value.tzinfo:
            value = value.astimezone(zone)
        return value.date() if isinstance(value, datetime) else value
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(23, 59, 59))
    return (value if value.tzinfo else value.replace(tzinfo=start.tzinfo or zone)).astimezone(UTC)


def _refuse(rule: Any) -> None:
    if _starts_a_day(rule) > MAX_STARTS_A_DAY:
        raise RefusedRule("repeats too often")
    if _never(rule):
        raise RefusedRule("repeats on a day that does not exist")


def _starts_a_day(rule: Any) -> int:
    starts = _STARTS_A_DAY.get(str(rule["FREQ"][0]).upper(), len(rule.get("BYHOUR", [0])))
    return int(starts * len(rule.get("BYMINUTE", [0])) * len(rule.get("BYSECOND", [0])))


def _never(rule: Any) -> bool:
    """Whether no day can match: the search for one would go on to the year 9999."""
    if int(rule.get("INTERVAL", [1])[0]) < 1:
        return True
    months = [int(month) for month in rule.get("BYMONTH", range(1, 13))]
    days = [abs(int(day)) for day in rule.get("BYMONTHDAY", [1])]
    return not any(0 < day <= _LONGEST_MONTH[month - 1] for month in months for day in days if 0 < month < 13)
