"""A link's latest bookings with what their receipts say: what stands behind the figures of fairness (R24)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..extensions import db
from ..models import Booking, BookingHost, Link, User
from ..scheduling.receipt import Receipt
from .booking_rights import may_change
from .receipts import first_receipt

A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Decision:
    """One booking: who hosts it now, the receipt of its first choice, and whether the reader may open it."""

    booking_id: int
    made_at: datetime
    hosts: list[str]
    receipt: Receipt | None
    owner_routed: bool
    counts: bool
    opens: bool


def decisions_of(
    link: Link, since: datetime, reader: User, *, host_id: int | None = None, page: int = 1
) -> tuple[list[Decision], bool]:
    """A page of the bookings made after `since`, newest first, of one host if asked, and whether more follow."""
    wanted = select(Booking).where(Booking.link_id == link.id, Booking.created_at > since)
    if host_id is not None:
        wanted = wanted.where(Booking.hosts.any(BookingHost.user_id == host_id))
    wanted = wanted.order_by(Booking.created_at.desc(), Booking.id.desc())
    shown = selectinload(Booking.hosts).selectinload(BookingHost.user)
    rows = list(db.session.scalars(wanted.limit(A_PAGE + 1).offset((page - 1) * A_PAGE).options(shown)))
    return [_decision(one, reader) for one in rows[:A_PAGE]], len(rows) > A_PAGE


def _decision(booking: Booking, reader: User) -> Decision:
    first = first_receipt(booking.receipt, booking.changes, booking.created_at)
    return Decision(
        booking.id,
        booking.created_at,
        [host.user.name for host in booking.hosts],
        first.receipt if first else None,
        booking.owner_routed,
        booking.confirmed and not booking.no_show,
        may_change(booking, reader),
    )
