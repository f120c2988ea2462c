"""The database's own guarantee that nobody is booked twice (R30)."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model


class Claim(Model):
    """One five-minute step of one host that a booking occupies; the pair is the key (DESIGN §5)."""

    __tablename__ = "claim"

    host_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
