"""What a link may say of its hosts. Whether there are such users, and who can host, is not asked here."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from ..scheduling.kinds import LINK_KINDS, LinkKind
from ..sentences import Sentence
from .value_rules import Problem, Values, is_whole, unknown_fields

FIELDS = frozenset(
    ("user", "weight", "priority", "optional", "paused_from", "paused_until", "max_per_day", "max_per_week")
)
MOST_BOOKINGS = 1000


def kind_of(values: Values) -> LinkKind | None:
    """The kind that a link's values name, None when there is no such kind."""
    kind = values.get("kind")
    return LINK_KINDS.get(kind) if isinstance(kind, str) else None


def hosts(path: str, value: Any, values: Values) -> Iterator[Problem]:
    """Each host once, and as many as the link's kind takes."""
    if not isinstance(value, list) or not all(isinstance(host, dict) for host in value):
        yield path, Sentence('Write hosts such as { user = "ana@acme.example" }.')
        return
    found = [problem for number, host in enumerate(value) for problem in _host(path, number, host)]
    yield from found or _together(path, value, kind_of(values))


def _host(path: str, number: int, host: dict[str, Any]) -> Iterator[Problem]:
    here, place = f"{path}[{number}]", number + 1
    yield from unknown_fields(here, host, FIELDS)
    checks = (
        (
            "user", isinstance(host.get("user"), str),
            Sentence("Host %(number)s: the user's e-mail address is missing.", number=place),
        ),
        (
            "weight", is_whole(host.get("weight", 1), 1, 100),
            Sentence("Host %(number)s: the weight is a whole number from 1 to 100.", number=place),
        ),
        (
            "priority", is_whole(host.get("priority", 1), 1, 100),
            Sentence("Host %(number)s: the rank is a whole number from 1 to 100.", number=place),
        ),
        (
            "optional", isinstance(host.get("optional", False), bool),
            Sentence("Host %(number)s: optional is true or false.", number=place),
        ),
    )  # fmt: skip
    yield from ((f"{here}.{field}", sentence) for field, fine, sentence in checks if not fine)
    yield from (
        (f"{here}.{field}", sentence) for field, sentence in (*_caps(place, host), *_pause(place, host))
    )


def _caps(place: int, host: dict[str, Any]) -> Iterator[Problem]:
    for field in ("max_per_day", "max_per_week"):
        if not is_whole(host.get(field, 1), 1, MOST_BOOKINGS):
            yield (
                field,
                Sentence(
                    "Host %(number)s: the most bookings are a whole number from 1 to %(most)s.",
                    number=place, most=MOST_BOOKINGS,
                ),
            )  # fmt: skip


def _pause(place: int, host: dict[str, Any]) -> Iterator[Problem]:
    dates = {field: host[field] for field in ("paused_from", "paused_until") if field in host}
    wrong = [field for field, day in dates.items() if not _is_date(day)]
    for field in wrong:
        yield field, Sentence("Host %(number)s: write dates such as 2026-12-24.", number=place)
    if len(dates) == 2 and not wrong and dates["paused_until"] < dates["paused_from"]:
        yield "paused_until", Sentence("Host %(number)s: the pause ends before it begins.", number=place)


def _is_date(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _together(path: str, hosts: list[dict[str, Any]], kind: LinkKind | None) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, host in enumerate(hosts):
        user = host["user"].lower()
        if user in seen:
            yield f"{path}[{number}]", Sentence("A user is named twice.")
        seen.add(user)
    if kind and not kind.accepts(len(hosts)):
        yield path, kind.hosts_rule
    elif kind and kind.optional_hosts and all(host.get("optional") for host in hosts):
        yield path, Sentence("At least one host must be free: not all of them can be optional.")
