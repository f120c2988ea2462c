"""People of the organisation who sign in."""

from datetime import datetime
from typing import TYPE_CHECKING

from flask_login import UserMixin
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from .types import UtcDateTime

if TYPE_CHECKING:
    from .calendar import CalendarAccount

ROLES = ("admin", "member")


class User(UserMixin, Model):  # type: ignore[misc]  # UserMixin has no types
    """`hours` are the user's own: weekly ranges by day, such as `{"mon": ["09:00-17:00"]}`. `language` is a tag such
    as fr-FR, or empty: the browser's. `picture` names a Picture."""

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("role IN ('admin', 'member')", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    timezone: Mapped[str]
    role: Mapped[str] = mapped_column(default="member")
    seat: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    hours: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    language: Mapped[str] = mapped_column(default="")
    picture: Mapped[str] = mapped_column(default="")

    accounts: Mapped[list["CalendarAccount"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="CalendarAccount.id"
    )

    identities: Mapped[list["Identity"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="Identity.id"
    )

    @property
    def is_active(self) -> bool:
        """Whether the user may sign in (the name that Flask-Login asks for)."""
        return self.active

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


class Identity(Model):
    """By whom a user is known who signs in: the `subject` of an OpenID `issuer`, never an e-mail address."""

    __tablename__ = "identity"
    __table_args__ = (Index("ix_identity_issuer_subject", "issuer", "subject", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    email: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped["User"] = relationship(back_populates="identities")
