"""How connections behave: on SQLite we send BEGIN ourselves, so that a check and its insert see one state; on
PostgreSQL a connection that is lost once all is done spoils nothing."""

import logging
import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import PoolProxiedConnection

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

log = logging.getLogger(__name__)


def engine_options(config: Config) -> dict[str, Any]:
    """Options for `create_engine` that suit the database of `config`."""
    # What people typed is in no error, and so in no log.
    hide = {"hide_parameters": True}
    if config.sqlite:
        return {"module": sqlite_driver, "connect_args": {"timeout": LOCK_SECONDS}, **hide}
    limits = "-c lock_timeout=8s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
    return {"pool_pre_ping": True, "connect_args": {"options": limits}, **hide}


def prepare(engine: Engine) -> None:
    """Registers the hooks that the engine needs."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    else:
        _let_lost_ones_go(engine)


def _let_lost_ones_go(engine: Engine) -> None:
    """Where the server is gone, so is the transaction: there is nothing to roll back. Whoever has answered a visitor
    by then, or delivered a message, must not fail for that. The pool notices that the connection is dead."""
    dialect, rollback = engine.dialect, engine.dialect.do_rollback

    def do_rollback(connection: PoolProxiedConnection) -> None:
        try:
            rollback(connection)
        except dialect.loaded_dbapi.Error as error:
            if not dialect.is_disconnect(error, connection, None):
                raise
            log.warning("a connection to the database was lost: %s", type(error).__name__)

    dialect.do_rollback = do_rollback  # type: ignore[assignment]


def _on_connect(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for pragma in (f"busy_timeout={1000 * LOCK_SECONDS}", *JOURNAL, "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    """Writers take the write lock at once: an upgrade in mid-transaction fails, and no time-out helps."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
