"""Contacts that come as a file."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from .types import UtcDateTime

if TYPE_CHECKING:
    from .user import User


UPLOADED, RUNNING, CHECKED = "uploaded", "running", "checked"
DONE, CANCELLED, FAILED = "done", "cancelled", "failed"


class ContactImport(Model):
    """A file of contacts and how far it was read. `mapping` says which column is what, and what is to be done; `dry`:
    nothing is kept. `position` is how many of the `total` rows were read; `counts` are rows by outcome, `errors` the
    first rows that could not be used, and why.

    States: uploaded, its columns are not known yet; running, by the worker; checked, what would happen is known; done;
    cancelled, by an admin or because nobody went on; failed, in a way that nobody expected."""

    __tablename__ = "contact_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    creator_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    name: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    dry: Mapped[bool] = mapped_column(default=False)
    total: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    errors: Mapped[list[Any]] = mapped_column(JSON, default=list, deferred=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    creator: Mapped["User"] = relationship()


class ContactImportPart(Model):
    """Some rows of a file, one after the other, compressed; they go once the import is over. Apart from the import's
    own row, which is written after every part: SQLite writes a row anew as a whole."""

    __tablename__ = "contact_import_part"

    import_id: Mapped[int] = mapped_column(
        ForeignKey("contact_import.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]
