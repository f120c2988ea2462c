"""A copy of an SQLite database, made while the site runs."""

import os
from contextlib import closing
from pathlib import Path
from typing import Any

from ..extensions import db


class CannotBackUp(Exception):
    """No backup was made; the text says why."""


def back_up(target: Path) -> int:
    """Copies the database to `target` as it is at one moment, and returns the size of the copy in bytes.

    The copy was read whole and found sound, and only its owner may read it. Nobody who books has to wait. Raises
    CannotBackUp; then there is no `target`.
    """
    if db.engine.dialect.name != "sqlite":
        raise CannotBackUp("This is for SQLite. PostgreSQL has pg_dump: docs/backup.md tells how.")
    _claim(target)
    try:
        _copy(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return target.stat().st_size


def _claim(target: Path) -> None:
    """An empty file that was not there before: nothing is ever overwritten, by two backups at once either."""
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise CannotBackUp(f"{target} exists already: choose another name.") from error
    except OSError as error:
        raise CannotBackUp(f"{target} cannot be written: {error.strerror}.") from error


def _copy(target: Path) -> None:
    # The driver's own connection: a transaction, which SQLAlchemy would open, forbids VACUUM.
    with closing(db.engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM INTO ?", (str(target),))
    driver: Any = db.engine.dialect.dbapi
    with closing(driver.connect(str(target))) as copy:
        said = copy.execute("PRAGMA integrity_check").fetchone()[0]
        broken = copy.execute("PRAGMA foreign_key_check").fetchone()
    if said != "ok" or broken is not None:
        raise CannotBackUp(
            "The copy is not sound, so it was removed. What does `flask --app wsgi doctor` say?"
        )
    _keep(target)


def _keep(target: Path) -> None:
    """The copy, and its name, are on the disk for good."""
    for path in (target, target.parent):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
