"""What a booking sends to whom: rows of the outbox, written in the caller's transaction (R32)."""

from datetime import datetime

from sqlalchemy import func, select

from ..extensions import db
from ..models import Booking, BookingEvent, Calendar, CalendarAccount, Message
from ..providers.calendars import CALENDAR_PROVIDERS
from .calendar_event import CHANNEL


def announce(booking: Booking, now: datetime) -> None:
    """What a new booking causes: its event in the calendar of every host who has one for it (R34)."""
    _place_events(booking)
    _for_calendars(booking, "event_put", now)


def call_off(booking: Booking, now: datetime) -> None:
    """What a cancellation causes: the events go from the hosts' calendars."""
    _for_calendars(booking, "event_remove", now)


def _for_calendars(booking: Booking, kind: str, now: datetime) -> None:
    """A message for each calendar in which the booking's event is to stand, or to stand no more."""
    for event in booking.events:
        if event.calendar_id is not None:
            put_in_calendar(event, kind, now)


def put_in_calendar(event: BookingEvent, kind: str, now: datetime) -> None:
    """A message that makes a host's calendar say what the booking says. In a transaction."""
    booking, lane = event.booking, f"{event.booking.uid}:{event.calendar_id}"
    again = db.session.scalar(select(func.count()).where(Message.lane == lane))
    db.session.add(
        Message(
            key=f"{kind}:{lane}:{booking.sequence}:{again}",
            lane=lane,
            booking=booking,
            channel=CHANNEL,
            kind=kind,
            payload={"calendar": event.calendar_id},
            due_at=now,
            created_at=now,
        )
    )


def _place_events(booking: Booking) -> None:
    """One event for each host who has a calendar for bookings; the first whose provider invites asks the guests,
    the creator of the link before others: one invitation, from one authority (R34)."""
    rows = _receiving_calendars(booking)
    booking.events = [BookingEvent(calendar_id=calendar_id) for calendar_id, _, _ in rows]
    first = booking.link.creator_id
    able = [
        (user_id != first, number)
        for number, (_, kind, user_id) in enumerate(rows)
        if CALENDAR_PROVIDERS[kind].capabilities.invites
    ]
    if able:
        booking.events[min(able)[1]].invites = True
    db.session.flush()


def _receiving_calendars(booking: Booking) -> list[tuple[int, str, int]]:
    """(calendar, kind of account, user) of the hosts' calendars for bookings, in the order of the hosts."""
    place = {host.user_id: host.position for host in booking.hosts}
    rows = db.session.execute(
        select(Calendar.id, CalendarAccount.kind, CalendarAccount.user_id)
        .join(CalendarAccount)
        .where(CalendarAccount.user_id.in_(place), Calendar.receives_bookings)
        .order_by(Calendar.id)
    )
    able = [(row[0], row[1], row[2]) for row in rows if CALENDAR_PROVIDERS[row[1]].capabilities.writes]
    return sorted(able, key=lambda row: place[row[2]])
