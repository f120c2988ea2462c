"""What the page of a contact shows beside the contact."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ..email_addresses import domain_of
from ..extensions import db
from ..models import Booking, BookingHost, Company, Contact, Note, User
from .booking_rights import may_change
from .company import company_of_domain
from .person import notes_of, person_of

MOST_BOOKINGS = 100


def meetings_of(contact: Contact, reader: User) -> list[tuple[Booking, bool]]:
    """The last bookings of a contact, the latest meeting first, each with whether the reader may open it (R36)."""
    shown = (joinedload(Booking.link), selectinload(Booking.hosts).joinedload(BookingHost.user))
    found = select(Booking).where(Booking.contact_id == contact.id).order_by(Booking.start_at.desc())
    bookings = db.session.scalars(found.limit(MOST_BOOKINGS).options(*shown))
    return [(booking, may_change(booking, reader)) for booking in bookings]


def notes_for(contact: Contact, reader: User) -> list[Note]:
    """What the contact wrote to the reader, to anybody for an admin."""
    notes = notes_of(person_of(contact))
    return [note for note in notes if reader.is_admin or note.user_id == reader.id]


def company_of(contact: Contact) -> Company | None:
    """The company in whose domain the contact's address lies."""
    return company_of_domain(domain_of(contact.email))
