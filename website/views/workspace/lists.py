"""What lists share."""

from flask import request

LAST_PAGE = 10_000


def page_asked() -> int:
    """The page of a list that is asked for, from 1."""
    return min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)


def words_asked(name: str = "q") -> str:
    """What a list is searched for: as much of it as can be shown."""
    return "".join(letter for letter in request.args.get(name, "")[:100] if letter.isprintable()).strip()
