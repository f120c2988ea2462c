"""The one organisation that a deployment serves."""

from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model


class Organisation(Model):
    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    timezone: Mapped[str]
