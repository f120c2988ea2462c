"""Personal links that were given out (R21)."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from .types import UtcDateTime

if TYPE_CHECKING:
    from .contact import Contact
    from .link import Link
    from .user import User


class PersonalLink(Model):
    """An address that recognises one contact on one link, until it expires or is revoked. `creator_id` is None for one
    that a program asked for."""

    __tablename__ = "personal_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), index=True)
    creator_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    link: Mapped["Link"] = relationship()
    contact: Mapped["Contact"] = relationship()
    creator: Mapped["User | None"] = relationship()
