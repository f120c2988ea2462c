"""CSV files as people have them: whatever encoding, separator and line ends their program writes.

What cannot be read for certain is refused with a sentence: nothing is guessed at the cost of somebody's name.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from .csv_cells import plain_cell
from .sentences import Sentence

LARGEST_BYTES = 25 * 1024 * 1024
MOST_COLUMNS = 200
MOST_ROWS = 500_000
SEPARATORS = (",", ";", "\t")
PIECE_BYTES = 1024 * 1024
SAMPLE_LETTERS = 64 * 1024

# UTF-32 begins as UTF-16 does, so it is looked for first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
# What Excel writes before the header, so as to be told the separator when it opens the file again.
_TOLD = re.compile(r"sep=(.)")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# No program writes these into a text.
_NOT_TEXT = re.compile(r"[\x00-\x08]")

EMPTY = Sentence("This file is empty. Choose one with a row of column names, and contacts below it.")
NO_FILE = Sentence("Choose a CSV file.")
WORKBOOK = Sentence("This is a spreadsheet, not a CSV file. Open it, and save it as CSV (UTF-8).")
BINARY = Sentence("This is not a CSV file. Save your contacts as CSV (UTF-8), and choose that file.")
TOO_LARGE = Sentence(
    "This file is too large: a file may have 25 MB. Part it into several, each with the column names."
)
NO_HEADER = Sentence(
    "The first row has to hold the names of the columns, such as E-mail. Add such a row, and try again."
)
NO_ROWS = Sentence("There are only column names in this file, and no contacts below them.")


class Unreadable(Exception):
    """The file cannot be read as CSV; `sentence` says why, and what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: the number of the line where it begins, from 1, and its cells without outer white space."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file whose header was read. `rows` reads on, and raises Unreadable where that goes wrong; rows without
    anything in them are left out."""

    encoding: str
    separator: str
    header: list[str]
    rows: Iterator[Row]


def read_csv(stream: BinaryIO) -> CsvFile:
    """Reads the header of a file, which must stay open for its rows. Raises Unreadable."""
    encoding = _encoding(stream)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    sample = text.read(SAMPLE_LETTERS)
    separator = _separator(sample, len(sample) < SAMPLE_LETTERS)
    text.seek(0)
    rows = _filled(_parsed(text, separator))
    header = _header(next(rows, None))
    return CsvFile(encoding, separator, header, _bounded(rows))


def _encoding(stream: BinaryIO) -> str:
    """The encoding in which all of the file can be read."""
    beginning = stream.read(4096)
    if not beginning:
        raise Unreadable(EMPTY)
    if beginning.startswith(_WORKBOOKS):
        raise Unreadable(WORKBOOK)
    for encoding in _candidates(beginning):
        stream.seek(0)
        if _is_text(stream, encoding):
            return encoding
    raise Unreadable(BINARY)


def _candidates(beginning: bytes) -> tuple[str, ...]:
    marked = next((encoding for mark, encoding in _MARKS if beginning.startswith(mark)), None)
    if marked:
        return (marked,)
    # Of the letters that column names are written with, UTF-16 has one byte that is zero.
    if b"\0" in beginning[1::2] and b"\0" not in beginning[::2]:
        return ("utf-16-le",)
    if b"\0" in beginning[::2] and b"\0" not in beginning[1::2]:
        return ("utf-16-be",)
    return ("utf-8", "cp1252")


def _is_text(stream: BinaryIO, encoding: str) -> bool:
    decoder, size = codecs.getincrementaldecoder(encoding)(), 0
    while piece := stream.read(PIECE_BYTES):
        size += len(piece)
        if size > LARGEST_BYTES:
            raise Unreadable(TOO_LARGE)
        try:
            if _NOT_TEXT.search(decoder.decode(piece)):
                return False
        except UnicodeDecodeError:
            return False
    return _ends_well(decoder)


def _ends_well(decoder: codecs.IncrementalDecoder) -> bool:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator(sample: str, whole: bool) -> str:
    """What parts the cells: what the file says, else what gives the most columns in the same number for most rows."""
    told = _TOLD.fullmatch(sample.splitlines()[0]) if sample.strip() else None
    if told and told[1] in SEPARATORS:
        return told[1]
    return max(SEPARATORS, key=lambda separator: _suits(sample, separator, whole))


def _suits(sample: str, separator: str, whole: bool) -> tuple[bool, float, int]:
    widths = _widths(sample, separator)
    if not whole and len(widths) > 1:
        widths.pop()  # cut off
    width = widths[0] if widths else 0
    return width > 1, widths.count(width) / max(len(widths), 1), width


def _widths(sample: str, separator: str) -> list[int]:
    widths = list[int]()
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator, skipinitialspace=True)
    with suppress(csv.Error):
        widths.extend(len(cells) for cells in reader if cells)
    return widths


def _parsed(text: Iterable[str], separator: str) -> Iterator[Row]:
    """Every row, and the line where it begins. A quotation mark that is not closed swallows no further rows."""
    reader = csv.reader(text, delimiter=separator, skipinitialspace=True, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(_misquoted(line)) from error
        yield Row(line, [plain_cell(cell.strip()) for cell in cells])


def _misquoted(line: int) -> Sentence:
    return Sentence(
        "The row that begins at line %(line)s cannot be read: a quotation mark in it is not closed, or there is more "
        "after the closing one. Inside of quotation marks, write them twice.",
        line=line,
    )


def _filled(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if any(row.cells) and (row.line, row.cells[0]) != (1, "sep="))


def _header(row: Row | None) -> list[str]:
    if row is None:
        raise Unreadable(EMPTY)
    names = list(row.cells)
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise Unreadable(
            Sentence(
                "There are %(columns)s columns in this file: %(most)s are the most.",
                columns=len(names),
                most=MOST_COLUMNS,
            )
        )
    if any(map(_ADDRESS.fullmatch, names)):
        raise Unreadable(NO_HEADER)
    return names


def _bounded(rows: Iterable[Row]) -> Iterator[Row]:
    number = 0
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise Unreadable(
                Sentence(
                    "There are more than %(most)s rows in this file. Part it into several.", most=MOST_ROWS
                )
            )
        yield row
    if not number:
        raise Unreadable(NO_ROWS)
