"""Notes that visitors leave where no time suits (R20, R22)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..models import Link, Note
from .contact import Visitor, normal_email
from .transaction import in_transaction


def leave_note(
    link: Link, visitor: Visitor, *, name: str, email: str, text: str, nonce: str, now: datetime
) -> None:
    """Keeps a note for the visitor's owner if there is one, else for the link's creator; once for each `nonce`."""
    reader = visitor.owner_id if visitor.owner_id is not None else link.creator_id
    values = {
        "link_id": link.id,
        "user_id": reader,
        "name": name,
        "email": normal_email(email),
        "text": text,
        "nonce": nonce,
    }
    try:
        in_transaction(lambda: db.session.add(Note(**values, created_at=now)))
    except IntegrityError:
        if db.session.scalar(select(Note).where(Note.nonce == nonce)) is None:
            raise


def notes_for(user_id: int, most: int = 20) -> list[Note]:
    """The newest notes for a user."""
    found = select(Note).where(Note.user_id == user_id).order_by(Note.created_at.desc()).limit(most)
    return list(db.session.scalars(found))
