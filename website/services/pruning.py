"""What nobody asks for any more is taken out of the database: old messages, claims of past meetings, pictures, personal
links that expired long ago, imports that nobody went on with.

Bookings and their receipts stay (R24).
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Delete, delete, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from ..extensions import db
from ..models import Booking, Claim, Message, PersonalLink
from ..models.message import FAILED, WAITING
from ..scheduling.timeline import step_before
from .contact_import import prune_imports
from .picture import prune_pictures
from .seldom import Seldom
from .transaction import in_transaction

log = logging.getLogger(__name__)

KEEP_MESSAGES = timedelta(days=90)
KEEP_PERSONAL_LINKS = timedelta(days=90)
KEEP_CLAIMS = timedelta(days=1)
# Few enough that nobody waits long for the write lock.
BATCH = 300

_rest = Seldom(timedelta(hours=1))


def prune_due(now: datetime) -> int:
    """A batch of each kind, at most once an hour, at once again as long as there is more; returns how much went."""
    if not _rest.is_due(now):
        return 0
    gone = {name: in_transaction(partial(prune, now)) for name, prune in _KINDS.items()}
    if max(gone.values()) < BATCH:
        _rest.done(now)
    if any(gone.values()):
        log.info("removed: %s", ", ".join(f"{count} {name}" for name, count in gone.items()))
    return sum(gone.values())


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


def prune_personal_links(now: datetime) -> int:
    """Removes a batch of the personal links that expired long ago: until then lists say what became of them. Inside a
    transaction."""
    old = select(PersonalLink.id).where(PersonalLink.expires_at < now - KEEP_PERSONAL_LINKS).limit(BATCH)
    return _deleted(delete(PersonalLink).where(PersonalLink.id.in_(old)))


# What is removed, by what the log calls it.
_KINDS: dict[str, Callable[[datetime], int]] = {
    "old messages": prune_messages,
    "past claims": prune_claims,
    "pictures": lambda _now: prune_pictures(BATCH),
    "personal links": prune_personal_links,
    "imports": lambda now: prune_imports(now, BATCH),
}


def _closed_at(message: type[Message]) -> ColumnElement[datetime]:
    return func.coalesce(message.done_at, message.due_at)


def _deleted(statement: Delete) -> int:
    return int(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]
