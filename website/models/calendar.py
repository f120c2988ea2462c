"""Calendar accounts that users linked, their calendars, and what is known of their busy time."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from .types import Secret, UtcDateTime

if TYPE_CHECKING:
    from .user import User


def new_version() -> int:
    """A number that no other reading of any calendar has."""
    return secrets.randbits(62)


class CalendarAccount(Model):
    """`checked_at` is the last good answer, and readings reach to `known_until`; `broken` says that only the user can
    mend it, since `broken_at` (R12).

    `subject` is the provider's own name for the account, `label` what people know it by, `scopes` what was
    granted. `failing_since` is the first failure after the last good answer, `tried_at` the last attempt.
    `renewing_until` is held by whoever renews its secret. `grant_ends_at`: when the provider will end the grant.
    `told` counts the times that people were told of its trouble (STAGES in services/calendar_alarm.py).
    """

    __tablename__ = "calendar_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    label: Mapped[str] = mapped_column(default="")
    scopes: Mapped[str] = mapped_column(default="")
    secret: Mapped[dict[str, str]] = mapped_column(Secret, default=dict)
    broken: Mapped[bool] = mapped_column(default=False)
    broken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    renewing_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    grant_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    known_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_check_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    failures: Mapped[int] = mapped_column(default=0)
    etag: Mapped[str] = mapped_column(default="")
    last_modified: Mapped[str] = mapped_column(default="")
    warnings: Mapped[str] = mapped_column(default="")

    user: Mapped["User"] = relationship(back_populates="accounts")
    calendars: Mapped[list["Calendar"]] = relationship(
        back_populates="account", cascade="all, delete-orphan", order_by="Calendar.id"
    )


class Calendar(Model):
    """`busy_version` names what is known at present: a new number with each change, never used twice.

    `checked_at` is the last reading of this calendar, which says what is busy until `known_until`; a calendar of a
    working account can fail by itself (`error`), or be gone since `missing_at` (R12). `timezone` is empty where the
    provider names none. `meets`: its events can have a video meeting.
    """

    __tablename__ = "calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("calendar_account.id"), index=True)
    external_id: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    conflicts: Mapped[bool] = mapped_column(default=True)
    receives_bookings: Mapped[bool] = mapped_column(default=False)
    busy_version: Mapped[int] = mapped_column(BigInteger, default=new_version)
    timezone: Mapped[str] = mapped_column(default="")
    writable: Mapped[bool] = mapped_column(default=False)
    primary: Mapped[bool] = mapped_column(default=False)
    meets: Mapped[bool] = mapped_column(default=False)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    known_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(default="")
    missing_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped["CalendarAccount"] = relationship(back_populates="calendars")
    months: Mapped[list["BusyMonth"]] = relationship(cascade="all, delete-orphan")
    events: Mapped[list["BuiltinEvent"]] = relationship(
        cascade="all, delete-orphan", order_by="BuiltinEvent.start_at"
    )


class BusyMonth(Model):
    """The busy steps of a calendar in one UTC month, as a little-endian mask (DESIGN §4)."""

    __tablename__ = "busy_month"

    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True)
    mask: Mapped[bytes] = mapped_column(LargeBinary)


class BuiltinEvent(Model):
    """An event of the built-in calendar; `uid` ties a meeting of ours to its booking."""

    __tablename__ = "builtin_event"
    __table_args__ = (
        CheckConstraint("end_at > start_at", name="order"),
        Index("ix_builtin_event_calendar_id_uid", "calendar_id", "uid", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    uid: Mapped[str]
    start_at: Mapped[datetime] = mapped_column(UtcDateTime)
    end_at: Mapped[datetime] = mapped_column(UtcDateTime)
    title: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    ours: Mapped[bool] = mapped_column(default=False)


class PushChannel(Model):
    """Where a provider tells us that a calendar changed, until `expires_at`. `name` is ours, `resource` the
    provider's; whoever knows `token` may give notice."""

    __tablename__ = "push_channel"

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    token: Mapped[str]
    resource: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)

    calendar: Mapped["Calendar"] = relationship()
