"""Bookings of a small team, for tests of what hosts do with them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from tests.factories import NOW, make_link, make_user
from tests.services.test_booking import NINE, ask
from website.extensions import db
from website.models import Booking, BookingHost, BuiltinEvent, Calendar, Claim, User
from website.services.booking import book
from website.services.outbox import deliver_due


def team(*names: str) -> list[User]:
    """Users who can host, with built-in calendars."""
    return [make_user(name) for name in names]


def booked(
    hosts: Sequence[User], kind: str = "round_robin", start: datetime = NINE, **values: Any
) -> Booking:
    """A booking at nine of a link over the hosts; the first of them hosts it where the kind rotates."""
    if kind == "round_robin":
        values = {"rotation": "strict"} | values
    link = make_link(kind, hosts=hosts, **values)
    db.session.commit()
    return book(link, ask(start, nonce=link.slug), now=NOW)


def hosts_of(booking: Booking) -> list[str]:
    """The names of the booking's hosts, in their order, as they are in the database now."""
    db.session.rollback()
    db.session.expire_all()
    return [host.user.name for host in booking.hosts]


def claimed_by(booking: Booking) -> set[int]:
    """Whose steps the booking has."""
    return set(db.session.scalars(select(Claim.host_id).where(Claim.booking_id == booking.id)))


def standing_in() -> dict[str, int]:
    """How many meetings of ours stand in each user's built-in calendar, once the worker was there."""
    deliver_due(NOW)
    db.session.expire_all()
    counts: dict[str, int] = defaultdict(int)
    for event in db.session.scalars(select(BuiltinEvent).where(BuiltinEvent.ours)):
        counts[db.session.get_one(Calendar, event.calendar_id).account.user.name] += 1
    return dict(counts)


def no_overlap() -> bool:
    """Whether every host's occupied times lie apart."""
    by_host = defaultdict(list)
    for part in db.session.scalars(select(BookingHost).where(BookingHost.active)):
        by_host[part.user_id].append((part.occupied_from, part.occupied_until))
    return all(
        before[1] <= after[0] for spans in by_host.values() for before, after in pairwise(sorted(spans))
    )
