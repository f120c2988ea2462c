"""How connections behave: on SQLite we send BEGIN ourselves, so that a check and its insert see one state."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, event

from .config import Config

try:
    from pysqlite3 import dbapi2 as sqlite_driver
except ImportError:
    sqlite_driver = sqlite3

# Older builds can corrupt a database in WAL mode when two connections write or checkpoint at once.
WAL_SAFE = sqlite_driver.sqlite_version_info >= (3, 51, 3)
JOURNAL = (
    ("journal_mode=WAL", "synchronous=FULL") if WAL_SAFE else ("journal_mode=DELETE", "synchronous=EXTRA")
)
LOCK_SECONDS = 10


def engine_options(config: Config) -> dict[str, Any]:
    """Options for `create_engine` that suit the database of `config`."""
    # What people typed is in no error, and so in no log.
    hide = {"hide_parameters": True}
    if config.sqlite:
        return {"module": sqlite_driver, "connect_args": {"timeout": LOCK_SECONDS}, **hide}
    limits = "-c lock_timeout=8s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
    return {"pool_pre_ping": True, "connect_args": {"options": limits}, **hide}


def prepare(engine: Engine) -> None:
    """Registers the hooks that SQLite needs; other engines need none."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)


def _on_connect(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for pragma in (f"busy_timeout={1000 * LOCK_SECONDS}", *JOURNAL, "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    """Writers take the write lock at once: an upgrade in mid-transaction fails, and no time-out helps."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
