"""What a workspace file may say (SPEC §6). Problems are pairs of a path and a sentence."""

from collections.abc import Iterator, Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email

from ..locales import LANGUAGES
from .calendar_rules import calendars
from .hours_rules import hours
from .link_rules import link_problems
from .value_rules import MISSING, Problem, flag, one_of, short_text, timezone, unknown_fields

ROLES = ("admin", "member")


def problems_of(data: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with a file, apart from what only the database knows."""
    found = list(unknown_fields("", data, ("organisation", "users", "contacts", "links")))
    found += _organisation(data.get("organisation", {}))
    for name, key, check in (
        ("users", "email", _user),
        ("contacts", "email", _contact),
        ("links", "slug", _link),
    ):
        rows = data.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            found.append((name, f"Write each of them as [[{name}]]."))
            continue
        for number, row in enumerate(rows):
            found += check(f"{name}[{number}]", row)
        found += _twice(name, rows, key)
    return found


def _organisation(values: Any) -> Iterator[Problem]:
    if not isinstance(values, dict):
        yield "organisation", "Write it as [organisation]."
        return
    yield from unknown_fields("organisation", values, ("name", "timezone"))
    if "name" in values:
        yield from short_text("organisation.name", values["name"])
    if "timezone" in values:
        yield from timezone("organisation.timezone", values["timezone"], {})


def _user(path: str, values: dict[str, Any]) -> Iterator[Problem]:
    known = ("email", "name", "timezone", "language", "role", "seat", "active", "hours", "calendars")
    yield from unknown_fields(path, values, known)
    yield from _email(f"{path}.email", values.get("email"))
    yield from short_text(f"{path}.name", values.get("name"))
    if "timezone" in values:
        yield from timezone(f"{path}.timezone", values["timezone"], {})
    yield from one_of("", *LANGUAGES)(f"{path}.language", values.get("language", ""), {})
    yield from one_of(*ROLES)(f"{path}.role", values.get("role", "member"), {})
    yield from flag(f"{path}.seat", values.get("seat", True), {})
    yield from flag(f"{path}.active", values.get("active", True), {})
    yield from hours(f"{path}.hours", values.get("hours", {}), {})
    yield from calendars(f"{path}.calendars", values.get("calendars", []))


def _contact(path: str, values: dict[str, Any]) -> Iterator[Problem]:
    yield from unknown_fields(path, values, ("email", "name", "phone", "owner"))
    yield from _email(f"{path}.email", values.get("email"))
    for field in ("name", "phone"):
        if values.get(field, "") != "":
            yield from short_text(f"{path}.{field}", values[field])
    if "owner" in values and not isinstance(values["owner"], str):
        yield f"{path}.owner", "Write the owner's e-mail address."


def _link(path: str, values: dict[str, Any]) -> Iterator[Problem]:
    yield from ((f"{path}.{at}", sentence) for at, sentence in link_problems(values))


def _email(path: str, value: Any) -> Iterator[Problem]:
    try:
        if not isinstance(value, str) or len(value) > 254:
            raise EmailNotValidError
        validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        yield path, "Write an e-mail address such as ana@acme.example." if value else MISSING


def _twice(name: str, rows: list[dict[str, Any]], field: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, row in enumerate(rows):
        key = str(row.get(field, "")).lower()
        if key and key in seen:
            yield f"{name}[{number}].{field}", "This stands in the file twice."
        seen.add(key)
