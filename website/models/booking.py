"""Confirmed meetings."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from .types import UtcDateTime

if TYPE_CHECKING:
    from .contact import Contact
    from .link import Link
    from .user import User

CONFIRMED, CANCELLED = "confirmed", "cancelled"


class Booking(Model):
    """`token` opens the invitee's page; `nonce` is the key of the request that made it (R33), `request_hash`
    what that request said; `receipt` the assignment receipt (R24); `unchecked`: no calendar answered when it
    was made, `clash`: one that answered later is busy at that time (R31)."""

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("state IN ('confirmed', 'cancelled')", name="state"),
        CheckConstraint("end_at > start_at", name="order"),
        Index("ix_booking_link_id_created_at", "link_id", "created_at"),
        Index("ix_booking_link_id_start_at", "link_id", "start_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    uid: Mapped[str] = mapped_column(unique=True)
    nonce: Mapped[str] = mapped_column(unique=True)
    request_hash: Mapped[str]
    state: Mapped[str] = mapped_column(default=CONFIRMED)
    sequence: Mapped[int] = mapped_column(default=0)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    start_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    end_at: Mapped[datetime] = mapped_column(UtcDateTime)
    timezone: Mapped[str]
    language: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    email: Mapped[str]
    guests: Mapped[list[str]] = mapped_column(JSON, default=list)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    campaign: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    owner_routed: Mapped[bool] = mapped_column(default=False)
    receipt: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    unchecked: Mapped[bool] = mapped_column(default=False)
    clash: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str] = mapped_column(default="")

    link: Mapped["Link"] = relationship()
    contact: Mapped["Contact"] = relationship()
    hosts: Mapped[list["BookingHost"]] = relationship(
        cascade="all, delete-orphan", order_by="BookingHost.position"
    )

    @property
    def confirmed(self) -> bool:
        return self.state == CONFIRMED

    @property
    def duration(self) -> timedelta:
        return self.end_at - self.start_at


class BookingHost(Model):
    """A host of a booking and the steps that it occupies, buffers included (R4); `[from, until)` are steps
    since the epoch. `active` is false for a cancelled booking and for an optional host who is not free."""

    __tablename__ = "booking_host"
    __table_args__ = (Index("ix_booking_host_user_id_occupied_from", "user_id", "occupied_from"),)

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    optional: Mapped[bool] = mapped_column(default=False)
    occupied_from: Mapped[int]
    occupied_until: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)

    user: Mapped["User"] = relationship()
