"""How much of their time hosts offered: an open calendar is not to be mistaken for favour (R24)."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model


class OfferedHours(Model):
    """The `minutes` of a host that a link offered, as seen `on` a date."""

    __tablename__ = "offered_hours"

    link_id: Mapped[int] = mapped_column(ForeignKey("link.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    minutes: Mapped[int]
