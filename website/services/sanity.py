"""What must never be: questions to the database that a healthy one answers with nothing (R30)."""

from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from ..extensions import db
from ..models import Booking, BookingHost, Claim
from ..models.booking import CONFIRMED


def overlapping_hosts() -> int:
    """How many pairs of confirmed bookings occupy one host at the same time."""
    one, other = aliased(BookingHost), aliased(BookingHost)
    first, second = aliased(Booking), aliased(Booking)
    pairs = (
        select(func.count())
        .select_from(one)
        .join(other, and_(other.user_id == one.user_id, other.booking_id != one.booking_id))
        .join(first, first.id == one.booking_id)
        .join(second, second.id == other.booking_id)
        .where(
            one.active,
            other.active,
            first.state == CONFIRMED,
            second.state == CONFIRMED,
            other.occupied_from >= one.occupied_from,
            other.occupied_from < one.occupied_until,
            # Two that begin together are one pair.
            or_(other.occupied_from > one.occupied_from, other.booking_id > one.booking_id),
        )
    )
    return db.session.scalar(pairs) or 0


def bookings_without_claims(now: datetime) -> int:
    """How many hosts of coming confirmed bookings do not hold each of their steps."""
    held = (
        select(func.count())
        .where(Claim.booking_id == BookingHost.booking_id, Claim.host_id == BookingHost.user_id)
        .scalar_subquery()
    )
    lacking = (
        select(func.count())
        .select_from(BookingHost)
        .join(Booking, Booking.id == BookingHost.booking_id)
        .where(
            Booking.state == CONFIRMED,
            Booking.end_at > now,
            BookingHost.active,
            held != BookingHost.occupied_until - BookingHost.occupied_from,
        )
    )
    return db.session.scalar(lacking) or 0


def orphaned_claims() -> int:
    """How many claims belong to no active host of a confirmed booking."""
    owner = (
        select(BookingHost.booking_id)
        .join(Booking, Booking.id == BookingHost.booking_id)
        .where(
            BookingHost.booking_id == Claim.booking_id,
            BookingHost.user_id == Claim.host_id,
            BookingHost.active,
            Booking.state == CONFIRMED,
        )
    )
    return db.session.scalar(select(func.count()).select_from(Claim).where(~owner.exists())) or 0
