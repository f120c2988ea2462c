"""Whether the database answers, keeps what it is given, and has the tables of this release."""

import shutil
from datetime import datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from ..config import in_force
from ..database import WAL_SAFE
from ..extensions import db
from ..models import WorkerSign
from ..services.transaction import transaction
from .finding import Finding, fail, ok, warn, worst

SAFE_JOURNALS = {("wal", 2), ("delete", 3)}
GIB, LITTLE, HARDLY_ANY = 2**30, 2**30, 2**27
OVER_THE_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "glusterfs", "ceph")
UPGRADE = "Run `flask --app wsgi db upgrade`, then restart web and worker."


class _Undo(Exception):
    """Takes back what was written as a trial."""


def writable(now: datetime) -> Finding:
    try:
        with transaction():
            db.session.merge(WorkerSign(name="doctor", seen_at=now))
            db.session.flush()
            raise _Undo
    except _Undo:
        return ok("The database answers and takes what is written.")
    except DBAPIError as error:
        return fail(
            f"The database does not take what is written: {reason(error)} Is DATABASE_URL right? {UPGRADE}"
        )


def engine(now: datetime) -> Finding:
    return _sqlite() if in_force().sqlite else _postgresql()


def _sqlite() -> Finding:
    version = _value("SELECT sqlite_version()")
    journal, synchronous = str(_value("PRAGMA journal_mode")), int(str(_value("PRAGMA synchronous")))
    found = [ok(f"SQLite {version}, journal {journal}, on a local disk with space.")]
    if not WAL_SAFE:
        found.append(
            warn(f"SQLite {version} is old: its slower journal is used. `pip install pysqlite3` helps.")
        )
    if (journal, synchronous) not in SAFE_JOURNALS:
        found.append(
            fail(f"With journal {journal} and synchronous={synchronous} a power failure could lose bookings.")
        )
    if not _value("PRAGMA foreign_keys"):
        found.append(fail("Foreign keys are not enforced: this SQLite was built without them."))
    if _value("PRAGMA quick_check(1)") != "ok":
        found.append(fail("The database file is damaged: stop web and worker, and put the last backup back."))
    return worst(found + _disk())


def _disk() -> list[Finding]:
    path = Path(db.engine.url.database or "").resolve()
    free, kind = shutil.disk_usage(path.parent).free, _filesystem(path)
    found = []
    if free < LITTLE:
        level = fail if free < HARDLY_ANY else warn
        found.append(level(f"Only {free / GIB:.2f} GiB are free where the database lies: make room."))
    if kind in OVER_THE_NETWORK:
        found.append(
            fail(f"The database lies on {kind}: SQLite needs a local disk. Move it, or use PostgreSQL.")
        )
    return found


def _filesystem(path: Path) -> str:
    """The kind of file system that holds the path; empty where the system does not tell."""
    mounts = Path("/proc/mounts")
    lines = [line.split() for line in mounts.read_text().splitlines()] if mounts.is_file() else []
    above = [(len(line[1]), line[2]) for line in lines if path.is_relative_to(line[1])]
    return max(above, default=(0, ""))[1]


def _postgresql() -> Finding:
    found = [ok(f"PostgreSQL {_value('SHOW server_version')}, commits are kept.")]
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        if _value(f"SHOW {setting}") == "off":
            found.append(
                warn(f"PostgreSQL runs with {setting}=off: bookings could be lost in a crash. Switch it on.")
            )
    if _value("SHOW server_encoding") != "UTF8":
        found.append(fail("The database is not in UTF8: make one with `createdb --encoding UTF8`."))
    return worst(found)


def migrations(now: datetime) -> Finding:
    config = current_app.extensions["migrate"].migrate.get_config()
    wanted = set(ScriptDirectory.from_config(config).get_heads())
    versions = text("SELECT version_num FROM alembic_version")
    tables = inspect(db.session.connection()).has_table("alembic_version")
    found = set(db.session.scalars(versions)) if tables else set()
    if found == wanted:
        return ok(f"The tables are those of this release ({', '.join(sorted(wanted))}).")
    if not found:
        return fail(f"The database has no tables yet. {UPGRADE}")
    return fail(f"The tables are those of another release ({', '.join(sorted(found))}). {UPGRADE}")


def _value(question: str) -> object:
    return db.session.execute(text(question)).scalar()


def reason(error: DBAPIError) -> str:
    """What the database said, in one line."""
    said = " ".join(str(error.orig).split())[:200]
    return f"{said.rstrip('.')}."
