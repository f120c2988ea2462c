"""The worker's part of an import: part after part of the file, each in a transaction of its own with the place that was
reached. Whoever is killed leaves nothing half done, and the next worker goes on where that one stopped."""

import logging
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm import undefer

from ..extensions import db
from ..models import ContactImport
from ..models.contact_import import CHECKED, DONE, FAILED, RUNNING
from .contact_import import PART_ROWS, Choices, end, rows_of
from .contact_import_judge import Judge, kept_error
from .contact_import_people import TakenMeanwhile
from .contact_import_rows import Entry, EntryReader
from .contact_import_seen import Seen
from .transaction import in_transaction

log = logging.getLogger(__name__)

MOST_ERRORS = 1000
# Somebody may make one of the contacts at the same moment, by booking: then the part is read again.
ATTEMPTS = 3
# SQLite has one writer at a time, and those who wait for it look again every tenth of a second at the latest.
BREATH_SECONDS = 0.12
ROUND_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of an import that were read, and what their file calls their columns."""

    import_id: int
    position: int
    reader: EntryReader
    entries: list[Entry]


_seen = Seen()


def imports_due(now: datetime) -> int:
    """Goes on with imports for some seconds, and returns how many parts were read."""
    taken, stop = 0, time.monotonic() + ROUND_SECONDS
    while time.monotonic() < stop and import_part(now):
        taken += 1
    return taken


def import_part(now: datetime) -> int:
    """Reads the next part of the oldest import that goes on; returns 1, or 0 when there is none."""
    row = db.session.scalar(
        select(ContactImport).where(ContactImport.state == RUNNING).order_by(ContactImport.id).limit(1)
    )
    if row is None:
        _seen.forget()
        return 0
    import_id = row.id
    try:
        _do_part(row, now)
    except (OperationalError, InterfaceError):
        raise  # the next round tries again
    except Exception:
        log.exception("an import of contacts failed in a way that nobody expected")
        in_transaction(lambda: _fail(import_id))
    return 1


def _do_part(row: ContactImport, now: datetime) -> None:
    reader, position = EntryReader(row.mapping["header"], row.mapping["keys"]), row.position
    for attempt in range(1, ATTEMPTS + 1):
        part = _read(row.id, reader, position)
        try:
            in_transaction(partial(_keep, part, now))
        except (IntegrityError, TakenMeanwhile):
            if attempt == ATTEMPTS:
                raise
        else:
            break
    if db.engine.dialect.name == "sqlite":
        time.sleep(BREATH_SECONDS)


def _read(import_id: int, reader: EntryReader, position: int) -> Part:
    """The next rows of an import. All that needs no lock is done here."""
    number = position // PART_ROWS
    _seen.catch_up(import_id, reader, number)
    rows = rows_of(import_id, number)
    db.session.rollback()  # who looks at the rows meanwhile holds up nobody who writes
    entries = [reader.read(row) for row in rows]
    _seen.look(entries, reader, number)
    return Part(import_id, position, reader, entries)


def _keep(part: Part, now: datetime) -> None:
    """What the rows of a part say, and that they were read, unless another worker was quicker or it was cancelled."""
    found = select(ContactImport).where(
        ContactImport.id == part.import_id,
        ContactImport.position == part.position,
        ContactImport.state == RUNNING,
    )
    row = db.session.scalar(found.options(undefer(ContactImport.errors)).with_for_update(skip_locked=True))
    if row is None:
        return
    done = Judge(part.reader, part.entries, Choices(row.mapping["update"], row.mapping["replace_owner"]))
    if not row.dry:
        done.people.write(now)
    row.position += len(part.entries)
    row.counts = dict(Counter(row.counts) + done.counts)
    if done.failed and len(row.errors) < MOST_ERRORS:
        row.errors = [*row.errors, *(kept_error(part.reader, entry) for entry in done.failed)][:MOST_ERRORS]
    if row.position >= row.total:
        _finish(row, now)


def _finish(row: ContactImport, now: datetime) -> None:
    if row.dry:
        row.state = CHECKED
    else:
        end(row, DONE, now)


def _fail(import_id: int) -> None:
    row = db.session.get_one(ContactImport, import_id, with_for_update=True)
    if row.state == RUNNING:
        row.state = FAILED
