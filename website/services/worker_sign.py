"""Signs of life: each worker process says now and then that it is there."""

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from ..extensions import db
from ..models import WorkerSign
from .seldom import Seldom
from .transaction import in_transaction

FORGOTTEN = timedelta(days=1)
# Without a sign of any worker for so long, what is due will not be done.
SILENT = timedelta(minutes=2)

_rest = Seldom(timedelta(seconds=30))


def sign_due(now: datetime) -> int:
    """Leaves this process's sign, every thirty seconds. That is no work, so it returns 0."""
    if _rest.is_due(now):
        in_transaction(lambda: sign(own_name(), now))
        _rest.done(now)
    return 0


def sign(name: str, now: datetime) -> None:
    """Notes that the worker was there at `now`, and forgets those not seen for a day. Inside a transaction."""
    db.session.merge(WorkerSign(name=name, seen_at=now))
    db.session.execute(delete(WorkerSign).where(WorkerSign.seen_at < now - FORGOTTEN))


def own_name() -> str:
    """This process, as no other one is called at the same time."""
    return f"{socket.gethostname()}:{os.getpid()}"


def last_seen(now: datetime) -> timedelta | None:
    """How long ago any worker was seen; None when none was."""
    seen_at: datetime | None = db.session.scalar(select(func.max(WorkerSign.seen_at)))
    return max(now - seen_at, timedelta(0)) if seen_at else None


def at_work(now: datetime) -> bool:
    """Whether any worker was seen lately."""
    seen = last_seen(now)
    return seen is not None and seen < SILENT
