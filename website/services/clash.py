"""Bookings accepted without an answer are looked at as soon as there is one; a clash is marked (R31)."""

from datetime import datetime

from sqlalchemy import select

from ..extensions import db
from ..models import Booking, BookingHost, CalendarAccount
from ..models.booking import CONFIRMED
from ..scheduling.timeline import Window
from .busy import busy_masks
from .hosts import host_of


def settle_unchecked(user_id: int, now: datetime) -> None:
    """Settles the unchecked coming bookings of a user whose calendars have all answered since. In a transaction."""
    waiting = db.session.execute(
        select(Booking, BookingHost)
        .join(BookingHost)
        .where(
            BookingHost.user_id == user_id,
            Booking.unchecked,
            Booking.state == CONFIRMED,
            Booking.end_at > now,
        )
    ).all()
    if not waiting:
        return
    db.session.flush()
    host = host_of(user_id, now)
    answered = [
        row.checked_at
        for row in db.session.scalars(select(CalendarAccount).where(CalendarAccount.user_id == user_id))
    ]
    if host is None or host.standing:
        return
    for booking, part in waiting:
        if all(at is not None and at >= booking.created_at for at in answered):
            window = Window(part.occupied_from, part.occupied_until - part.occupied_from)
            booking.unchecked = False
            booking.clash = booking.clash or bool(busy_masks([host], window)[user_id])
