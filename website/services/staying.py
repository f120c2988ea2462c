"""What somebody who leaves would leave behind (R42)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from ..extensions import db
from ..models import Booking, BookingHost, Link, LinkHost, User
from ..models.booking import CONFIRMED


@dataclass(frozen=True, slots=True)
class Stays:
    """What somebody would leave behind: coming bookings that they host, in order; the links that nobody else can host,
    of those that are on; links that others host as well, and links that they made."""

    bookings: list[Booking]
    alone: list[Link]
    shared: list[Link]
    made: list[Link]

    def __bool__(self) -> bool:
        return bool(self.bookings or self.alone or self.shared or self.made)


def what_stays(user: User, now: datetime) -> Stays:
    """What is to be handed over before, or after, a user goes (R42)."""
    hosted = list(
        db.session.scalars(
            select(Link).where(Link.hosts.any(LinkHost.user_id == user.id)).order_by(Link.title)
        )
    )
    alone = [link for link in hosted if link.active and not _others(link, user)]
    return Stays(
        coming_bookings(user.id, now),
        alone,
        [link for link in hosted if _others(link, user)],
        list(db.session.scalars(select(Link).where(Link.creator_id == user.id).order_by(Link.title))),
    )


def coming_bookings(user_id: int, now: datetime) -> list[Booking]:
    """The confirmed bookings that a user hosts and that have not begun."""
    found = select(Booking).join(BookingHost).where(BookingHost.user_id == user_id, *coming(now))
    return list(db.session.scalars(found.order_by(Booking.start_at, Booking.id)))


def left_behind(user_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """How many coming bookings each of these users hosts; who has none is not named."""
    counts = (
        select(BookingHost.user_id, func.count())
        .join(Booking)
        .where(BookingHost.user_id.in_(list(user_ids)), *coming(now))
        .group_by(BookingHost.user_id)
    )
    return {row[0]: row[1] for row in db.session.execute(counts)}


def coming(now: datetime) -> tuple[Any, ...]:
    """What makes a booking one that can still be handed over."""
    return Booking.state == CONFIRMED, Booking.start_at > now


def _others(link: Link, user: User) -> list[User]:
    """Who else can keep a link going: it needs somebody beside those who are only invited."""
    return [
        member.user
        for member in link.hosts
        if member.user_id != user.id and member.user.active and not member.optional
    ]
