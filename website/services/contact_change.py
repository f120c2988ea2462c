"""Adding contacts, and changing them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..models import Contact, User
from ..sentences import Sentence
from .contact_address import put_addresses
from .contact_rights import allow_edit, may_own
from .errors import BadRequest, NotAllowed, UnknownContact
from .transaction import in_transaction

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ContactValues:
    """What a contact is to be: `email` is the address that is written to, `addresses` are further ones; `owner_id` None
    is nobody."""

    email: str
    name: str = ""
    phone: str = ""
    company: str = ""
    addresses: tuple[str, ...] = ()
    owner_id: int | None = None


def contact_by_id(contact_id: int) -> Contact:
    """The contact with this number. Raises UnknownContact, also for a person who was forgotten."""
    contact = db.session.get(Contact, contact_id)
    if contact is None or contact.forgotten_at is not None:
        raise UnknownContact
    return contact


def create_contact(values: ContactValues, *, by: User, now: datetime) -> int:
    """Adds a contact by hand, and returns its number. Raises NotAllowed, BadRequest for no such owner, AddressTaken."""

    def work() -> int:
        contact = Contact(source="hand", created_at=now)
        _set(contact, values, by)
        put_addresses(contact, values.email, values.addresses)
        return contact.id

    return _saying_who(work)


def change_contact(contact_id: int, values: ContactValues, *, by: User) -> None:
    """Makes a contact what it is to be. Raises UnknownContact, NotAllowed, BadRequest for no such owner,
    AddressTaken."""

    def work() -> None:
        contact = _locked(contact_id)
        allow_edit(contact, by)
        _set(contact, values, by)
        put_addresses(contact, values.email, values.addresses)

    _saying_who(work)


def set_owner(contact_id: int, owner_id: int | None, *, by: User) -> None:
    """Gives a contact an owner, or none. Raises UnknownContact, NotAllowed, BadRequest for no such user."""
    in_transaction(lambda: _set_owner(_locked(contact_id), owner_id, by))


def _saying_who(work: Callable[[], Result]) -> Result:
    """A second attempt finds whose an address is that somebody took between our look and our commit."""
    try:
        return in_transaction(work)
    except IntegrityError:
        return in_transaction(work)


def _set(contact: Contact, values: ContactValues, by: User) -> None:
    if values.owner_id != contact.owner_id:
        _set_owner(contact, values.owner_id, by)
    contact.name, contact.phone, contact.company = values.name, values.phone, values.company


def _set_owner(contact: Contact, owner_id: int | None, by: User) -> None:
    if not may_own(contact.owner_id, owner_id, by):
        raise NotAllowed
    owner = db.session.get(User, owner_id) if owner_id is not None else None
    if owner_id is not None and (owner is None or not owner.active):
        raise BadRequest("owner", Sentence("There is no such user."))
    contact.owner_id = owner_id


def _locked(contact_id: int) -> Contact:
    wanted = select(Contact).where(Contact.id == contact_id, Contact.forgotten_at.is_(None))
    contact: Contact | None = db.session.scalar(wanted.with_for_update())
    if contact is None:
        raise UnknownContact
    return contact
