"""Reminders to the invitee, at the lead times of the link (R37)."""

from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import select

from ..extensions import db
from ..models import Booking, Message
from ..models.message import DROPPED, WAITING
from .booking_mail import OVERTAKEN, message_for
from .booking_readers import invitee

KIND = "reminder"


def write_reminders(booking: Booking, now: datetime) -> None:
    """A mail for each lead time that is still ahead. It expires half-way to the meeting, and when the next one is due:
    one that is late says nothing new. Inside a transaction."""
    start, leads = booking.start_at, sorted(set(booking.link.reminders), reverse=True)
    ahead = [lead for lead in leads if lead > 0 and start - timedelta(minutes=lead) > now]
    for lead, following in pairwise([*ahead, 0]):
        due = start - timedelta(minutes=lead)
        row = message_for(booking, KIND, invitee(booking), now)
        row.key, row.lane, row.due_at = f"{KIND}:{booking.uid}:{booking.sequence}:{lead}", "", due
        row.expires_at = min(due + (start - due) / 2, start - timedelta(minutes=following))
        db.session.add(row)


def drop_reminders(booking: Booking, now: datetime) -> None:
    """Those that wait are not sent. Inside a transaction."""
    waiting = (Message.booking_id == booking.id, Message.kind == KIND, Message.state == WAITING)
    for message in db.session.scalars(select(Message).where(*waiting)):
        message.state, message.error, message.done_at = DROPPED, OVERTAKEN, now
