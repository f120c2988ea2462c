"""Who owns a contact, as an admin sets it."""

from ..extensions import db
from ..models import Contact, User
from ..sentences import Sentence
from .errors import BadRequest, NotAllowed
from .transaction import in_transaction


def contact_by_id(contact_id: int) -> Contact | None:
    """The contact with this number."""
    return db.session.get(Contact, contact_id)


def set_owner(contact_id: int, owner_id: int | None, *, by: User) -> None:
    """Gives a contact an owner, or none. Raises NotAllowed for who is no admin, BadRequest for no such user."""
    if not by.is_admin:
        raise NotAllowed

    def work() -> None:
        contact = db.session.get(Contact, contact_id)
        owner = db.session.get(User, owner_id) if owner_id is not None else None
        if contact is None:
            raise BadRequest("contact", Sentence("There is no such contact."))
        if owner_id is not None and (owner is None or not owner.active):
            raise BadRequest("owner", Sentence("There is no such user."))
        contact.owner_id = owner_id

    in_transaction(work)
