"""What a workspace file may say (SPEC §6). Problems are pairs of a path and a sentence."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..email_addresses import is_email, normal_domain, normal_email
from ..free_mail import is_free_mail
from ..locales import LANGUAGES
from .calendar_rules import calendars
from .company import FREE_MAIL
from .hours_rules import hours
from .link_rules import link_problems
from .value_rules import MISSING, Problem, flag, one_of, short_text, timezone, unknown_fields

ROLES = ("admin", "member")
# How what may stand in the file once only is compared.
NORMAL: dict[str, Callable[[str], str]] = {"email": normal_email, "domain": normal_domain, "slug": str.lower}


def problems_of(data: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with a file, apart from what only the database knows."""
    found = list(unknown_fields("", data, ("organisation", "users", "companies", "contacts", "links")))
    found += _organisation(data.get("organisation", {}))
    for name, key, check in (
        ("users", "email", _user),
        ("companies", "domain", _company),
        ("contacts", "email", _contact),
        ("links", "slug", _link),
    ):
        rows = data.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            found.append((name, f"Write each of them as [[{name}]]."))
            continue
        for number, row in enumerate(rows):
            found += check(f"{name}[{number}]", row)
        found += _twice(_places(name, rows, key))
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


def _company(path: str, values: dict[str, Any]) -> Iterator[Problem]:
    yield from unknown_fields(path, values, ("domain", "name", "owner"))
    yield from _domain(f"{path}.domain", values.get("domain"))
    if values.get("name", "") != "":
        yield from short_text(f"{path}.name", values["name"])
    yield from _owner(path, values)


def _domain(path: str, value: Any) -> Iterator[Problem]:
    domain = normal_domain(value) if isinstance(value, str) else ""
    if not is_email(f"somebody@{domain}"):
        yield path, "Write a domain such as acme.example." if value else MISSING
    elif is_free_mail(domain):
        yield path, FREE_MAIL


def _contact(path: str, values: dict[str, Any]) -> Iterator[Problem]:
    yield from unknown_fields(path, values, ("email", "name", "phone", "company", "owner", "addresses"))
    yield from _email(f"{path}.email", values.get("email"))
    for field in ("name", "phone", "company"):
        if values.get(field, "") != "":
            yield from short_text(f"{path}.{field}", values[field])
    yield from _owner(path, values)
    further = values.get("addresses", [])
    if not isinstance(further, list):
        yield f"{path}.addresses", "Write a list of e-mail addresses."
        return
    for number, address in enumerate(further):
        yield from _email(f"{path}.addresses[{number}]", address)


def _owner(path: str, values: dict[str, Any]) -> Iterator[Problem]:
    if "owner" in values and not isinstance(values["owner"], str):
        yield f"{path}.owner", "Write the owner's e-mail address."


def _link(path: str, values: dict[str, Any]) -> Iterator[Problem]:
    yield from ((f"{path}.{at}", sentence) for at, sentence in link_problems(values))


def _email(path: str, value: Any) -> Iterator[Problem]:
    if not (isinstance(value, str) and is_email(value)):
        yield path, "Write an e-mail address such as ana@acme.example." if value else MISSING


def _places(name: str, rows: list[dict[str, Any]], field: str) -> Iterator[tuple[str, str]]:
    """What may stand in the file once only, with its path."""
    for number, row in enumerate(rows):
        path = f"{name}[{number}]"
        yield f"{path}.{field}", NORMAL.get(field, str)(str(row.get(field, "")))
        further = row.get("addresses", [])
        for place, address in enumerate(further if isinstance(further, list) else []):
            yield f"{path}.addresses[{place}]", normal_email(str(address))


def _twice(places: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for path, key in places:
        if key and key in seen:
            yield path, "This stands in the file twice."
        seen.add(key)
