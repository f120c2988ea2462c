"""Events that failed are tried again now and then, as long as their meetings are still to come (R32).

A person may have mended it without telling us: the calendar is shared again, or the admins of a Workspace let us in.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, select

from ..extensions import db
from ..models import Booking, Calendar, CalendarAccount, Message
from ..models.message import FAILED, WAITING
from . import calendar_event
from .transaction import in_transaction

PAUSE = timedelta(hours=1)
BATCH = 100


def wake_due(now: datetime) -> int:
    """Sets failed events going again, an hour after their last try, and returns how many. Those of broken accounts
    wait until somebody mends the account: asking again might lock it."""
    if db.session.scalar(_failed(now).limit(1)) is None:
        return 0  # as nearly always: nobody's write lock is needed for that
    return in_transaction(lambda: _wake(now))


def _wake(now: datetime) -> int:
    wanted = _failed(now).order_by(Message.due_at).limit(BATCH)
    messages = list(db.session.scalars(wanted.with_for_update(of=Message, skip_locked=True)))
    for message in messages:
        message.state, message.due_at = WAITING, now
    return len(messages)


def _failed(now: datetime) -> Select[Message]:
    return (
        select(Message)
        .join(Booking, Booking.id == Message.booking_id)
        .join(Calendar, Calendar.id == Message.payload["calendar"].as_integer())
        .join(CalendarAccount, CalendarAccount.id == Calendar.account_id)
        .where(
            Message.state == FAILED,
            Message.due_at <= now - PAUSE,
            Message.channel == calendar_event.CHANNEL,
            Booking.end_at > now,
            CalendarAccount.broken.is_(False),
        )
    )
