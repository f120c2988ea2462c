"""Importing contacts from a file, as admins do it: the file, its columns, a rehearsal, and the import itself.

The worker goes through the rows (`contact_import_work`).
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import BinaryIO

from sqlalchemy import String, cast, delete, select

from ..csv_file import NO_FILE, CsvFile, Row, Unreadable, read_csv
from ..extensions import db
from ..models import ContactImport, ContactImportPart, User
from ..models.contact_import import CANCELLED, CHECKED, DONE, FAILED, RUNNING, UPLOADED
from .contact_import_columns import column_problems, guessed
from .contact_import_rows import packed, unpacked
from .errors import Invalid, NotAllowed, NothingLeftToDo, UnknownImport
from .listing import A_PAGE
from .transaction import in_transaction

# So many rows are one part of a file, and one transaction of the worker.
PART_ROWS = 1000
LONGEST_NAME = 200
PREVIEWED = 3
# Nobody goes on with an import for so long: its rows are thrown away.
KEEP_OPEN = timedelta(days=7)
# So long after an import its errors can still be looked at: they hold addresses.
KEEP_ERRORS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Choices:
    """What is to be done with whom there is already: `update` them at all, and let the file `replace_owner`."""

    update: bool = True
    replace_owner: bool = False


def keep_file(stream: BinaryIO | None, name: str, *, by: User, now: datetime) -> int:
    """Keeps a file, without doing anything with it yet, and returns the number of its import. Raises NotAllowed for who
    is no admin, and Invalid for what cannot be read as CSV: `file` says why."""
    _admins_only(by)
    if stream is None:
        raise Invalid({"file": [NO_FILE]})
    try:
        file = read_csv(stream)
        parts, total = _parts(file)
    except Unreadable as error:
        raise Invalid({"file": [error.sentence]}) from error
    return in_transaction(lambda: _store(file, parts, total, name, by, now))


def _parts(file: CsvFile) -> tuple[list[bytes], int]:
    parts, total = [], 0
    while rows := list(islice(file.rows, PART_ROWS)):
        parts.append(packed(rows))
        total += len(rows)
    return parts, total


def _store(file: CsvFile, parts: list[bytes], total: int, name: str, by: User, now: datetime) -> int:
    shown = "".join(letter for letter in name if letter.isprintable())[:LONGEST_NAME]
    mapping = {"header": file.header, "keys": guessed(file.header), **asdict(Choices())}
    row = ContactImport(
        creator_id=by.id,
        created_at=now,
        name=shown,
        state=UPLOADED,
        mapping=mapping,
        total=total,
        counts={},
        errors=[],
    )
    db.session.add(row)
    db.session.flush()
    for number, content in enumerate(parts):
        db.session.add(ContactImportPart(import_id=row.id, number=number, content=content))
    return row.id


def rehearse(import_id: int, keys: Sequence[str], choices: Choices, *, by: User) -> None:
    """Says what each column is, and has the worker look what would happen; nothing is kept of that. Raises NotAllowed,
    UnknownImport, Invalid (see `column_problems`), and NothingLeftToDo where the import goes on or is over."""
    problems = column_problems(keys)

    def work(row: ContactImport) -> None:
        if row.state not in (UPLOADED, CHECKED):
            raise NothingLeftToDo
        if problems:
            raise Invalid(problems)
        row.mapping = {"header": row.mapping["header"], "keys": list(keys), **asdict(choices)}
        _begin(row, dry=True)

    _change(import_id, by, work)


def start(import_id: int, *, by: User) -> None:
    """Has the worker import what was rehearsed, or go on after a failure. Raises NotAllowed, UnknownImport, and
    NothingLeftToDo where there is nothing to import (any more)."""

    def work(row: ContactImport) -> None:
        if row.state == CHECKED:
            _begin(row, dry=False)
        elif row.state == FAILED:
            row.state = RUNNING
        elif row.state != RUNNING or row.dry:
            raise NothingLeftToDo

    _change(import_id, by, work)


def cancel(import_id: int, *, by: User, now: datetime) -> None:
    """Ends an import where it stands: what was imported stays. Raises NotAllowed, UnknownImport, and NothingLeftToDo
    where it is over."""

    def work(row: ContactImport) -> None:
        if row.state in (DONE, CANCELLED):
            raise NothingLeftToDo
        end(row, CANCELLED, now)

    _change(import_id, by, work)


def end(row: ContactImport, state: str, now: datetime) -> None:
    """Ends an import, and throws its rows away. Inside a transaction."""
    row.state, row.done_at = state, now
    db.session.execute(delete(ContactImportPart).where(ContactImportPart.import_id == row.id))


def _begin(row: ContactImport, *, dry: bool) -> None:
    row.state, row.dry, row.position, row.counts, row.errors = RUNNING, dry, 0, {}, []


def _change(import_id: int, by: User, work: Callable[[ContactImport], None]) -> None:
    _admins_only(by)

    def locked() -> None:
        found = select(ContactImport).where(ContactImport.id == import_id).with_for_update()
        row = db.session.scalars(found).one_or_none()
        if row is None:
            raise UnknownImport
        work(row)

    in_transaction(locked)


def _admins_only(by: User) -> None:
    if not by.is_admin:
        raise NotAllowed


def import_by_id(import_id: int) -> ContactImport:
    """The import with this number. Raises UnknownImport."""
    row = db.session.get(ContactImport, import_id)
    if row is None:
        raise UnknownImport
    return row


def imports(page: int) -> tuple[list[ContactImport], bool]:
    """A page of the imports, newest first, and whether more follow; pages count from 1."""
    found = select(ContactImport).order_by(ContactImport.id.desc())
    rows = list(db.session.scalars(found.limit(A_PAGE + 1).offset((page - 1) * A_PAGE)))
    return rows[:A_PAGE], len(rows) > A_PAGE


def first_rows(import_id: int) -> list[Row]:
    """The first rows of a file, for people to see what its columns hold."""
    return rows_of(import_id, 0)[:PREVIEWED]


def rows_of(import_id: int, number: int) -> list[Row]:
    """The rows of a part, none where it is gone."""
    content = db.session.scalar(
        select(ContactImportPart.content).where(
            ContactImportPart.import_id == import_id, ContactImportPart.number == number
        )
    )
    return [] if content is None else unpacked(content)


def prune_imports(now: datetime, most: int) -> int:
    """Ends imports that nobody went on with, and forgets errors of old ones. Returns how many. Inside a transaction."""
    idle = select(ContactImport).where(
        ContactImport.state.in_([UPLOADED, CHECKED, FAILED]), ContactImport.created_at < now - KEEP_OPEN
    )
    abandoned = list(db.session.scalars(idle.limit(most).with_for_update(skip_locked=True)))
    for row in abandoned:
        end(row, CANCELLED, now)
    return len(abandoned) + _forget_errors(now, most)


def _forget_errors(now: datetime, most: int) -> int:
    with_errors = cast(ContactImport.errors, String) != "[]"
    old = select(ContactImport).where(ContactImport.done_at < now - KEEP_ERRORS, with_errors)
    rows = list(db.session.scalars(old.limit(most).with_for_update(skip_locked=True)))
    for row in rows:
        row.errors = []
    return len(rows)
