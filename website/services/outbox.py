"""The outbox: leases what is due, delivers it, and records the outcome (R32).

Any number of workers may run. A lease lasts longer than a delivery may take, and its fence keeps a worker that
lost it from recording anything. Effects may be repeated: each of them changes nothing the second time.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from ..extensions import db
from ..models import Message
from ..models.message import DONE, FAILED, WAITING
from ..providers.calendars.base import AccessRevoked, CalendarError, CalendarReadOnly
from . import calendar_event
from .effect import Effect
from .transaction import in_transaction

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
LONGEST_PAUSE_SECONDS = 3600
MOST_AT_ONCE = 50

CHANNELS: dict[str, Callable[..., Effect | None]] = {"calendar_event": calendar_event.prepare}


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to deliver one message, until `fence` is raised by somebody else."""

    message_id: int
    fence: int


def deliver_due(now: datetime, *, allow_private: bool) -> int:
    """Delivers the messages that are due at `now`, oldest first, and returns how many it took."""
    taken = 0
    while taken < MOST_AT_ONCE:
        lease = in_transaction(lambda: _lease(now))
        if lease is None:
            break
        _deliver(lease, now, allow_private)
        taken += 1
    return taken


def lag(now: datetime) -> timedelta:
    """How long the oldest due message has been waiting."""
    oldest = db.session.scalar(
        select(func.min(Message.due_at)).where(Message.state == WAITING, Message.due_at <= now)
    )
    return now - oldest if oldest else timedelta(0)


def _lease(now: datetime) -> Lease | None:
    """Takes the oldest due message; `attempts` rises here, so that one that kills its worker is counted too."""
    message = db.session.scalar(
        select(Message)
        .where(
            Message.state == WAITING,
            Message.due_at <= now,
            or_(Message.lease_until.is_(None), Message.lease_until <= now),
        )
        .order_by(Message.due_at, Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if message is None:
        return None
    message.lease_until = now + LEASE
    message.fence += 1
    message.attempts += 1
    return Lease(message.id, message.fence)


def _deliver(lease: Lease, now: datetime, allow_private: bool) -> None:
    message = db.session.get_one(Message, lease.message_id)
    effect = CHANNELS[message.channel](message, allow_private=allow_private)
    if effect is not None and effect.in_database:
        in_transaction(lambda: _record(lease, now, None, effect))
        return
    db.session.rollback()
    failure = _run(effect) if effect is not None else None
    in_transaction(lambda: _record(lease, now, failure, None))


def _run(effect: Effect) -> Exception | None:
    try:
        effect.run()
    except CalendarError as error:
        return error
    except Exception as error:  # one bad message must not stop the rest
        log.exception("a delivery failed in a way that nobody expected")
        return error
    return None


def _record(lease: Lease, now: datetime, failure: Exception | None, effect: Effect | None) -> None:
    message = db.session.scalars(
        select(Message).where(Message.id == lease.message_id).with_for_update()
    ).one()
    if message.fence != lease.fence or message.state != WAITING:
        log.warning("message %s was taken over by another worker", message.id)
        return
    if effect is not None:
        effect.run()
    message.lease_until = None
    if failure is None:
        message.state, message.done_at, message.error = DONE, now, ""
    else:
        _put_off(message, failure, now)


def _put_off(message: Message, failure: Exception, now: datetime) -> None:
    """Passing failures are tried again, ever less often; what only a person can mend is shown (R32)."""
    message.error = f"{type(failure).__name__}: {failure}"[:500]
    if isinstance(failure, AccessRevoked | CalendarReadOnly):
        message.state = FAILED
        return
    pause = min(2.0 ** min(message.attempts, 12), LONGEST_PAUSE_SECONDS)
    message.due_at = now + timedelta(seconds=pause * random.uniform(0.5, 1.5))  # noqa: S311  (spreads the load)
    log.warning("message %s (%s) waits after %s", message.id, message.kind, type(failure).__name__)
