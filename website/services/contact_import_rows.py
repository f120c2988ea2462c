"""A row of a file of contacts as what is known of a person, or what is wrong with it. No database is asked here."""

import json
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..csv_file import Row
from ..email_addresses import is_email
from ..sentences import Sentence
from .contact import normal_email

LONGEST = 200
MOST_FURTHER = 20

NO_ADDRESS = Sentence("There is no e-mail address in this row: write one.")
NOT_AN_ADDRESS = Sentence("This is no e-mail address: write one such as name@example.com.")
NOT_SHOWN = Sentence("Take out the characters that cannot be shown.")
TOO_MANY_CELLS = Sentence(
    "This row has more cells than there are columns. Write a value that holds a separator in quotation marks."
)
TOO_MANY_FURTHER = Sentence(
    "These are too many addresses: name %(most)s further ones at most.", most=MOST_FURTHER
)

# Google writes several addresses into one cell with colons between.
_SEVERAL = re.compile(r"\s*:::\s*")
_BETWEEN = re.compile(r"(?:\s*:::\s*|[;,\s])+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: in which column, by its name, empty for all of it; the value; and what to do."""

    column: str
    value: str
    why: Sentence


@dataclass(slots=True)
class Entry:
    """A row: the line where it begins, what it says of a person, and what is wrong with it. `further` are addresses
    beside the main one; both are in the form in which addresses are compared."""

    line: int
    cells: list[str]
    email: str = ""
    further: tuple[str, ...] = ()
    name: str = ""
    phone: str = ""
    company: str = ""
    owner: str = ""
    problems: list[Problem] = field(default_factory=list)

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses, the main one first."""
        return (self.email, *self.further)


class EntryReader:
    """Reads the rows of a file whose columns are known: `keys` says what each column of `header` is."""

    def __init__(self, header: Sequence[str], keys: Sequence[str]) -> None:
        self._header, self.keys = header, tuple(keys)
        self._places: dict[str, list[int]] = {}
        for number, key in enumerate(keys):
            self._places.setdefault(key, []).append(number)

    def column(self, key: str) -> str:
        """The name of the first column that is that."""
        places = self._places.get(key)
        return self._header[places[0]] if places else ""

    @property
    def further_column(self) -> str:
        """The name of the column that further addresses stand in."""
        return self.column("further") or self.column("email")

    @property
    def used(self) -> list[int]:
        """The numbers of the columns that are read, from 0."""
        return sorted(number for key, numbers in self._places.items() if key for number in numbers)

    def used_cells(self, cells: Sequence[str]) -> list[str]:
        """The cells of a row in the columns that are read."""
        return [cells[number] if number < len(cells) else "" for number in self.used]

    def read(self, row: Row) -> Entry:
        """The row, with everything that is wrong with it as far as it can be told from the row alone."""
        entry = Entry(row.line, row.cells)
        entry.email, entry.further = self.addresses(row)
        entry.name = self._name(entry)
        entry.phone = self._text(entry, "phone")
        entry.company = self._text(entry, "company")
        entry.owner = " ".join(self._cell(row.cells, "owner").split())
        self._look_at_addresses(entry)
        if any(row.cells[len(self._header) :]):
            entry.problems.append(Problem("", row.cells[len(self._header)], TOO_MANY_CELLS))
        return entry

    def addresses(self, row: Row) -> tuple[str, tuple[str, ...]]:
        """The main address of a row, empty for none, and further ones, once each; they need not be well formed."""
        first, *others = _SEVERAL.split(self._cell(row.cells, "email"))
        email = normal_email(first)
        for number in self._places.get("further", ()):
            if number < len(row.cells) and row.cells[number]:
                others += _BETWEEN.split(row.cells[number])
        found = dict.fromkeys(normal_email(address) for address in others if address)
        return email, tuple(address for address in found if address != email)

    def _look_at_addresses(self, entry: Entry) -> None:
        if not entry.email:
            entry.problems.append(Problem(self.column("email"), "", NO_ADDRESS))
        elif not is_email(entry.email):
            entry.problems.append(Problem(self.column("email"), entry.email, NOT_AN_ADDRESS))
        where = self.further_column
        if len(entry.further) > MOST_FURTHER:
            entry.problems.append(Problem(where, ", ".join(entry.further), TOO_MANY_FURTHER))
        wrong = next((address for address in entry.further if not is_email(address)), None)
        if wrong is not None:
            entry.problems.append(Problem(where, wrong, NOT_AN_ADDRESS))

    def _name(self, entry: Entry) -> str:
        if "name" in self._places:
            return self._text(entry, "name")
        parts = [self._text(entry, key) for key in ("first_name", "last_name")]
        name = " ".join(filter(None, parts))
        if len(name) > LONGEST and not entry.problems:
            key = "last_name" if "last_name" in self._places else "first_name"
            entry.problems.append(Problem(self.column(key), name, _too_long()))
        return name

    def _text(self, entry: Entry, key: str) -> str:
        """A text on one line; what it cannot be is noted."""
        text = " ".join(self._cell(entry.cells, key).split())
        if len(text) > LONGEST:
            entry.problems.append(Problem(self.column(key), text, _too_long()))
        elif _CONTROL.search(text):
            entry.problems.append(Problem(self.column(key), _CONTROL.sub("?", text), NOT_SHOWN))
        return text

    def _cell(self, cells: list[str], key: str) -> str:
        places = self._places.get(key)
        return cells[places[0]] if places and places[0] < len(cells) else ""


def packed(rows: Iterable[Row]) -> bytes:
    """Rows as they are kept."""
    text = json.dumps([[row.line, *row.cells] for row in rows], ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode())


def unpacked(content: bytes) -> list[Row]:
    """The rows that `packed` was given."""
    return [Row(line, cells) for line, *cells in json.loads(zlib.decompress(content))]


def _too_long() -> Sentence:
    return Sentence("This is too long: keep it under %(most)s characters.", most=LONGEST)
