"""Contacts: who an address belongs to, and who owns them."""

from dataclasses import dataclass

from sqlalchemy import select

from ..extensions import db
from ..models import Contact, User


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever looks at a page: an address, if one is known, and what the organisation knows of it.

    `personal` is set when a personal link says who it is (R21); only then may the page name the owner (R22).
    """

    email: str | None = None
    name: str = ""
    contact_id: int | None = None
    owner_id: int | None = None
    personal: bool = False


NOBODY = Visitor()


def normal_email(email: str) -> str:
    """The form in which addresses are compared and stored."""
    return email.strip().lower()


def recognise(email: str | None) -> Visitor:
    """The visitor behind a typed address (R21)."""
    if not email:
        return NOBODY
    address = normal_email(email)
    row = db.session.execute(select(Contact.id, Contact.owner_id).where(Contact.email == address)).first()
    return Visitor(address, "", row.id, row.owner_id) if row else Visitor(address)


def recognise_contact(contact_id: int) -> Visitor | None:
    """The visitor of a personal link, None when the contact is gone (R21)."""
    contact = db.session.get(Contact, contact_id)
    if contact is None:
        return None
    return Visitor(contact.email, contact.name, contact.id, contact.owner_id, personal=True)


def owner_of(visitor: Visitor) -> User | None:
    """The user who owns the visitor's contact."""
    return db.session.get(User, visitor.owner_id) if visitor.owner_id is not None else None


def contact_for_booking(email: str, name: str, *, owner_id: int | None) -> Contact:
    """The contact of a booking: created when unknown; `owner_id`, if given, becomes owner of an unowned one and
    never replaces an owner (R25). Inside a transaction."""
    address = normal_email(email)
    contact = db.session.scalar(select(Contact).where(Contact.email == address))
    if contact is None:
        contact = Contact(email=address, name=name)
        db.session.add(contact)
    if contact.owner_id is None:
        contact.owner_id = owner_id
    return contact
