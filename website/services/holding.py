"""What we hold of a person, for whom it is about: whole, as plain values (GDPR, article 15)."""

from datetime import datetime
from typing import Any

from ..models import Booking, Contact, ContactImport, Message, Note, PersonalLink
from .person import (
    Person,
    bookings_of_person,
    guest_of,
    imports_naming,
    messages_about,
    notes_of,
    person_of,
    personal_links_of,
)


def held_of(contact: Contact) -> dict[str, Any]:
    """Everything in our database about a contact. Instants are written as ISO 8601, in UTC."""
    person = person_of(contact)
    return {
        "contact": _contact(contact),
        "bookings": [_booking(booking) for booking in bookings_of_person(person)],
        "guest_of": [_meeting(booking) for booking in guest_of(person)],
        "notes": [_note(note) for note in notes_of(person)],
        "personal_links": [_personal_link(link) for link in personal_links_of(person)],
        "mails": [_mail(message) for message in messages_about(person) if _for(person, message)],
        "rows_of_imports": [
            _rejected(one, row) for one in imports_naming(person) for row in one.errors if person.is_in(row)
        ],
    }


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "email": contact.email,
        "addresses": [one.email for one in contact.addresses],
        "name": contact.name,
        "phone": contact.phone,
        "company": contact.company,
        "owner": contact.owner.name if contact.owner else None,
        "source": contact.source,
        "crm_id": contact.crm_id,
        "created_at": _instant(contact.created_at),
    }


def _meeting(booking: Booking) -> dict[str, Any]:
    return {
        "title": booking.link.title,
        "start": _instant(booking.start_at),
        "end": _instant(booking.end_at),
        "state": booking.state,
        "hosts": [host.user.name for host in booking.hosts],
    }


def _booking(booking: Booking) -> dict[str, Any]:
    labels = {question["key"]: question["label"] for question in booking.link.questions}
    return _meeting(booking) | {
        "name": booking.name,
        "email": booking.email,
        "guests": booking.guests,
        "answers": {labels.get(key, key): answer for key, answer in booking.answers.items()},
        "campaign": booking.campaign,
        "timezone": booking.timezone,
        "language": booking.language,
        "booked_at": _instant(booking.created_at),
        "cancelled_at": _instant(booking.cancelled_at),
        "cancel_reason": booking.cancel_reason,
        "no_show": booking.no_show,
        "changes": booking.changes,
        "receipt": booking.receipt,
        "meeting_url": booking.meeting_url,
        "crm_id": booking.crm_id,
    }


def _note(note: Note) -> dict[str, Any]:
    written = {"name": note.name, "email": note.email, "text": note.text}
    return written | {"link": note.link.title, "written_at": _instant(note.created_at)}


def _personal_link(link: PersonalLink) -> dict[str, Any]:
    times = {name: _instant(getattr(link, name)) for name in ("created_at", "expires_at", "revoked_at")}
    return {"link": link.link.title, **times}


def _for(person: Person, message: Message) -> bool:
    return str(message.payload.get("to", "")).lower() in person.addresses


def _mail(message: Message) -> dict[str, Any]:
    """A mail to the person; its words, as long as they are kept."""
    words: dict[str, Any] = {
        key: message.payload[key] for key in ("to", "subject", "text") if key in message.payload
    }
    return {"kind": message.kind, "state": message.state, "written_at": _instant(message.created_at), **words}


def _rejected(one: ContactImport, row: Any) -> dict[str, Any]:
    return {"file": one.name, "read_at": _instant(one.created_at), "row": row}


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
