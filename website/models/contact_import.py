"""Contacts that come as a file."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from .types import UtcDateTime

if TYPE_CHECKING:
    from .user import User


class ContactImport(Model):
    """A file of contacts and how far it was read. `content` is the file, compressed, and empty once it is done;
    `mapping` says which column is what; `dry`: nothing is kept. `position` is how many of the `total` rows were read;
    `counts` are rows by outcome, `errors` the first rows that could not be used, and why."""

    __tablename__ = "contact_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    creator_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    name: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    content: Mapped[bytes] = mapped_column(default=b"", deferred=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    dry: Mapped[bool] = mapped_column(default=False)
    total: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    errors: Mapped[list[Any]] = mapped_column(JSON, default=list)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    creator: Mapped["User"] = relationship()
