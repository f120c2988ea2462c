"""What a workspace file may say of a user's calendars (SPEC §6)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.base import CalendarProvider
from .value_rules import MISSING, Problem, flag, short_text, unknown_fields

FROM_FILE = ("ics", "caldav", "builtin")
YEARS = (2000, 2200)


def calendars(path: str, value: Any) -> Iterator[Problem]:
    """A user's calendars: one at most receives bookings, and each is named once."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        yield path, "Write each of them as [[users.calendars]]."
        return
    found = [problem for number, one in enumerate(value) for problem in _calendar(f"{path}[{number}]", one)]
    yield from found or _together(path, value)


def _calendar(path: str, values: dict[str, Any]) -> Iterator[Problem]:
    kind = values.get("kind")
    if kind not in FROM_FILE:
        yield f"{path}.kind", f"Choose one of {', '.join(FROM_FILE)}; others are linked by signing in."
    elif kind not in CALENDAR_PROVIDERS:
        yield f"{path}.kind", f"This site cannot read {kind} calendars yet."
    else:
        yield from _fields(path, values, CALENDAR_PROVIDERS[kind])


def _fields(path: str, values: dict[str, Any], provider: CalendarProvider) -> Iterator[Problem]:
    own = ["busy"] if provider.capabilities.in_database else [one.name for one in provider.connect_fields]
    yield from unknown_fields(path, values, ("kind", "conflicts", "receives_bookings", *own))
    for field in provider.connect_fields:
        if field.required and not (isinstance(values.get(field.name), str) and values[field.name].strip()):
            yield f"{path}.{field.name}", MISSING
    yield from flag(f"{path}.conflicts", values.get("conflicts", True), {})
    yield from flag(f"{path}.receives_bookings", values.get("receives_bookings", False), {})
    if values.get("receives_bookings") is True and not provider.capabilities.writes:
        yield (
            f"{path}.receives_bookings",
            "This kind of calendar can only be read: it cannot receive bookings.",
        )
    yield from _busy(f"{path}.busy", values.get("busy", []))


def _busy(path: str, busy: Any) -> Iterator[Problem]:
    if not isinstance(busy, list) or not all(isinstance(one, dict) for one in busy):
        yield path, "Write a list of { start = …, end = …, title = … }."
        return
    for number, one in enumerate(busy):
        yield from _interval(f"{path}[{number}]", one)


def _interval(path: str, one: dict[str, Any]) -> Iterator[Problem]:
    times: list[Any] = [one.get("start"), one.get("end")]
    yield from unknown_fields(path, one, ("start", "end", "title"))
    for field, moment in zip(("start", "end"), times, strict=True):
        if not _instant(moment):
            yield f"{path}.{field}", "Write a time with an offset, such as 2026-12-01T09:00:00Z."
    if all(map(_instant, times)) and not times[0] < times[1]:
        yield path, "It does not end after it starts."
    yield from short_text(f"{path}.title", one.get("title", " "))


def _instant(value: Any) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None and YEARS[0] <= value.year <= YEARS[1]


def _together(path: str, calendars: list[dict[str, Any]]) -> Iterator[Problem]:
    """What no calendar says alone. A kind kept in our own database is there once; others differ by their secret."""
    seen: list[tuple[Any, ...]] = []
    for number, one in enumerate(calendars):
        fields = CALENDAR_PROVIDERS[one["kind"]].connect_fields
        name = (one["kind"], *(one.get(field.name, "").strip() for field in fields))
        if name in seen:
            yield f"{path}[{number}]", "This calendar stands here twice."
        seen.append(name)
    receiving = [number for number, one in enumerate(calendars) if one.get("receives_bookings") is True]
    for number in receiving[1:]:
        yield f"{path}[{number}].receives_bookings", "One calendar of a user receives bookings, not several."
