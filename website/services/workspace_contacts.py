"""Contacts as a workspace file states them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ..email_addresses import normal_email
from ..extensions import db
from ..models import Contact
from .contact import contact_known_as
from .contact_address import put_addresses
from .value_rules import Problem
from .workspace_changes import Changes

Row = Mapping[str, Any]


def contact_named(values: Row) -> Contact | None:
    """The contact whom a row of the file is about: by the first address."""
    return db.session.scalar(select(Contact).where(Contact.email == normal_email(values["email"])))


def contact_problems(rows: Sequence[Row]) -> Iterator[Problem]:
    """Addresses of the file that belong to a contact of another name in it, or in none of its rows."""
    for number, values in enumerate(rows):
        path = f"contacts[{number}]"
        yield from _taken(f"{path}.email", values["email"], values)
        for place, address in enumerate(values.get("addresses", [])):
            yield from _taken(f"{path}.addresses[{place}]", address, values)


def _taken(path: str, address: str, values: Row) -> Iterator[Problem]:
    other = contact_known_as(address)
    if other is not None and other.email != normal_email(values["email"]):
        yield path, f"This address is that of the contact {other.email}."


def apply_addresses(contact: Contact, values: Row, changes: Changes) -> None:
    """Stores a contact with its further addresses, which stay where the file says nothing of them."""
    changes.store(contact, f"contact {contact.email}")
    before = {one.email for one in contact.addresses}
    put_addresses(contact, contact.email, values.get("addresses", before))
    if before != {one.email for one in contact.addresses}:
        changes.changed(contact, f"contact {contact.email}")


def contacts_stated() -> list[dict[str, Any]]:
    """All contacts, as a file states them; nobody who was forgotten is among them."""
    found = select(Contact).where(Contact.forgotten_at.is_(None)).order_by(Contact.email)
    also = (joinedload(Contact.owner), selectinload(Contact.addresses))
    return [_values(contact) for contact in db.session.scalars(found.options(*also))]


def _values(contact: Contact) -> dict[str, Any]:
    values: dict[str, Any] = {
        "email": contact.email,
        "name": contact.name,
        "phone": contact.phone,
        "company": contact.company,
        "addresses": [one.email for one in contact.addresses],
        "owner": contact.owner.email if contact.owner else "",
    }
    return {key: value for key, value in values.items() if value}
