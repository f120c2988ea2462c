"""The outbox: what a booking must cause, stored in the booking's own transaction (R32)."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from .types import UtcDateTime

if TYPE_CHECKING:
    from .booking import Booking

WAITING, DONE, FAILED = "waiting", "done", "failed"
DROPPED, GIVEN_UP = "dropped", "given_up"


class Message(Model):
    """One thing to deliver, most often for a booking. `key` makes it once: the same effect is never written twice.
    Those of one `lane` go one after the other. `fence` rises with each lease, so that a worker that lost its lease
    cannot mark the message. From `expires_at` on it would be wrong to deliver it.

    States: waiting, done; failed, which only a person can mend; dropped, no longer wanted by what it was about;
    given_up, by an admin."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    lane: Mapped[str] = mapped_column(default="", index=True)
    channel: Mapped[str]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(default=WAITING)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    booking: Mapped["Booking | None"] = relationship()

    def leased(self, now: datetime) -> bool:
        """Whether a worker is delivering it at `now`."""
        return self.lease_until is not None and self.lease_until > now
