"""The only commit in the program. A use case runs in one transaction that takes the write lock first."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError

from ..extensions import db

log = logging.getLogger(__name__)
Result = TypeVar("Result")

ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.02
# Somebody looks at a page that loads: whoever waited so long for others is not made to wait once more.
PATIENCE_SECONDS = 8.0
# serialization failure, deadlock, lock not available, statement timeout, the server's shutdown or crash, connection
# lost
PASSING = ("40001", "40P01", "55P03", "57014", "57P01", "57P02", "08006", "08003")


class NestedTransaction(RuntimeError):
    """A use case was called inside another one's transaction."""


@contextmanager
def transaction() -> Iterator[None]:
    """Everything inside is stored together or not at all. Raises NestedTransaction inside another one."""
    if db.session.info.get("writing"):
        raise NestedTransaction("a transaction is open already")
    db.session.rollback()
    db.session.info["writing"] = True
    try:
        db.session.connection(execution_options={"writes": True})
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.session.info["writing"] = False


def in_transaction(work: Callable[[], Result], *, patience_seconds: float = PATIENCE_SECONDS) -> Result:
    """Runs `work` in a transaction, again from the start when the database says that trying again may help, unless
    `patience_seconds` have passed by then."""
    end = time.monotonic() + patience_seconds
    for attempt in range(ATTEMPTS):
        try:
            with transaction():
                return work()
        except DBAPIError as error:
            if attempt == ATTEMPTS - 1 or time.monotonic() >= end or not _passing(error):
                raise
            log.warning("transaction tried again: %s", type(error.orig).__name__)
            time.sleep(FIRST_PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311  (jitter)
    raise AssertionError("unreachable")


def _passing(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in PASSING
    return error.connection_invalidated or (
        isinstance(error, OperationalError) and "locked" in str(error.orig)
    )
