"""What a link may say of its questions (R44)."""

import re
from collections.abc import Iterator
from typing import Any

from ..sentences import Sentence
from .value_rules import Problem, Values, is_text

QUESTION_KINDS = ("short_text", "long_text", "choice", "choices", "number", "phone", "checkbox", "consent")
WITH_CHOICES = ("choice", "choices")
FIELDS = frozenset(("key", "label", "kind", "required", "choices"))
MOST = 30
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


def questions(path: str, value: Any, _: Values) -> Iterator[Problem]:
    """Up to thirty questions, each with a key of its own."""
    if not isinstance(value, list) or len(value) > MOST:
        yield path, Sentence("Write a list of questions, %(most)s at most.", most=MOST)
        return
    seen: set[str] = set()
    for number, question in enumerate(value):
        here = f"{path}[{number}]"
        yield from _question(here, number + 1, question)
        key = question.get("key") if isinstance(question, dict) else None
        if isinstance(key, str) and key in seen:
            yield f"{here}.key", Sentence("Two questions have the same key.")
        seen.add(str(key))


def _question(path: str, number: int, question: Any) -> Iterator[Problem]:
    if not isinstance(question, dict) or set(question) - FIELDS:
        yield (
            path,
            Sentence("Question %(number)s: it has key, label, kind, required and choices.", number=number),
        )
        return
    key, kind, choices = question.get("key"), question.get("kind"), question.get("choices", [])
    are_texts = isinstance(choices, list) and all(is_text(choice, 300) for choice in choices)
    kinds = ", ".join(QUESTION_KINDS)
    checks = (
        (
            "key", isinstance(key, str) and _KEY.fullmatch(key),
            Sentence("Question %(number)s: its key is made of small letters, digits and underscores.", number=number),
        ),
        (
            "label", is_text(question.get("label"), 300),
            Sentence("Question %(number)s: write a label of up to 300 characters.", number=number),
        ),
        (
            "kind", kind in QUESTION_KINDS,
            Sentence("Question %(number)s: its kind is one of %(kinds)s.", number=number, kinds=kinds),
        ),
        (
            "required", isinstance(question.get("required", False), bool),
            Sentence("Question %(number)s: required is true or false.", number=number),
        ),
        (
            "choices", are_texts,
            Sentence("Question %(number)s: its choices are texts of up to 300 characters.", number=number),
        ),
        (
            "choices", choices or kind not in WITH_CHOICES,
            Sentence("Question %(number)s: it needs choices.", number=number),
        ),
    )  # fmt: skip
    yield from ((f"{path}.{field}", sentence) for field, fine, sentence in checks if not fine)
