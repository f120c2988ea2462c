"""Lists for the signed-in pages."""

import json
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, cast, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..extensions import db
from ..models import Booking, BookingHost, Link, LinkHost, User
from ..models.booking import CANCELLED, CONFIRMED
from .booking_rights import concerning

A_PAGE = 50
# What lists show of each booking is read for all of them at once.
SHOWN = (joinedload(Booking.link), selectinload(Booking.hosts).selectinload(BookingHost.user))


def bookings_of(
    user: User, state: str, now: datetime, page: int = 1, *, words: str = "", mine: bool = False
) -> tuple[list[Booking], bool]:
    """A page of the bookings that concern a user, of everybody's for an admin, and whether more follow.

    `state` is coming, past or cancelled; pages count from 1. `words` are looked for in who comes, what is booked and
    who hosts; `mine` leaves those that the user hosts."""
    found = select(Booking)
    if mine:
        found = found.where(Booking.hosts.any(BookingHost.user_id == user.id))
    elif not user.is_admin:
        found = found.where(concerning(user))
    if words.strip():
        found = found.where(_about(words.strip()))
    wanted = _in_state(found, state, now).limit(A_PAGE + 1).offset((page - 1) * A_PAGE)
    rows = list(db.session.scalars(wanted.options(*SHOWN)))
    return rows[:A_PAGE], len(rows) > A_PAGE


def _about(words: str) -> ColumnElement[bool]:
    """The bookings whose invitee, guests, link or hosts hold the words."""
    links = select(Link.id).where(Link.title.icontains(words, autoescape=True))
    hosting = BookingHost.user.has(User.name.icontains(words, autoescape=True))
    fields = [Booking.name.icontains(words, autoescape=True), Booking.email.icontains(words, autoescape=True)]
    written = json.dumps(words)[1:-1]
    # No address holds what the list of guests is written with.
    if not set(words) & set('[]", \\'):
        fields.append(cast(Booking.guests, String).icontains(written, autoescape=True))
    return or_(*fields, Booking.link_id.in_(links), Booking.hosts.any(hosting))


def coming_for(user: User, now: datetime, most: int = 10) -> list[Booking]:
    """The next meetings that a user hosts."""
    found = select(Booking).join(BookingHost).where(BookingHost.user_id == user.id)
    return list(db.session.scalars(_in_state(found, "coming", now).limit(most).options(*SHOWN)))


def _in_state(found: Select[Booking], state: str, now: datetime) -> Select[Booking]:
    if state == "cancelled":
        return found.where(Booking.state == CANCELLED).order_by(Booking.start_at.desc())
    if state == "past":
        return found.where(Booking.state == CONFIRMED, Booking.end_at <= now).order_by(
            Booking.start_at.desc()
        )
    return found.where(Booking.state == CONFIRMED, Booking.end_at > now).order_by(Booking.start_at)


def links_of(user: User) -> list[Link]:
    """The links that a user may change, all of them for an admin."""
    found = select(Link).order_by(Link.title)
    if not user.is_admin:
        on = select(LinkHost.link_id).where(LinkHost.user_id == user.id)
        found = found.where(or_(Link.creator_id == user.id, Link.id.in_(on)))
    return list(db.session.scalars(found.options(selectinload(Link.hosts).selectinload(LinkHost.user))))
