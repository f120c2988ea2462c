"""What nobody asks for any more is taken out of the database: old messages, claims of past meetings, pictures,
imports that nobody went on with.

Bookings and their receipts stay (R24).
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Delete, delete, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from ..extensions import db
from ..models import Booking, Claim, Message
from ..models.message import FAILED, WAITING
from ..scheduling.timeline import step_before
from .contact_import import prune_imports
from .picture import prune_pictures
from .seldom import Seldom
from .transaction import in_transaction

log = logging.getLogger(__name__)

KEEP_MESSAGES = timedelta(days=90)
KEEP_CLAIMS = timedelta(days=1)
# Few enough that nobody waits long for the write lock.
BATCH = 300

_rest = Seldom(timedelta(hours=1))


def prune_due(now: datetime) -> int:
    """A batch of each kind, at most once an hour, at once again as long as there is more; returns how much went."""
    if not _rest.is_due(now):
        return 0
    messages = in_transaction(lambda: prune_messages(now))
    claims = in_transaction(lambda: prune_claims(now))
    pictures = in_transaction(lambda: prune_pictures(BATCH))
    imports = in_transaction(lambda: prune_imports(now, BATCH))
    if max(messages, claims, pictures, imports) < BATCH:
        _rest.done(now)
    if messages or claims or pictures or imports:
        log.info(
            "removed: %s old messages, %s past claims, %s pictures; of %s imports what was kept",
            messages, claims, pictures, imports,
        )  # fmt: skip
    return messages + claims + pictures + imports


def prune_messages(now: datetime) -> int:
    """Removes a batch of what was delivered, dropped or given up long ago. Inside a transaction.

    Messages of a booking are counted to tell their keys apart: they stay together until its meeting is long over."""
    horizon, later = now - KEEP_MESSAGES, aliased(Message)
    open_in_booking = select(later.id).where(
        later.booking_id == Message.booking_id,
        or_(later.state.in_([WAITING, FAILED]), _closed_at(later) >= horizon),
    )
    old = (
        select(Message.id)
        .outerjoin(Booking, Booking.id == Message.booking_id)
        .where(
            Message.state.not_in([WAITING, FAILED]),
            _closed_at(Message) < horizon,
            or_(Message.booking_id.is_(None), Booking.end_at < horizon),
            ~open_in_booking.exists(),
        )
        .limit(BATCH)
    )
    return _deleted(delete(Message).where(Message.id.in_(old)))


def prune_claims(now: datetime) -> int:
    """Removes a batch of the claims of meetings that ended more than a day ago. Inside a transaction."""
    horizon = now - KEEP_CLAIMS
    past = (
        select(Claim.host_id, Claim.step)
        .join(Booking, Booking.id == Claim.booking_id)
        .where(Claim.step < step_before(horizon), Booking.end_at < horizon)
        .limit(BATCH)
    )
    return _deleted(delete(Claim).where(tuple_(Claim.host_id, Claim.step).in_(past)))


def _closed_at(message: type[Message]) -> ColumnElement[datetime]:
    return func.coalesce(message.done_at, message.due_at)


def _deleted(statement: Delete) -> int:
    return int(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]
