"""Who may see a booking, and who may do what to it (R36)."""

from sqlalchemy import ColumnElement, or_, select

from ..extensions import db
from ..models import Booking, BookingHost, Link, User
from .errors import NotAllowed, UnknownBooking


def hosts(booking: Booking, user: User) -> bool:
    """Whether the user is one of its hosts."""
    return any(host.user_id == user.id for host in booking.hosts)


def may_change(booking: Booking, user: User) -> bool:
    """Its hosts, who made its link, and admins see it and may cancel it, reschedule it and decline it."""
    return user.is_admin or hosts(booking, user) or booking.link.creator_id == user.id


def may_hand_over(booking: Booking, from_user_id: int, user: User) -> bool:
    """Hosts give their own place away; who made the link, and admins, anybody's."""
    return user.id == from_user_id or user.is_admin or booking.link.creator_id == user.id


def may_mark(booking: Booking, user: User) -> bool:
    """Whoever was there says whether the invitee was; admins may mend it."""
    return user.is_admin or hosts(booking, user)


def concerning(user: User) -> ColumnElement[bool]:
    """The bookings that `may_change` allows a member: hosted, or made through a link of theirs."""
    made = select(Link.id).where(Link.creator_id == user.id)
    return or_(Booking.hosts.any(BookingHost.user_id == user.id), Booking.link_id.in_(made))


def booking_for(user: User, booking_id: int) -> Booking:
    """The booking, for who may see it. Raises UnknownBooking to everybody else: not even that it is there is told."""
    booking = db.session.get(Booking, booking_id)
    if booking is None or not may_change(booking, user):
        raise UnknownBooking
    return booking


def allow(allowed: bool) -> None:
    """Raises NotAllowed unless it is."""
    if not allowed:
        raise NotAllowed
