"""The outbox: leases what is due, delivers it, and records the outcome (R32).

Any number of workers may run. A lease lasts longer than a delivery may take, and its fence keeps a worker that
lost it from recording anything. Effects may be repeated: each of them changes nothing the second time.
"""

import logging
import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true, update
from sqlalchemy.orm import aliased

from ..clock import SKEW
from ..extensions import db
from ..models import Message
from ..models.message import DONE, DROPPED, FAILED, WAITING
from ..providers.calendars.errors import AccessRevoked, CalendarError, CalendarMissing, CalendarReadOnly
from ..providers.crm.errors import CrmError, CrmRefused, CrmRejected
from ..providers.delivery.email import DeliveryError, MailRefused
from . import booking_mail, calendar_event, crm_meeting, disconnection, email, forgetting
from .effect import Effect, Permanent, Unwanted
from .transaction import in_transaction

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
# A lease counts from the beginning of its round, and the last one taken has to outlast its delivery too.
ROUND_SECONDS = 15.0
LONGEST_PAUSE_SECONDS = 3600
# No attempt is put off for longer than that, whatever a provider asks for.
LONGEST_WAIT = timedelta(seconds=1.5 * LONGEST_PAUSE_SECONDS)
MOST_AT_ONCE = 50

TOO_LATE = "Too late to be true."

# What only a person can mend.
PERMANENT = (
    AccessRevoked, CalendarReadOnly, CalendarMissing, CrmRefused, CrmRejected, MailRefused, Permanent
)  # fmt: skip

