"""Cells of CSV files that people open in a spreadsheet: none of them may be taken for a formula.

A cell that a spreadsheet would compute is written with an apostrophe before it, as OWASP advises, and read without it
again. A telephone number such as +33 1 23 45 67 89 is left alone, for everybody who reads the file without us: of a
sign, digits and what parts them nothing but a number can be computed.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

# Full-width forms count too. Blanks before it do not help; an apostrophe that was there already counts as one of ours,
# so that reading takes away exactly what writing put there.
_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")
_TELEPHONE = re.compile(r"\+\d[\d .()-]*")
# Spreadsheets take a file for UTF-8 only when it says so.
BYTE_ORDER_MARK = "\ufeff"


def safe_cell(text: str) -> str:
    """The text as no spreadsheet computes it."""
    return f"'{text}" if _FORMULA.match(text) and not _TELEPHONE.fullmatch(text) else text


def plain_cell(cell: str) -> str:
    """The text of a cell that `safe_cell` wrote; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def csv_lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The rows as a CSV file for spreadsheets, row by row: with a byte order mark, commas, and safe cells."""
    mark = BYTE_ORDER_MARK
    for row in rows:
        line = StringIO()
        csv.writer(line, quoting=csv.QUOTE_ALL).writerow([safe_cell(cell) for cell in row])
        yield mark + line.getvalue()
        mark = ""
