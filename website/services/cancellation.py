"""Calling a booking off (R35)."""

from datetime import datetime

from ..models import Booking, User
from ..models.booking import CANCELLED
from . import claims, message, place
from .assignment import give_back
from .booking import booking_by_token
from .booking_request import DERIVED
from .booking_rights import booking_for
from .change import check_changeable
from .history import CANCELLED as NOTED
from .history import as_it_stands, note
from .transaction import in_transaction


def cancel(token: str, *, reason: str, now: datetime) -> Booking:
    """The invitee calls the booking off (R35); again is no error. Raises UnknownBooking, AlreadyOver, TooLate."""
    return in_transaction(lambda: _cancel(token, reason, now))


def _cancel(token: str, reason: str, now: datetime) -> Booking:
    booking = place.locked(booking_by_token(token).id)
    if booking.confirmed:
        check_changeable(booking, None, now)
        call_off(booking, reason, None, now)
    return booking


def cancel_by_host(booking_id: int, *, reason: str, by: User, now: datetime) -> Booking:
    """A host, who made the link, or an admin calls the booking off until it begins, whatever the invitee's notice
    (R36); again is no error. Raises UnknownBooking, AlreadyOver."""
    return in_transaction(lambda: _cancel_by_host(booking_id, reason, by, now))


def _cancel_by_host(booking_id: int, reason: str, by: User, now: datetime) -> Booking:
    booking_for(by, booking_id)
    booking = place.locked(booking_id)
    if booking.confirmed:
        check_changeable(booking, by, now)
        call_off(booking, reason, by, now)
    return booking


def call_off(booking: Booking, reason: str, by: User | None, now: datetime) -> None:
    """Cancels a confirmed booking that is locked with its link and hosts: its claims go, and its events, and who was to
    host it has their turn again (R23); `by` None is the invitee. Inside a transaction."""
    before = as_it_stands(booking)
    booking.state, booking.cancelled_at, booking.cancel_reason = CANCELLED, now, reason
    booking.sequence += 1
    booking.nonce = _freed(booking)
    for host in booking.hosts:
        give_back(booking, host.user_id)
        host.active = False
    claims.release(booking)
    note(booking, NOTED, by, now)
    message.call_off(booking, before, by, now)


def _freed(booking: Booking) -> str:
    """A key derived from the request itself may be used again after the cancellation; a form's own may not."""
    return f"{booking.nonce}:{booking.id}" if booking.nonce.startswith(DERIVED) else booking.nonce
