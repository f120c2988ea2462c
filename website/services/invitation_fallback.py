"""Where a provider was to invite the guests and never can: they are invited by our own mail, once (R34)."""

from datetime import datetime

from sqlalchemy import select

from ..extensions import db
from ..models import Booking, BookingEvent, Message
from ..providers.calendars.errors import AccessRevoked, CalendarMissing, CalendarReadOnly
from .booking_mails import invite_ourselves

FOR_GOOD = (AccessRevoked, CalendarMissing, CalendarReadOnly)


def note_failure(message: Message, event: BookingEvent, failure: Exception, now: datetime) -> None:
    """Draws the consequence of an event that could not be put into its calendar. Inside the transaction that records
    the failure."""
    if not isinstance(failure, FOR_GOOD):
        # Whether it arrived nobody knows, so from now on the provider may have invited.
        message.payload = message.payload | {"tried": True}
    elif event.invites and event.sequence is None and not _may_stand(message):
        event.invites = False
        invite_ourselves(event.booking, now)


def note_unlinked(booking: Booking, message: Message, now: datetime) -> None:
    """The same for an event whose calendar was unlinked before it stood there."""
    lost = [event for event in booking.events if event.calendar_id is None and event.invites]
    stood = any(event.sequence is not None for event in lost)
    if booking.confirmed and lost and not stood and not _may_stand(message):
        for event in lost:
            event.invites = False
        invite_ourselves(booking, now)


def _may_stand(message: Message) -> bool:
    """Whether an attempt was made of which no outcome is known; a worker that died left no error."""
    earlier = db.session.scalars(select(Message).where(Message.lane == message.lane))
    return any(
        row.payload.get("tried") or (row.attempts > 1 and not row.error and row.id == message.id)
        for row in earlier
    )
