"""What a booking sends to whom: rows of the outbox, written in the caller's transaction (R32)."""

from datetime import datetime

from sqlalchemy import select

from ..extensions import db
from ..models import Booking, Calendar, CalendarAccount, Message
from ..providers.calendars import CALENDAR_PROVIDERS


def announce(booking: Booking, now: datetime) -> None:
    """What a new booking causes: its event in the calendar of every host who has one for it (R34)."""
    _for_calendars(booking, "event_put", now)


def call_off(booking: Booking, now: datetime) -> None:
    """What a cancellation causes: the events go from the hosts' calendars."""
    _for_calendars(booking, "event_remove", now)


def _for_calendars(booking: Booking, kind: str, now: datetime) -> None:
    for calendar_id in _receiving_calendars(booking):
        db.session.add(
            Message(
                key=f"{kind}:{booking.uid}:{booking.sequence}:{calendar_id}",
                booking=booking,
                channel="calendar_event",
                kind=kind,
                payload={"calendar": calendar_id},
                due_at=now,
                created_at=now,
            )
        )


def _receiving_calendars(booking: Booking) -> list[int]:
    users = [host.user_id for host in booking.hosts]
    rows = db.session.execute(
        select(Calendar.id, CalendarAccount.kind)
        .join(CalendarAccount)
        .where(CalendarAccount.user_id.in_(users), Calendar.receives_bookings)
        .order_by(Calendar.id)
    )
    return [row.id for row in rows if CALENDAR_PROVIDERS[row.kind].capabilities.writes]
