"""The database's driver, which fails at the call that a test names: as it does when a disk or a connection fails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from website.database import sqlite_driver
from website.extensions import db

Call = Callable[..., Any]


@dataclass
class Failing:
    """`calls` counts statements and commits. Call number `at` fails: before it did anything, or `after` it did.
    `commits_only`: only commits are counted."""

    at: int = 0
    after: bool = False
    commits_only: bool = False
    calls: int = 0

    @property
    def failed(self) -> bool:
        """Whether the call was reached."""
        return 0 < self.at <= self.calls

    def around(self, call: Call, connection_of: Call) -> Call:
        """A call of the driver that is counted."""

        def counted(*values: Any, **more: Any) -> Any:
            self.calls += 1
            if self.calls != self.at:
                return call(*values, **more)
            if self.after:
                call(*values, **more)
            return fail(connection_of(values[0]))

        return counted


def fail(connection: Any) -> None:
    """What the driver raises for a disk that fails, and for a server that is gone."""
    if isinstance(connection, psycopg.Connection):
        connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")
    raise sqlite_driver.OperationalError("disk I/O error")


@contextmanager
def failing(at: int = 0, *, after: bool = False, commits_only: bool = False) -> Iterator[Failing]:
    """Lets the driver of the site's engine fail at call number `at`, once."""
    fault, dialect = Failing(at, after, commits_only), db.engine.dialect
    kept = {name: getattr(dialect, name) for name in ("do_execute", "do_executemany", "do_commit")}
    dialect.do_commit = fault.around(kept["do_commit"], _bare)
    if not commits_only:
        dialect.do_execute = fault.around(kept["do_execute"], lambda cursor: cursor.connection)
        dialect.do_executemany = fault.around(kept["do_executemany"], lambda cursor: cursor.connection)
    try:
        yield fault
    finally:
        for name, call in kept.items():
            setattr(dialect, name, call)


def _bare(connection: Any) -> Any:
    """The driver's own connection behind the pool's."""
    return getattr(connection, "driver_connection", connection)
