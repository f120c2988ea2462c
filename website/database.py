"""How connections behave: on SQLite we send BEGIN ourselves, so that a check and its insert see one state; on
PostgreSQL a connection that is lost once all is done spoils nothing, and no commit waits for a standby for ever."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Event, Thread
from typing import Any

from sqlalchemy import Connection, Engine, event, make_url
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
# Somebody waits for the answer meanwhile.
COMMIT_SECONDS = 8.0
CANCEL_SECONDS = 2.0
# A machine that is gone says nothing: who waits for it notices by these, unless DATABASE_URL has its own.
NETWORK = {
    "connect_timeout": 5, "tcp_user_timeout": 15_000,
    "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
}  # fmt: skip

log = logging.getLogger(__name__)


def engine_options(config: Config) -> dict[str, Any]:
    """Options for `create_engine` that suit the database of `config`."""
    # What people typed is in no error, and so in no log.
    hide = {"hide_parameters": True}
    if config.sqlite:
        return {"module": sqlite_driver, "connect_args": {"timeout": LOCK_SECONDS}, **hide}
    limits = "-c lock_timeout=8s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
    named = make_url(config.database_url).query
    network = {name: value for name, value in NETWORK.items() if name not in named}
    return {"pool_pre_ping": True, "connect_args": {"options": limits, **network}, **hide}


def prepare(engine: Engine) -> None:
    """Registers the hooks that the engine needs."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    else:
        _let_lost_ones_go(engine)
        _bound_commits(engine)


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


def _bound_commits(engine: Engine) -> None:
    """A commit waits for a synchronous standby, and where none answers it does so for ever: PostgreSQL's own
    time-outs are over by then. Called off, it stands on this server alone, and could be lost with it: so it counts
    as a connection that was lost in the midst of a commit. Whoever repeats the request waits for the standby again."""
    dialect, commit = engine.dialect, engine.dialect.do_commit

    def do_commit(connection: PoolProxiedConnection) -> None:
        bare: Any = getattr(connection, "driver_connection", connection)
        patience = _Patience(COMMIT_SECONDS, partial(bare.cancel_safe, timeout=CANCEL_SECONDS))
        patience.start()
        try:
            commit(connection)
        finally:
            called_off = patience.end()
        if called_off:
            bare.close()
            raise dialect.loaded_dbapi.OperationalError("no standby confirmed the commit in time")

    dialect.do_commit = do_commit  # type: ignore[assignment]


class _Patience(Thread):
    """Calls something off after so many seconds, and once a second from then on, until it is over."""

    def __init__(self, seconds: float, call_off: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._seconds, self._call_off = seconds, call_off
        self._over, self._called_off = Event(), False

    def run(self) -> None:
        seconds = self._seconds
        while not self._over.wait(seconds):
            self._called_off, seconds = True, 1.0
            # A server that does not take it now is asked again.
            with suppress(Exception):
                self._call_off()

    def end(self) -> bool:
        """Whether it was called off. Nothing is called off any more once this returns."""
        self._over.set()
        self.join()
        return self._called_off


def _on_connect(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for pragma in (f"busy_timeout={1000 * LOCK_SECONDS}", *JOURNAL, "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    """Writers take the write lock at once: an upgrade in mid-transaction fails, and no time-out helps."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
