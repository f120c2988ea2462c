"""Whether the invitee came (R36)."""

from datetime import datetime

from ..models import Booking, User
from . import place
from .booking_rights import allow, booking_for, may_mark
from .errors import AlreadyOver, NotBegun
from .history import CAME, NO_SHOW, note
from .transaction import in_transaction


def mark_no_show(booking_id: int, *, by: User, now: datetime) -> Booking:
    """The invitee did not come; again is no error. Raises UnknownBooking, NotAllowed, NotBegun before the meeting has
    begun, AlreadyOver for one that was called off."""
    return in_transaction(lambda: _mark(booking_id, True, by, now))


def mark_came(booking_id: int, *, by: User, now: datetime) -> Booking:
    """The invitee came after all. Raises as `mark_no_show`."""
    return in_transaction(lambda: _mark(booking_id, False, by, now))


def _mark(booking_id: int, missed: bool, by: User, now: datetime) -> Booking:
    allow(may_mark(booking_for(by, booking_id), by))
    booking = place.locked(booking_id)
    if not booking.confirmed:
        raise AlreadyOver
    if booking.start_at > now:
        raise NotBegun
    if booking.no_show != missed:
        booking.no_show = missed
        note(booking, NO_SHOW if missed else CAME, by, now)
    return booking
