"""Which contacts an address of the list asks for."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from ...services.contact_list import SORTS, SOURCES, Wanted
from ..access import me
from ..numbers import row_number
from .lists import words_asked

MINE, NOBODY = "me", "nobody"
FIRST_SORT = next(iter(SORTS))


@dataclass(frozen=True, slots=True)
class Asked:
    """A list of contacts as its form says it; `owner` is a user's number, MINE, NOBODY or empty."""

    words: str
    owner: str
    source: str
    company: str
    sort: str

    @property
    def wanted(self) -> Wanted:
        """The same for the use case."""
        number = me().id if self.owner == MINE else _number(self.owner)
        unowned = self.owner == NOBODY
        return Wanted(self.words, number, unowned, self.source, self.company, self.sort or FIRST_SORT)

    @property
    def narrows(self) -> bool:
        """Whether it asks for some contacts alone."""
        return bool(self.words or self.owner or self.source or self.company)

    @property
    def query(self) -> str:
        """The query of its address."""
        values = {
            "q": self.words,
            "owner": self.owner,
            "source": self.source,
            "company": self.company,
            "sort": self.sort,
        }
        return urlencode({name: value for name, value in values.items() if value})


def asked() -> Asked:
    """The list that the address asks for; what it cannot mean asks for nothing."""
    owner, source, sort = (request.args.get(name, "") for name in ("owner", "source", "sort"))
    known = owner in (MINE, NOBODY) or _number(owner) is not None
    return Asked(
        words_asked(),
        owner if known else "",
        source if source in SOURCES else "",
        words_asked("company"),
        sort if sort in SORTS and sort != FIRST_SORT else "",
    )


def place_asked(name: str) -> int | None:
    """The number of the contact behind or in front of whom a page begins."""
    return _number(request.args.get(name, ""))


def _number(text: str) -> int | None:
    try:
        return row_number(text)
    except ValueError:
        return None
