"""Owners as the CRM knows them."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from .types import UtcDateTime

if TYPE_CHECKING:
    from .user import User


class CrmOwner(Model):
    """An owner in the CRM and the user who that is, found by e-mail address, or set `by_hand`: then no reading of the
    CRM changes it. `seen_at` is when the CRM last named them."""

    __tablename__ = "crm_owner"
    __table_args__ = (Index("ix_crm_owner_provider_external_id", "provider", "external_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str]
    external_id: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    archived: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_hand: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped["User | None"] = relationship()
