"""Lists for the signed-in pages."""

from datetime import datetime

from sqlalchemy import Select, func, or_, select

from ..extensions import db
from ..models import Booking, BookingHost, Contact, Link, LinkHost, User
from ..models.booking import CANCELLED, CONFIRMED

A_PAGE = 50


def bookings_of(user: User, state: str, now: datetime) -> list[Booking]:
    """The user's bookings, an admin's are everybody's; `state` is coming, past or cancelled."""
    found = select(Booking).distinct()
    if not user.is_admin:
        found = found.join(BookingHost).where(BookingHost.user_id == user.id)
    return list(db.session.scalars(_in_state(found, state, now).limit(A_PAGE)))


def coming_for(user: User, now: datetime, most: int = 10) -> list[Booking]:
    """The next meetings that a user hosts."""
    found = select(Booking).join(BookingHost).where(BookingHost.user_id == user.id)
    return list(db.session.scalars(_in_state(found, "coming", now).limit(most)))


def _in_state(found: Select[Booking], state: str, now: datetime) -> Select[Booking]:
    if state == "cancelled":
        return found.where(Booking.state == CANCELLED).order_by(Booking.start_at.desc())
    if state == "past":
        return found.where(Booking.state == CONFIRMED, Booking.end_at <= now).order_by(
            Booking.start_at.desc()
        )
    return found.where(Booking.state == CONFIRMED, Booking.end_at > now).order_by(Booking.start_at)


def contacts_like(words: str, page: int) -> tuple[list[Contact], int]:
    """A page of contacts whose name or address holds the words, and how many there are."""
    found = select(Contact)
    if words:
        like = f"%{words.lower().replace('%', '')}%"
        found = found.where(or_(func.lower(Contact.name).like(like), Contact.email.like(like)))
    count = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = db.session.scalars(found.order_by(Contact.email).limit(A_PAGE).offset((page - 1) * A_PAGE))
    return list(rows), count


def links_of(user: User) -> list[Link]:
    """The links that a user may change, all of them for an admin."""
    found = select(Link).order_by(Link.title)
    if not user.is_admin:
        on = select(LinkHost.link_id).where(LinkHost.user_id == user.id)
        found = found.where(or_(Link.creator_id == user.id, Link.id.in_(on)))
    return list(db.session.scalars(found))
