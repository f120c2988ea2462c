"""Scheduling links and their hosts."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from .types import UtcDateTime

if TYPE_CHECKING:
    from .user import User


class Link(Model):
    """A scheduling link. Hours and overrides are written as in the workspace file; 0 as increment means
    the duration; a cap of None means no cap. Invitees change a booking until `change_notice_minutes` before it starts,
    and reschedule it with any host of a round robin where `any_colleague` says so (R35). `picture` names a Picture.

    Whoever owns the company of an unowned contact, or hosted their last meeting, counts as their owner where
    `company_owner` and `previous_host` say so (R20); `crm_owner`: a new owner is told to the CRM (R25). Shares are
    worked out from the bookings of the last `share_days` days (R23)."""

    __tablename__ = "link"
    __table_args__ = (CheckConstraint("kind IN ('personal', 'group', 'round_robin')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    creator_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    timezone: Mapped[str]
    durations: Mapped[list[int]] = mapped_column(JSON)
    increment: Mapped[int] = mapped_column(default=30)
    hours: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    overrides: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    hours_source: Mapped[str] = mapped_column(default="link")
    notice_minutes: Mapped[int] = mapped_column(default=240)
    window_days: Mapped[int | None]
    window_from: Mapped[date | None]
    window_to: Mapped[date | None]
    buffer_before: Mapped[int] = mapped_column(default=0)
    buffer_after: Mapped[int] = mapped_column(default=0)
    max_per_day: Mapped[int | None]
    max_per_week: Mapped[int | None]
    max_per_day_per_host: Mapped[int | None]
    max_per_week_per_host: Mapped[int | None]

    owner_first: Mapped[bool] = mapped_column(default=False)
    owner_fallback_days: Mapped[int] = mapped_column(default=0)
    owner_counts: Mapped[bool] = mapped_column(default=False)
    assign_owner: Mapped[bool] = mapped_column(default=False)
    company_owner: Mapped[bool] = mapped_column(default=False)
    previous_host: Mapped[bool] = mapped_column(default=False)
    crm_owner: Mapped[bool] = mapped_column(default=False)
    rotation: Mapped[str] = mapped_column(default="random")
    share_days: Mapped[int] = mapped_column(default=30)

    place: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    redirect_url: Mapped[str] = mapped_column(default="")
    change_notice_minutes: Mapped[int] = mapped_column(default=0)
    any_colleague: Mapped[bool] = mapped_column(default=False)
    reminders: Mapped[list[int]] = mapped_column(JSON, default=list)
    language: Mapped[str] = mapped_column(default="")
    colour: Mapped[str] = mapped_column(default="")
    embed_origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    picture: Mapped[str] = mapped_column(default="")

    creator: Mapped["User"] = relationship()
    hosts: Mapped[list["LinkHost"]] = relationship(
        back_populates="link", cascade="all, delete-orphan", order_by="LinkHost.position"
    )


class LinkHost(Model):
    """A user on a link, and where that user stands in its rotation (R23).

    `turn` rises each time the host is chosen; `head_start` is what a host who joined or came back at
    `joined_at` starts with; `present` tells whether the host was in working order at the last choice. The host takes no
    turns from `paused_from` to `paused_until`, both dates of the link's zone included. `max_per_day` and `max_per_week`
    are caps of this host's own; None leaves it to the link's (R9).
    """

    __tablename__ = "link_host"
    __table_args__ = (CheckConstraint("weight > 0", name="weight"),)

    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)
    weight: Mapped[int] = mapped_column(default=1)
    priority: Mapped[int | None]
    optional: Mapped[bool] = mapped_column(default=False)
    turn: Mapped[int] = mapped_column(default=0)
    head_start: Mapped[float] = mapped_column(default=0.0)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    present: Mapped[bool] = mapped_column(default=False)
    paused_from: Mapped[date | None]
    paused_until: Mapped[date | None]
    max_per_day: Mapped[int | None]
    max_per_week: Mapped[int | None]

    link: Mapped["Link"] = relationship(back_populates="hosts")
    user: Mapped["User"] = relationship()
