"""What a link may say of its hosts. Whether there are such users, and who can host, is not asked here."""

from collections.abc import Iterator
from typing import Any

from ..scheduling.kinds import LINK_KINDS, LinkKind
from ..sentences import Sentence
from .value_rules import Problem, Values, is_whole, unknown_fields

FIELDS = frozenset(("user", "weight", "priority", "optional"))


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
