"""Pictures of people and teams."""

from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model


class Picture(Model):
    """A picture as browsers get it; its name is the hash of its content, so that it may be cached for ever."""

    __tablename__ = "picture"

    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
