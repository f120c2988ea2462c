"""Whether the invitee came (R36)."""

from datetime import datetime

from ..models import Booking, User
from . import message, place
from .assignment import give_back, take_again
from .booking_rights import allow, booking_for, may_mark
from .errors import AlreadyOver, NotBegun
from .history import CAME, NO_SHOW, note
from .transaction import in_transaction


def mark_no_show(booking_id: int, *, by: User, now: datetime) -> Booking:
    """The invitee did not come, and whoever waited has their turn again (R23); again is no error. Raises
    UnknownBooking, NotAllowed, NotBegun before the meeting has begun, AlreadyOver for one that was called off."""
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
        if missed:
            note(booking, NO_SHOW, by, now, **_given_back(booking))
        else:
            _take_again(booking)
            note(booking, CAME, by, now)
        message.marked(booking, now)
    return booking


def _given_back(booking: Booking) -> dict[str, list[list[int]]]:
    """Each host who has their turn again, and the one that they held, for the history."""
    turns = ((host.user_id, give_back(booking, host.user_id)) for host in booking.hosts)
    found = [[user_id, held] for user_id, held in turns if held is not None]
    return {"turns": found} if found else {}


def _take_again(booking: Booking) -> None:
    marks = [entry for entry in booking.changes if entry["what"] == NO_SHOW]
    for user_id, held in marks[-1].get("turns", ()) if marks else ():
        take_again(booking, user_id, held)
