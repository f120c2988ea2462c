"""What hours may say: ranges by day of the week, and by date (R1). Each problem names its day."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..scheduling.hours import Hours
from ..sentences import Sentence
from .value_rules import Problem, Values
from .workspace_lines import join

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHAPE = Sentence('Write ranges such as ["09:00-17:00"] by day.')


def hours(path: str, value: Any, _: Values) -> Iterator[Problem]:
    """Weekly hours."""
    return _by_day(path, value, lambda day: Hours.read("UTC", day))


def overrides(path: str, value: Any, _: Values) -> Iterator[Problem]:
    """Hours of single dates; each date is written in one way."""
    if isinstance(value, dict):
        for day in value:
            if not _DATE.fullmatch(day):
                yield join(path, day), Sentence("Write dates such as 2026-12-01.")
                return
    yield from _by_day(path, value, lambda day: Hours.read("UTC", {}, day))


def _by_day(path: str, value: Any, read: Callable[[Mapping[str, list[str]]], Hours]) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield path, _SHAPE
        return
    for day, texts in value.items():
        try:
            if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
                raise ValueError(_SHAPE)
            read({day: texts})
        except ValueError as error:
            yield join(path, day), error.args[0]
