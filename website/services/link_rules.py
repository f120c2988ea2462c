"""What a link written as in the workspace file may say: one check for the file and for the form (R40)."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from ..locales import LANGUAGES
from ..scheduling.kinds import LINK_KINDS
from ..scheduling.places import PLACES
from ..scheduling.rotations import ROTATIONS
from ..sentences import Sentence
from .embedding import ANY_PART
from .host_rules import MOST_BOOKINGS, hosts
from .hours_rules import hours, overrides
from .question_rules import questions
from .value_rules import (
    MISSING,
    Problem,
    Rule,
    Values,
    flag,
    is_whole,
    one_of,
    text,
    timezone,
    unknown_fields,
    whole,
)

REQUIRED = ("slug", "kind", "title", "hours", "durations", "hosts")
INCREMENTS = (5, 10, 15, 20, 30, 45, 60)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]+)?")
_PARTS = re.compile(r"[.\[]")


def link_problems(values: Values) -> Iterator[Problem]:
    """What is wrong with a link: the path of the value, from its field on, and a sentence.

    Whether its users exist is not asked here.
    """
    yield from unknown_fields("", sorted(values), _RULES)
    yield from ((field, MISSING) for field in REQUIRED if field not in values)
    for field, rule in _RULES.items():
        if field in values:
            yield from rule(field, values[field], values)


def check_link(values: Values) -> dict[str, list[str]]:
    """The same for a form: sentences by field; empty when the link can be stored."""
    errors: dict[str, list[str]] = {}
    for path, sentence in link_problems(values):
        field = _PARTS.split(path, maxsplit=1)[0]
        errors.setdefault(field, []).append(sentence)
    return errors


def _slug(path: str, value: Any, _: Values) -> Iterator[Problem]:
    if not (isinstance(value, str) and len(value) <= 80 and _SLUG.fullmatch(value)):
        yield path, Sentence("Use small letters, digits and single hyphens, such as product-demo.")


def _durations(path: str, value: Any, _: Values) -> Iterator[Problem]:
    fine = isinstance(value, list) and value and len(value) <= 10 and len(set(map(str, value))) == len(value)
    if not fine or not all(is_whole(one, 5, 720, step=5) for one in value):
        yield path, Sentence("Write one or more durations in minutes, multiples of 5 up to 720.")


def _increment(path: str, value: Any, _: Values) -> Iterator[Problem]:
    if value != "duration" and (value not in INCREMENTS or isinstance(value, bool)):
        yield path, Sentence("Choose %(choices)s or duration.", choices=", ".join(map(str, INCREMENTS)))


def _window(path: str, value: Any, values: Values) -> Iterator[Problem]:
    if values.get("window_days") is not None:
        yield path, Sentence("Give either window_days or window, not both.")
    elif not isinstance(value, dict) or set(value) != {"from", "to"}:
        yield path, Sentence("Write { from = 2026-12-01, to = 2026-12-31 }.")
    elif not all(isinstance(one, date) and not isinstance(one, datetime) for one in value.values()):
        yield path, Sentence("Write dates such as 2026-12-01.")
    elif value["to"] < value["from"]:
        yield path, Sentence("The last date is before the first.")


def _place(path: str, value: Any, _: Values) -> Iterator[Problem]:
    fine = isinstance(value, dict) and set(value) <= {"kind", "value"}
    kind = value.get("kind", "") if fine else None
    if not isinstance(kind, str) or kind not in PLACES:
        kinds = ", ".join(filter(None, PLACES))
        yield path, Sentence("Write { kind = …, value = … }; the kinds are %(kinds)s.", kinds=kinds)
    else:
        yield from text(500)(path, value.get("value", ""), {})


def _redirect(path: str, value: Any, _: Values) -> Iterator[Problem]:
    origin = _origin_of(value)
    # What is filled in after a booking may be in the path and behind it, never in the name of the site.
    if value != "" and (not origin or any(sign in origin for sign in "{}*")):
        yield path, Sentence("Write an address that starts with https://.")


def _origins(path: str, value: Any, _: Values) -> Iterator[Problem]:
    if not isinstance(value, list) or not all(_is_site(one) for one in value):
        yield path, Sentence("Write sites such as https://www.acme.example, without a path.")


def _is_site(value: Any) -> bool:
    """An origin as browsers write it; `*.` before a domain stands for every site below it (`services.embedding`)."""
    if _origin_of(value) != value or not value:
        return False
    host = value.partition("://")[2]
    below = host.removeprefix(ANY_PART)
    default = value.startswith("https://") and host.endswith(":443")
    return bool(_HOST.fullmatch(below)) and not default and (host == below or "." in below)


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


def _reminders(path: str, value: Any, _: Values) -> Iterator[Problem]:
    if not isinstance(value, list) or len(value) > 5 or not all(is_whole(one, 5, 20160) for one in value):
        yield path, Sentence("Write up to five lead times in minutes, from 5 to 20160.")


def _colour(path: str, value: Any, _: Values) -> Iterator[Problem]:
    if not (value == "" or (isinstance(value, str) and _COLOUR.fullmatch(value))):
        yield path, Sentence("Write a colour such as #3552d8.")


_CAP = whole(1, MOST_BOOKINGS)
_BUFFER = whole(0, 240, step=5)
_RULES: dict[str, Rule] = {
    "slug": _slug,
    "kind": one_of(*LINK_KINDS),
    "name": text(200),
    "title": text(200, required=True),
    "description": text(5000),
    "creator": text(254),
    "active": flag,
    "timezone": timezone,
    "durations": _durations,
    "increment": _increment,
    "hours": hours,
    "overrides": overrides,
    "hours_source": one_of("link", "hosts"),
    "notice_minutes": whole(0, 525_600),
    "window_days": whole(0, 730),
    "window": _window,
    "buffer_before": _BUFFER,
    "buffer_after": _BUFFER,
    "max_per_day": _CAP,
    "max_per_week": _CAP,
    "max_per_day_per_host": _CAP,
    "max_per_week_per_host": _CAP,
    "owner_first": flag,
    "owner_fallback_days": whole(0, 365),
    "owner_counts": flag,
    "assign_owner": flag,
    "company_owner": flag,
    "previous_host": flag,
    "crm_owner": flag,
    "rotation": one_of(*ROTATIONS),
    "share_days": whole(7, 365),
    "hosts": hosts,
    "place": _place,
    "questions": questions,
    "redirect_url": _redirect,
    "change_notice_minutes": whole(0, 525_600),
    "any_colleague": flag,
    "reminders": _reminders,
    "language": one_of("", *LANGUAGES),
    "colour": _colour,
    "embed_origins": _origins,
}
FIELDS = tuple(_RULES)
