"""Sentences that are written in one place and translated in another: where nobody knows the reader yet."""

from typing import Any


def gettext_noop(text: str) -> str:
    """Marks a text, so that it is found for translation; whoever shows it translates it."""
    return text


class Sentence(str):
    """A sentence in English that remembers how it was made, so that whoever shows it can translate it.

    `Sentence("Write a multiple of %(step)s.", step=5)`: `message` is what gettext knows, `values` what stands in it.
    """

    message: str
    values: dict[str, Any]

    def __new__(cls, message: str, **values: Any) -> "Sentence":
        sentence = super().__new__(cls, message % values if values else message)
        sentence.message, sentence.values = message, values
        return sentence

    @classmethod
    def kept(cls, message: str, values: dict[str, Any]) -> "Sentence":
        """A sentence that was stored as its parts."""
        return cls(message, **values)
