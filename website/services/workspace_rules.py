"""What a workspace file may say (SPEC §6). Errors are pairs of a path and a sentence."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email

from ..providers.calendars import CALENDAR_PROVIDERS
from ..scheduling.hours import Hours
from .link_rules import check_link, is_zone

Problem = tuple[str, str]
ROLES = ("admin", "member")
FROM_FILE = ("ics", "caldav", "builtin")
YEARS = (2000, 2200)


def problems_of(data: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with a file, apart from what only the database knows."""
    found = list(_unknown("", data, ("organisation", "users", "contacts", "links")))
    found += _organisation(data.get("organisation", {}))
    for name, check in (("users", _user), ("contacts", _contact), ("links", _link)):
        rows = data.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            found.append((name, f"Write each of them as [[{name}]]."))
            continue
        for number, row in enumerate(rows):
            found += check(f"{name}[{number}]", row)
        found += _twice(name, rows, "slug" if name == "links" else "email")
    return found


def _unknown(path: str, values: Mapping[str, Any], known: Iterable[str]) -> Iterator[Problem]:
    for key in values:
        if key not in known:
            yield (f"{path}.{key}" if path else key, "There is no such field.")


def _organisation(values: Any) -> Iterator[Problem]:
    if not isinstance(values, dict):
        yield ("organisation", "Write it as [organisation].")
        return
    yield from _unknown("organisation", values, ("name", "timezone"))
    if "name" in values:
        yield from _text("organisation.name", values["name"])
    if "timezone" in values:
        yield from _zone("organisation.timezone", values["timezone"])


def _user(path: str, values: dict[str, Any]) -> Iterator[Problem]:
    known = ("email", "name", "timezone", "role", "seat", "active", "hours", "calendars")
    yield from _unknown(path, values, known)
    yield from _email(f"{path}.email", values.get("email"))
    yield from _text(f"{path}.name", values.get("name"))
    if "timezone" in values:
        yield from _zone(f"{path}.timezone", values["timezone"])
    if values.get("role", "member") not in ROLES:
        yield (f"{path}.role", "Choose admin or member.")
    for flag in ("seat", "active"):
        if not isinstance(values.get(flag, True), bool):
            yield (f"{path}.{flag}", "Write true or false.")
    yield from _own_hours(f"{path}.hours", values.get("hours", {}))
    calendars = values.get("calendars", [])
    if not isinstance(calendars, list) or not all(isinstance(one, dict) for one in calendars):
        yield (f"{path}.calendars", "Write each of them as [[users.calendars]].")
        return
    for number, calendar in enumerate(calendars):
        yield from _calendar(f"{path}.calendars[{number}]", calendar)
    if sum(one.get("receives_bookings") is True for one in calendars) > 1:
        yield (f"{path}.calendars", "One calendar of a user receives bookings, not several.")
    if sum(one.get("kind") == "builtin" for one in calendars) > 1:
        yield (f"{path}.calendars", "A user has one built-in calendar at most.")


def _own_hours(path: str, hours: Any) -> Iterator[Problem]:
    try:
        if not isinstance(hours, dict) or not all(isinstance(texts, list) for texts in hours.values()):
            raise ValueError('write ranges such as ["09:00-17:00"] by day')
        Hours.read("UTC", {day: [str(text) for text in texts] for day, texts in hours.items()})
    except ValueError as error:
        yield (path, f"{error}.")


def _calendar(path: str, values: dict[str, Any]) -> Iterator[Problem]:
    kind = values.get("kind")
    if kind not in FROM_FILE:
        yield (f"{path}.kind", f"Choose one of {', '.join(FROM_FILE)}; others are linked by signing in.")
        return
    if kind not in CALENDAR_PROVIDERS:
        yield (f"{path}.kind", f"This site cannot read {kind} calendars yet.")
        return
    provider = CALENDAR_PROVIDERS[kind]
    fields = [field.name for field in provider.connect_fields]
    own = ["busy"] if provider.capabilities.in_database else fields
    yield from _unknown(path, values, ("kind", "conflicts", "receives_bookings", *own))
    for field in provider.connect_fields:
        if field.required and not (isinstance(values.get(field.name), str) and values[field.name].strip()):
            yield (f"{path}.{field.name}", "This is missing.")
    for flag in ("conflicts", "receives_bookings"):
        if not isinstance(values.get(flag, True), bool):
            yield (f"{path}.{flag}", "Write true or false.")
    if values.get("receives_bookings") is True and not provider.capabilities.writes:
        yield (
            f"{path}.receives_bookings",
            "This kind of calendar can only be read: it cannot receive bookings.",
        )
    yield from _busy(f"{path}.busy", values.get("busy", []))


def _busy(path: str, busy: Any) -> Iterator[Problem]:
    if not isinstance(busy, list) or not all(isinstance(one, dict) for one in busy):
        yield (path, "Write a list of { start = …, end = …, title = … }.")
        return
    for number, one in enumerate(busy, 1):
        start, end = one.get("start"), one.get("end")
        if set(one) - {"start", "end", "title"} or not _instant(start) or not _instant(end):
            yield (path, f"Entry {number}: write start and end with an offset, such as 2026-12-01T09:00:00Z.")
        elif not start < end:
            yield (path, f"Entry {number}: it does not end after it starts.")
        else:
            yield from _text(path, one.get("title", " "))


def _instant(value: Any) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None and YEARS[0] <= value.year <= YEARS[1]


def _contact(path: str, values: dict[str, Any]) -> Iterator[Problem]:
    yield from _unknown(path, values, ("email", "name", "phone", "owner"))
    yield from _email(f"{path}.email", values.get("email"))
    for field in ("name", "phone"):
        if values.get(field, "") != "":
            yield from _text(f"{path}.{field}", values[field])
    if "owner" in values and not isinstance(values["owner"], str):
        yield (f"{path}.owner", "Write the owner's e-mail address.")


def _link(path: str, values: dict[str, Any]) -> Iterator[Problem]:
    for field, sentences in check_link(values).items():
        yield from ((f"{path}.{field}", sentence) for sentence in sentences)


def _email(path: str, value: Any) -> Iterator[Problem]:
    try:
        if not isinstance(value, str) or len(value) > 254:
            raise EmailNotValidError
        validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        yield (path, "Write an e-mail address such as ana@acme.example." if value else "This is missing.")


def _text(path: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, str) or not value or len(value) > 200 or not value.isprintable():
        yield (path, "Write a text of up to 200 characters." if value else "This is missing.")


def _zone(path: str, value: Any) -> Iterator[Problem]:
    if not is_zone(value):
        yield (path, "There is no such time zone; write one such as Europe/Paris.")


def _twice(name: str, rows: list[dict[str, Any]], field: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, row in enumerate(rows):
        key = str(row.get(field, "")).lower()
        if key and key in seen:
            yield (f"{name}[{number}].{field}", "This stands in the file twice.")
        seen.add(key)
