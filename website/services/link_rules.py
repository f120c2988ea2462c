"""What a link written as in the workspace file may say: one check for the file and for the form (R40)."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from ..scheduling.hours import Hours
from ..scheduling.kinds import LINK_KINDS, LinkKind
from ..scheduling.rotations import ROTATIONS

Values = Mapping[str, Any]
INCREMENTS = (5, 10, 15, 20, 30, 45, 60)
QUESTION_KINDS = ("short_text", "long_text", "choice", "choices", "number", "phone", "checkbox", "consent")
PLACES = ("", "meet", "phone", "address", "text", "url")
ZONES = frozenset(available_timezones()) - {"localtime", "Factory"}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def is_zone(value: Any) -> bool:
    """Whether a value of any type is the name of a time zone."""
    return isinstance(value, str) and value in ZONES


def kind_of(values: Values) -> LinkKind | None:
    """The kind that the values name, None when there is no such kind."""
    kind = values.get("kind")
    return LINK_KINDS.get(kind) if isinstance(kind, str) else None


def check_link(values: Values) -> dict[str, list[str]]:
    """The errors of one link by field; empty when it can be stored. Whether its users exist is not asked here."""
    errors: dict[str, list[str]] = {}
    for field in sorted(set(values) - set(_CHECKS)):
        errors[field] = ["There is no such field."]
    for field in ("slug", "kind", "title", "hours", "durations", "hosts"):
        if field not in values:
            errors[field] = ["This is missing."]
    for field, check in _CHECKS.items():
        if field in values:
            found = check(values[field], values)
            if found:
                errors.setdefault(field, []).append(found)
    return errors


def _text(most: int, *, required: bool = False) -> Callable[[Any, Values], str]:
    def check(value: Any, _: Values) -> str:
        if not isinstance(value, str) or any(ord(letter) < 32 and letter not in "\n\t\r" for letter in value):
            return "Write a text."
        if required and not value.strip():
            return "This is missing."
        return f"Keep it under {most} characters." if len(value) > most else ""

    return check


def _whole(least: int, most: int, *, step: int = 1) -> Callable[[Any, Values], str]:
    def check(value: Any, _: Values) -> str:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            return f"Write a whole number from {least} to {most}."
        return f"Write a multiple of {step}." if value % step else ""

    return check


def _flag(value: Any, _: Values) -> str:
    return "" if isinstance(value, bool) else "Write true or false."


def _one_of(*choices: str) -> Callable[[Any, Values], str]:
    def check(value: Any, _: Values) -> str:
        return (
            "" if value in choices else f"Choose one of: {', '.join(choice for choice in choices if choice)}."
        )

    return check


def _slug(value: Any, _: Values) -> str:
    if isinstance(value, str) and len(value) <= 80 and _SLUG.fullmatch(value):
        return ""
    return "Use small letters, digits and single hyphens, such as product-demo."


def _timezone(value: Any, _: Values) -> str:
    return "" if is_zone(value) else "There is no such time zone; write one such as Europe/Paris."


def _durations(value: Any, _: Values) -> str:
    fine = isinstance(value, list) and value and len(value) <= 10 and len(set(map(str, value))) == len(value)
    if not fine or any(_whole(5, 720, step=5)(one, {}) for one in value):
        return "Write one or more durations in minutes, multiples of 5 up to 720."
    return ""


def _increment(value: Any, _: Values) -> str:
    if value == "duration" or (value in INCREMENTS and not isinstance(value, bool)):
        return ""
    return f"Choose {', '.join(map(str, INCREMENTS))} or duration."


def _hours(value: Any, _: Values) -> str:
    return _ranges(value, lambda hours: Hours.read("UTC", hours))


def _overrides(value: Any, _: Values) -> str:
    return _ranges(value, lambda days: Hours.read("UTC", {}, days))


def _ranges(value: Any, read: Callable[[Any], Hours]) -> str:
    if not isinstance(value, dict) or not all(
        isinstance(texts, list) and all(isinstance(text, str) for text in texts) for texts in value.values()
    ):
        return 'Write ranges such as ["09:00-17:00"] by day.'
    try:
        read(value)
    except ValueError as error:
        return f"{error}."
    return ""


def _window(value: Any, values: Values) -> str:
    if values.get("window_days") is not None:
        return "Give either window_days or window, not both."
    if not isinstance(value, dict) or set(value) != {"from", "to"}:
        return "Write { from = 2026-12-01, to = 2026-12-31 }."
    first, last = value["from"], value["to"]
    if not all(isinstance(one, date) and not isinstance(one, datetime) for one in (first, last)):
        return "Write dates such as 2026-12-01."
    return "The last date is before the first." if last < first else ""


def _hosts(value: Any, values: Values) -> str:
    if not isinstance(value, list) or not all(isinstance(host, dict) for host in value):
        return 'Write hosts such as { user = "ana@acme.example" }.'
    for number, host in enumerate(value, 1):
        found = _host(host)
        if found:
            return f"Host {number}: {found}"
    users = [host["user"].lower() for host in value]
    if len(set(users)) < len(users):
        return "A user is named twice."
    kind = kind_of(values)
    return kind.hosts_rule if kind and not kind.accepts(len(users)) else ""


def _host(host: dict[str, Any]) -> str:
    unknown = set(host) - {"user", "weight", "priority", "optional"}
    if unknown:
        return f"there is no field {min(unknown)}."
    if not isinstance(host.get("user"), str):
        return "the user's e-mail address is missing."
    for field, least, most in (("weight", 1, 100), ("priority", 1, 100)):
        if field in host and _whole(least, most)(host[field], {}):
            return f"{field} is a whole number from {least} to {most}."
    return "" if isinstance(host.get("optional", False), bool) else "optional is true or false."


def _place(value: Any, _: Values) -> str:
    if not isinstance(value, dict) or set(value) - {"kind", "value"} or value.get("kind", "") not in PLACES:
        return f"Write {{ kind = …, value = … }}; the kinds are {', '.join(PLACES[1:])}."
    return _text(500)(value.get("value", ""), {})


def _questions(value: Any, _: Values) -> str:
    if not isinstance(value, list) or len(value) > 30:
        return "Write a list of questions, 30 at most."
    keys = [str(question.get("key")) for question in value if isinstance(question, dict)]
    if len(set(keys)) < len(keys):
        return "Two questions have the same key."
    for number, question in enumerate(value, 1):
        found = _question(question)
        if found:
            return f"Question {number}: {found}"
    return ""


def _question(question: Any) -> str:
    if not isinstance(question, dict) or set(question) - {"key", "label", "kind", "required", "choices"}:
        return "it has key, label, kind, required and choices."
    key = question.get("key")
    if not (isinstance(key, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key)):
        return "its key is made of small letters, digits and underscores."
    if _text(300, required=True)(question.get("label"), {}):
        return "its label is missing."
    if question.get("kind") not in QUESTION_KINDS:
        return f"its kind is one of {', '.join(QUESTION_KINDS)}."
    if not isinstance(question.get("required", False), bool):
        return "required is true or false."
    choices = question.get("choices", [])
    if not isinstance(choices, list) or any(_text(300, required=True)(choice, {}) for choice in choices):
        return "its choices are texts."
    return "it needs choices." if question["kind"].startswith("choice") and not choices else ""


def _redirect(value: Any, _: Values) -> str:
    return "" if value == "" or _origin_of(value) else "Write an address that starts with https://."


def _origins(value: Any, _: Values) -> str:
    if not isinstance(value, list) or not all(_origin_of(one) == one for one in value):
        return "Write sites such as https://www.acme.example, without a path."
    return ""


def _origin_of(value: Any) -> str:
    """The origin of a https address (http on this machine), empty for anything else."""
    if (
        not isinstance(value, str)
        or not re.fullmatch(r"[!-~]{1,500}", value)
        or any(sign in value for sign in "\"';,")
    ):
        return ""
    try:
        address = urlsplit(value)
        port = f":{address.port}" if address.port else ""
    except ValueError:
        return ""
    local = address.scheme == "http" and (address.hostname or "").split(".")[-1] in ("localhost", "1")
    if not address.hostname or not (address.scheme == "https" or local):
        return ""
    return f"{address.scheme}://{address.hostname}{port}"


def _reminders(value: Any, _: Values) -> str:
    if not isinstance(value, list) or len(value) > 5 or any(_whole(5, 20160)(one, {}) for one in value):
        return "Write up to five lead times in minutes, from 5 to 20160."
    return ""


def _colour(value: Any, _: Values) -> str:
    return (
        ""
        if value == "" or (isinstance(value, str) and _COLOUR.fullmatch(value))
        else "Write a colour such as #3552d8."
    )


_CAP = _whole(1, 1000)
_BUFFER = _whole(0, 240, step=5)
_CHECKS: dict[str, Callable[[Any, Values], str]] = {
    "slug": _slug,
    "kind": _one_of(*LINK_KINDS),
    "name": _text(200),
    "title": _text(200, required=True),
    "description": _text(5000),
    "creator": _text(254),
    "active": _flag,
    "timezone": _timezone,
    "durations": _durations,
    "increment": _increment,
    "hours": _hours,
    "overrides": _overrides,
    "hours_source": _one_of("link", "hosts"),
    "notice_minutes": _whole(0, 525_600),
    "window_days": _whole(0, 730),
    "window": _window,
    "buffer_before": _BUFFER,
    "buffer_after": _BUFFER,
    "max_per_day": _CAP,
    "max_per_week": _CAP,
    "max_per_day_per_host": _CAP,
    "max_per_week_per_host": _CAP,
    "owner_first": _flag,
    "owner_fallback_days": _whole(0, 365),
    "owner_counts": _flag,
    "assign_owner": _flag,
    "rotation": _one_of(*ROTATIONS),
    "hosts": _hosts,
    "place": _place,
    "questions": _questions,
    "redirect_url": _redirect,
    "reminders": _reminders,
    "language": _one_of("", "en-GB", "en-US"),
    "colour": _colour,
    "embed_origins": _origins,
}
FIELDS = tuple(_CHECKS)
