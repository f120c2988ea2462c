"""Contacts as a CSV file, with the columns that our own import knows by name.

Spreadsheets take a cell that begins with one of `= + - @`, a tab or a line break for a formula, and what visitors type
stands in these cells. As OWASP advises, each cell is quoted, and such a one gets an apostrophe in front. A telephone
number such as +33 1 23 45 67 89 is left alone: of a sign, digits and what parts them nothing but a number can be made.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from ..models import Contact

COLUMNS = ("email", "name", "phone", "company", "owner", "addresses")
BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_TELEPHONE = re.compile(r"\+\d[\d .()-]*")


def csv_of(contacts: Iterable[Contact]) -> Iterator[str]:
    """The lines of the file, the first with the names of the columns. It begins with a byte order mark, by which Excel
    knows UTF-8; several addresses stand in one cell, with a semicolon between."""
    yield BYTE_ORDER_MARK + _line(COLUMNS)
    for contact in contacts:
        yield _line(map(harmless, _cells(contact)))


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) and not _TELEPHONE.fullmatch(cell) else cell


def _cells(contact: Contact) -> tuple[str, ...]:
    owner = contact.owner.email if contact.owner else ""
    further = "; ".join(one.email for one in contact.addresses)
    return contact.email, contact.name, contact.phone, contact.company, owner, further


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(cells)
    return text.getvalue()
