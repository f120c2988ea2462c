"""Imports of contacts in words: how each stands, what became of its rows, and what is wrong with some of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ...csv_file import Row
from ...models import ContactImport
from ...models.contact_import import CANCELLED, CHECKED, DONE, FAILED, RUNNING, UPLOADED
from ...sentences import Sentence
from ...services.contact_import_rows import EntryReader
from ...wording import colon
from ..languages import translated
from ..public.words import date_and_time

OVER = _l("This import was finished or cancelled in the meantime.")
# Tone and words of each state; those of a rehearsal apart.
STATES = {
    UPLOADED: ("warn", _l("Waits for its columns")),
    RUNNING: ("warn", _l("Being imported")),
    CHECKED: ("warn", _l("Checked, not imported yet")),
    DONE: ("good", _l("Imported")),
    CANCELLED: ("idle", _l("Cancelled")),
    FAILED: ("bad", _l("Stopped by a fault")),
}
BEING_CHECKED = ("warn", _l("Being checked"))
# What becomes of rows, in the order in which it is shown.
OUTCOMES = {
    "created": _l("New"),
    "updated": _l("Changed"),
    "unchanged": _l("Nothing new"),
    "skipped": _l("There already, left as they are"),
    "error": _l("Cannot be used"),
}
LONGEST_SAMPLE = 60
LONGEST_VALUE = 120
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import in the list of all."""

    id: int
    name: str
    by: str
    at: str
    tone: str
    state: str
    counts: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its name, what it is taken for, what it holds in the first rows, and what is wrong."""

    number: int
    name: str
    key: str
    samples: list[str]
    problem: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A value that cannot be used."""

    line: int
    column: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Work:
    """How an import stands: `tiles` are numbers of rows with what became of them, `notes` sentences beside that,
    `wrong` the first values that cannot be used, of `errors` rows that were kept. `some`: there is something to
    import."""

    heading: str
    tone: str
    said: str
    rows: str
    tiles: list[tuple[str, str]]
    notes: list[str]
    wrong: list[Wrong]
    errors: int
    some: bool


def row_of(row: ContactImport, zone: str) -> ImportRow:
    """An import as the list shows it to somebody in that zone."""
    tone, words = _state(row)
    counted = [f"{colon(label)} {number}" for number, label in _tiles(row)]
    return ImportRow(
        id=row.id,
        name=row.name or _("A file without a name"),
        by=row.creator.name,
        at=date_and_time(row.created_at, zone),
        tone=tone,
        state=words,
        counts=" · ".join(counted),
    )


def columns_of(
    header: Sequence[str], keys: Sequence[str], rows: Sequence[Row], errors: Mapping[str, Sequence[str]]
) -> list[Column]:
    """The columns of a file, as a form shows them."""
    return [
        Column(
            number=number,
            name=name or _("Column %(number)s", number=number + 1),
            key=key,
            samples=_samples(rows, number),
            problem=translated(errors[f"column_{number}"][0]) if f"column_{number}" in errors else "",
        )
        for number, (name, key) in enumerate(zip(header, keys, strict=True))
    ]


def _samples(rows: Sequence[Row], number: int) -> list[str]:
    cells = (row.cells[number] for row in rows if number < len(row.cells))
    return [_short(cell, LONGEST_SAMPLE) for cell in cells if cell]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def rows_said(number: int) -> str:
    """So many rows."""
    return str(ngettext("%(count)s row", "%(count)s rows", number, count=format_decimal(number)))


def work_of(row: ContactImport, *, idle: bool) -> Work:
    """How an import stands; `idle`: no worker is there to go on with it."""
    tone, words = _state(row)
    counts = row.counts
    return Work(
        heading=words,
        tone=tone,
        said=_said(row, idle),
        rows=rows_said(row.total),
        tiles=_tiles(row),
        notes=list(_notes(counts)),
        wrong=list(_wrong(row.errors))[:MOST_SHOWN],
        errors=len(row.errors),
        some=bool(counts.get("created") or counts.get("updated")),
    )


def _state(row: ContactImport) -> tuple[str, str]:
    tone, words = BEING_CHECKED if row.state == RUNNING and row.dry else STATES[row.state]
    return tone, str(words)


def _tiles(row: ContactImport) -> list[tuple[str, str]]:
    return [
        (str(format_decimal(row.counts[key])), str(label))
        for key, label in OUTCOMES.items()
        if row.counts.get(key)
    ]


def _said(row: ContactImport, idle: bool) -> str:
    if idle:
        return str(_("No worker has been seen for two minutes: this goes on as soon as one runs."))
    if row.state == RUNNING:
        return str(
            _(
                "%(done)s of %(total)s rows. You may leave this page: it goes on without you.",
                done=format_decimal(row.position), total=format_decimal(row.total),
            )
        )  # fmt: skip
    return str(_SAID[row.state])


_SAID = {
    CHECKED: _l("This is what would happen. Nothing was changed yet."),
    DONE: _l("All rows were gone through. The file was thrown away."),
    CANCELLED: _l("What was imported before stays. The file was thrown away."),
    FAILED: _l(
        "Something unexpected went wrong; the worker’s log says more. What was imported stays, and you can go on."
    ),
}


def _notes(counts: Mapping[str, int]) -> Iterator[str]:
    kept, replaced = counts.get("owner_kept", 0), counts.get("owner_replaced", 0)
    if kept:
        yield str(
            ngettext(
                "%(num)s contact keeps its owner, though the file names another.",
                "%(num)s contacts keep their owners, though the file names others.",
                kept,
            )
        )
    if replaced:
        yield str(
            ngettext(
                "The owner of %(num)s contact is replaced.",
                "The owners of %(num)s contacts are replaced.",
                replaced,
            )
        )


def _wrong(errors: Sequence[Mapping[str, Any]]) -> Iterator[Wrong]:
    for error in errors:
        for problem in error["problems"]:
            yield Wrong(
                error["line"], problem["column"], _short(problem["value"], LONGEST_VALUE), _why(problem)
            )


def _why(problem: Mapping[str, Any]) -> str:
    return translated(Sentence.kept(problem["why"], problem["values"]))


def error_lines(row: ContactImport) -> Iterator[list[str]]:
    """The rows that could not be used, as a table: the columns that were read, and what is wrong with them."""
    header = row.mapping["header"]
    used = EntryReader(header, row.mapping["keys"]).used
    yield [*(header[number] for number in used), "error"]
    for error in row.errors:
        said = (_named(error["line"], problem) for problem in error["problems"])
        yield [*error["cells"], " ".join(said)]


def _named(line: int, problem: Mapping[str, Any]) -> str:
    if not problem["column"]:
        return str(_("Line %(line)s: %(problem)s", line=line, problem=_why(problem)))
    return str(
        _(
            "Line %(line)s, %(column)s: %(problem)s",
            line=line,
            column=problem["column"],
            problem=_why(problem),
        )
    )
