"""Whether a page or a mail speaks one language throughout."""

import re
from functools import cache

from tests.architecture.test_translation import Texts
from website.translations.__main__ import PLACEHOLDER, read, texts

# Words that stand on pages as data: what a question is answered with, names.
DATA = {"Firsthand", "Google", "Google Meet"}


@cache
def _foreign(tag: str) -> list[re.Pattern[str]]:
    """The texts that the language says in another way, as patterns."""
    found = []
    for message in read(tag):
        for text in (message.id if isinstance(message.id, tuple) else (message.id,)) if message.id else ():
            own_words = any(map(str.isalpha, PLACEHOLDER.sub("", text)))
            if any(texts(message)) and text not in texts(message) and own_words and text not in DATA:
                found.append(re.compile(".+".join(re.escape(part) for part in PLACEHOLDER.split(text))))
    return found


def left_in_english(lines: list[str], tag: str) -> list[str]:
    """Those lines that stand as the program has them, though the language's catalog says otherwise."""
    return [line for line in lines if any(foreign.fullmatch(line) for foreign in _foreign(tag))]


def lines_of_page(page: str) -> list[str]:
    """What a page shows or reads aloud."""
    return [" ".join(text.split()) for text in Texts(page).found if text.strip()]