CHANNELS: dict[str, Callable[[Message, datetime], Effect | None]] = {
    calendar_event.CHANNEL: calendar_event.prepare,
    disconnection.CHANNEL: disconnection.prepare,
    email.CHANNEL: email.prepare,
    booking_mail.CHANNEL: booking_mail.prepare,
    forgetting.CHANNEL: forgetting.prepare,
    crm_meeting.CHANNEL: crm_meeting.prepare,
}
# Nobody waits for these, and nothing else waits for them.
PATIENT = (crm_meeting.CHANNEL,)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to deliver one message, until `fence` is raised by somebody else."""

    message_id: int
    fence: int


def deliver_due(now: datetime) -> int:
    """Delivers the messages that are due at `now`, oldest first, and returns how many it took: fewer than there are
    where the outside is slow."""
    taken, end = 0, time.monotonic() + ROUND_SECONDS
    while taken < MOST_AT_ONCE and time.monotonic() < end and deliver_one(now):
        taken += 1
    return taken


def deliver_soon(now: datetime) -> int:
    """Delivers the oldest message that is due and that somebody waits for, as `deliver_one`."""
    return deliver_one(now, Message.channel.not_in(PATIENT))


def deliver_patiently(now: datetime) -> int:
    """Delivers the oldest message that is due and that nobody waits for, as `deliver_one`."""
    return deliver_one(now, Message.channel.in_(PATIENT))


def deliver_one(now: datetime, which: ColumnElement[bool] | None = None) -> int:
    """Delivers the oldest message that is due at `now`, of all or of `which`; returns 1, or 0 when there is none."""
    lease = in_transaction(lambda: _lease(now, which))
    if lease is None:
        return 0
    _deliver(lease, now)
    return 1


def wake(calendar_ids: Collection[int], now: datetime) -> None:
    """Tries again what failed in these calendars, which can be written again. Inside a transaction."""
    failed = select(Message).where(
        Message.state == FAILED,
        Message.channel == calendar_event.CHANNEL,
        Message.payload["calendar"].as_integer().in_(calendar_ids),
    )
    for message in db.session.scalars(failed):
        message.state, message.due_at, message.attempts = WAITING, now, 0


def lag(now: datetime) -> timedelta:
    """How long the oldest due message has been waiting."""
    oldest = db.session.scalar(
        select(func.min(Message.due_at)).where(Message.state == WAITING, Message.due_at <= now)
    )
    return now - oldest if oldest else timedelta(0)


def _lease(now: datetime, which: ColumnElement[bool] | None = None) -> Lease | None:
    """Takes the oldest due message, of all or of `which`, whose lane is free; `attempts` rises here, so that one that
    kills its worker is counted too."""
    _drop_expired(now)
    before = aliased(Message)
    ahead = select(before.id).where(
        before.lane == Message.lane, before.lane != "", before.id < Message.id, before.state == WAITING
    )
    message = db.session.scalar(
        select(Message)
        .where(
            Message.state == WAITING,
            true() if which is None else which,
            _due(now),
            _free(now),
            ~ahead.exists(),
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


def _due(now: datetime) -> ColumnElement[bool]:
    """What is due by the clock, and what a clock that was ahead put into the future: a message that was due when it
    was written is due, and no attempt waits for longer than LONGEST_WAIT."""
    return or_(
        Message.due_at <= now,
        and_(Message.attempts == 0, Message.due_at <= Message.created_at),
        and_(Message.attempts > 0, Message.due_at > now + LONGEST_WAIT + SKEW),
    )


def _free(now: datetime) -> ColumnElement[bool]:
    """What nobody holds: never leased, or the lease has ended, or no clock that is right can have given it."""
    return or_(
        Message.lease_until.is_(None),
        Message.lease_until <= now,
        Message.lease_until > now + LEASE + SKEW,
    )


def _drop_expired(now: datetime) -> None:
    """What it would be wrong to deliver now is not delivered any more (R37)."""
    expired = (
        Message.state == WAITING,
        Message.due_at <= now,
        Message.expires_at <= now,
        _free(now),
    )
    dropped = update(Message).where(*expired).values(state=DROPPED, error=TOO_LATE, done_at=now)
    db.session.execute(dropped.execution_options(synchronize_session="fetch"))


def _deliver(lease: Lease, now: datetime) -> None:
    message = db.session.get_one(Message, lease.message_id)
    effect, failure, outcome = None, None, None
    try:
        effect = CHANNELS[message.channel](message, now)
        if effect is not None and not effect.in_database:
            db.session.rollback()
            outcome = effect.run()
    except Exception as error:  # one bad message must not stop the rest
        failure = _known(error)
    record = partial(_record, lease, now, failure, effect, outcome)
    try:
        # What has happened is not forgotten for a busy database.
        in_transaction(record, patience_seconds=LEASE.total_seconds())
    except Exception as error:  # nor must one whose outcome cannot be kept
        unkept = _known(error)
        in_transaction(lambda: _record(lease, now, unkept, None, None))


def _known(error: Exception) -> Exception:
    if not isinstance(error, CalendarError | CrmError | DeliveryError | Permanent | Unwanted):
        log.exception("a delivery failed in a way that nobody expected")
    return error


def _record(
    lease: Lease, now: datetime, failure: Exception | None, effect: Effect | None, outcome: Any
) -> None:
    message = db.session.scalars(
        select(Message).where(Message.id == lease.message_id).with_for_update()
    ).one()
    if message.fence != lease.fence or message.state != WAITING:
        log.warning("message %s was taken over by another worker", message.id)
        return
    message.lease_until = None
    again = None
    if failure is None and effect is not None:
        again = effect.keep(effect.run() if effect.in_database else outcome)
    if failure is not None and not (effect is not None and effect.settle(failure)):
        _put_off(message, failure, now)
    elif again is not None:
        message.due_at = now + again
    else:
        message.state, message.done_at, message.error = DONE, now, ""


def _put_off(message: Message, failure: Exception, now: datetime) -> None:
    """Passing failures are tried again, ever less often; what only a person can mend is shown (R32)."""
    message.error = f"{type(failure).__name__}: {failure}"[:500]
    if isinstance(failure, Unwanted):
        message.state, message.error, message.done_at = DROPPED, str(failure), now
        return
    if isinstance(failure, PERMANENT):
        message.state = FAILED
        return
    message.due_at = now + _pause(message.attempts, failure)
    log.warning("message %s (%s) waits after %s", message.id, message.kind, type(failure).__name__)


def _pause(attempts: int, failure: Exception) -> timedelta:
    """Twice as long each time, up to an hour or so; longer where the provider asks for that."""
    seconds = min(2.0 ** min(attempts, 12), LONGEST_PAUSE_SECONDS) * random.uniform(0.5, 1.5)  # noqa: S311  (spreads the load)
    asked_for = getattr(failure, "retry_after_seconds", None) or 0
    return max(timedelta(seconds=seconds), min(timedelta(seconds=asked_for), LONGEST_WAIT))
