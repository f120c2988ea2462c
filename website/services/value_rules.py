"""What a single value of a workspace file or of a link's form may be, whatever type was given."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import available_timezones

from ..sentences import Sentence
from .workspace_lines import join

# A path such as `hosts[1].weight` (see `workspace_lines.join`), and what is wrong there.
Problem = tuple[str, str]
Values = Mapping[str, Any]
# A rule gets a value's path, the value, and all values of the link; a value that may be has no problem.
Rule = Callable[[str, Any, Values], Iterator[Problem]]

MISSING = Sentence("This is missing.")
NO_SUCH_FIELD = Sentence("There is no such field.")
ZONES = frozenset(available_timezones()) - {"localtime", "Factory"}


def is_zone(value: Any) -> bool:
    """Whether a value is the name of a time zone."""
    return isinstance(value, str) and value in ZONES


def is_whole(value: Any, least: int, most: int, step: int = 1) -> bool:
    """Whether a value is a whole number within bounds, and a multiple of `step`."""
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and least <= value <= most
        and value % step == 0
    )


def is_text(value: Any, most: int) -> bool:
    """Whether a value is a text with something in it, not too long, and without control characters."""
    return _readable(value) and bool(value.strip()) and len(value) <= most


def _readable(value: Any) -> bool:
    return isinstance(value, str) and all(ord(letter) >= 32 or letter in "\n\t\r" for letter in value)


def text(most: int, *, required: bool = False) -> Rule:
    """A text of up to `most` characters."""

    def check(path: str, value: Any, _: Values) -> Iterator[Problem]:
        if not _readable(value):
            yield path, Sentence("Write a text.")
        elif required and not value.strip():
            yield path, MISSING
        elif len(value) > most:
            yield path, Sentence("Keep it under %(most)s characters.", most=most)

    return check


def whole(least: int, most: int, step: int = 1) -> Rule:
    """A whole number within bounds, both included, and a multiple of `step`."""

    def check(path: str, value: Any, _: Values) -> Iterator[Problem]:
        if not is_whole(value, least, most):
            yield path, Sentence("Write a whole number from %(least)s to %(most)s.", least=least, most=most)
        elif not is_whole(value, least, most, step):
            yield path, Sentence("Write a multiple of %(step)s.", step=step)

    return check


def flag(path: str, value: Any, _: Values) -> Iterator[Problem]:
    """True or false."""
    if not isinstance(value, bool):
        yield path, Sentence("Write true or false.")


def one_of(*choices: str) -> Rule:
    """One of some texts."""
    named = ", ".join(choice for choice in choices if choice)

    def check(path: str, value: Any, _: Values) -> Iterator[Problem]:
        if value not in choices:
            yield path, Sentence("Choose one of: %(choices)s.", choices=named)

    return check


def timezone(path: str, value: Any, _: Values) -> Iterator[Problem]:
    """The name of a time zone."""
    if not is_zone(value):
        yield path, Sentence("There is no such time zone; write one such as Europe/Paris.")


def short_text(path: str, value: Any) -> Iterator[Problem]:
    """A name or a title: printable, on one line, not empty."""
    if not isinstance(value, str) or not value or len(value) > 200 or not value.isprintable():
        yield path, Sentence("Write a text of up to 200 characters.") if value else MISSING


def unknown_fields(path: str, values: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    """The fields that there are not."""
    yield from ((join(path, field), NO_SUCH_FIELD) for field in values if field not in known)
