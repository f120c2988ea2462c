"""A person in our database: everything that is kept of a contact, wherever it stands.

What a person may ask to see and what is to go when they are to be forgotten are the same rows: they are found here.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..extensions import db
from ..models import Booking, BookingHost, Contact, ContactImport, Message, Note, PersonalLink


@dataclass(frozen=True, slots=True)
class Person:
    """A contact, all addresses by which we know them, and what else tells them from others."""

    contact: Contact
    addresses: tuple[str, ...]
    names: tuple[str, ...]

    def is_in(self, value: Any) -> bool:
        """Whether a plain value of any depth names the person: by an address, or by name or telephone number alone."""
        return any(self._names(text) for text in _texts(value))

    def _names(self, text: str) -> bool:
        said = text.strip().lower()
        return said in self.names or any(address in said for address in self.addresses)


def person_of(contact: Contact) -> Person:
    """Whom a contact stands for."""
    booked = select(Booking.email, Booking.name).where(Booking.contact_id == contact.id).distinct()
    rows = db.session.execute(booked).all()
    addresses = {contact.email, *(one.email for one in contact.addresses), *(row.email for row in rows)}
    names = {contact.name, contact.phone, *(row.name for row in rows)}
    return Person(
        contact,
        tuple(sorted(address.lower() for address in addresses if address)),
        tuple(sorted(name.strip().lower() for name in names if name.strip())),
    )


def bookings_of_person(person: Person) -> list[Booking]:
    """What they booked, newest meeting first."""
    shown = (joinedload(Booking.link), selectinload(Booking.hosts).joinedload(BookingHost.user))
    found = select(Booking).where(Booking.contact_id == person.contact.id).options(*shown)
    return list(db.session.scalars(found.order_by(Booking.start_at.desc())))


def guest_of(person: Person) -> list[Booking]:
    """What others booked and named them as a guest for."""
    rows = db.session.scalars(select(Booking).where(_written_in(Booking.guests, person.addresses)))
    known = set(person.addresses)
    return [booking for booking in rows if known & {guest.lower() for guest in booking.guests}]


def notes_of(person: Person) -> list[Note]:
    """What they wrote from a page without times, newest first."""
    found = select(Note).where(func.lower(Note.email).in_(person.addresses)).options(joinedload(Note.link))
    return list(db.session.scalars(found.order_by(Note.created_at.desc())))


def messages_about(person: Person) -> list[Message]:
    """The messages about what they booked, and all others that name one of their addresses."""
    theirs = select(Booking.id).where(Booking.contact_id == person.contact.id)
    named = _written_in(Message.payload, person.addresses)
    wanted = or_(Message.booking_id.in_(theirs), named, _says(Message.error, person.addresses))
    return list(db.session.scalars(select(Message).where(wanted).order_by(Message.id)))


def imports_naming(person: Person) -> list[ContactImport]:
    """Imports whose rows that could not be used name them."""
    return [one for one in db.session.scalars(select(ContactImport)) if person.is_in(one.errors)]


def personal_links_of(person: Person) -> list[PersonalLink]:
    """The personal links that were made for them."""
    wanted = select(PersonalLink).where(PersonalLink.contact_id == person.contact.id)
    return list(db.session.scalars(wanted.order_by(PersonalLink.id)))


def _says(column: Any, addresses: Iterable[str]) -> ColumnElement[bool]:
    return or_(*(column.icontains(address, autoescape=True) for address in addresses))


def _written_in(column: Any, addresses: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column of plain values holds one of the addresses, as JSON writes them."""
    return _says(cast(column, String), [json.dumps(address)[1:-1] for address in addresses])


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
