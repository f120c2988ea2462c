"""Confirmed meetings."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from .types import UtcDateTime

if TYPE_CHECKING:
    from .calendar import Calendar
    from .contact import Contact
    from .link import Link
    from .user import User

CONFIRMED, CANCELLED = "confirmed", "cancelled"


class Booking(Model):
    """`token` opens the invitee's page; `nonce` is the key of the request that made it (R33), `request_hash`
    what that request said; `receipt` the assignment receipt (R24); `unchecked`: no calendar answered when it
    was made, `clash`: one that answered later is busy at that time (R31). `meeting_url` is the video meeting that a
    provider made for it. `sequence` rises with each change that its readers hear of (RFC 5545 §3.8.7.4); `changes`
    say what was changed, when and by whom, oldest first (`website.services.history`). `crm_id` is the meeting in the
    CRM, once it stands there."""

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("state IN ('confirmed', 'cancelled')", name="state"),
        CheckConstraint("end_at > start_at", name="order"),
        # Shares are counted at every booking of a link: without its rows, which are long for their receipts.
        Index("ix_booking_counted", "link_id", "created_at", "state", "no_show", "owner_routed"),
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
    meeting_url: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str] = mapped_column(default="")
    no_show: Mapped[bool] = mapped_column(default=False)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    crm_id: Mapped[str] = mapped_column(default="")

    link: Mapped["Link"] = relationship()
    contact: Mapped["Contact"] = relationship()
    hosts: Mapped[list["BookingHost"]] = relationship(
        cascade="all, delete-orphan", order_by="BookingHost.position"
    )
    events: Mapped[list["BookingEvent"]] = relationship(
        back_populates="booking", cascade="all, delete-orphan", order_by="BookingEvent.id"
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


class BookingEvent(Model):
    """The event of a booking in one host's calendar (R34): as it was last seen there, and what is odd about it.

    `wanted`: it is to stand there; the calendar of a host who handed the booking over is to hold it no more.
    `invites`: the provider asks the guests through this one; all others are copies that nobody hears of.
    `generation`, `external_id`, `uid` and `etag` say which event it is (`EventRef` of the providers);
    `sequence` is the booking's that stands there, None before it does. `found` is what a look at the calendar
    showed and a second one confirmed, empty when all is well: a key of `FINDINGS`, with the event's times where it
    has any; `doubted_at` is the first of the two looks, `look_at` when to look again (R38).
    """

    __tablename__ = "booking_event"
    __table_args__ = (
        Index("ix_booking_event_booking_id_calendar_id", "booking_id", "calendar_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"))
    calendar_id: Mapped[int | None] = mapped_column(
        ForeignKey("calendar.id", ondelete="SET NULL"), index=True
    )
    wanted: Mapped[bool] = mapped_column(default=True)
    invites: Mapped[bool] = mapped_column(default=False)
    generation: Mapped[int] = mapped_column(default=0)
    external_id: Mapped[str] = mapped_column(default="")
    uid: Mapped[str] = mapped_column(default="")
    etag: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    sequence: Mapped[int | None]
    found: Mapped[str] = mapped_column(default="")
    found_start_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    found_end_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    doubted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    booking: Mapped["Booking"] = relationship(back_populates="events")
    calendar: Mapped["Calendar | None"] = relationship()

    def renew(self) -> None:
        """The id of an event that was deleted stays taken: the next one in this calendar has one of its own."""
        self.generation, self.external_id, self.uid, self.etag = self.generation + 1, "", "", ""
