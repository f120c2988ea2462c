"""Forgetting a person: their coming meetings are called off, and then all that we hold of them goes.

Mails about meetings that were called off just now are still to be sent, and need to say who it was about. Until they
are, those bookings keep what they say; everything else is gone at once. The outbox has a message for the rest.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from ..csv_file import Row
from ..extensions import db
from ..models import Booking, BuiltinEvent, Contact, ContactImportPart, Message, User
from ..models.booking import CONFIRMED
from ..models.message import DROPPED, FAILED, WAITING
from ..tokens import new_token
from . import claims, place
from .cancellation import call_off
from .contact_import_rows import packed, unpacked
from .effect import Effect
from .errors import NotAllowed, UnknownContact
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
from .transaction import in_transaction

CHANNEL, KIND = "forgetting", "forget_contact"
# Mails that cannot be sent hold up nothing for longer than that.
PATIENCE, PAUSE = timedelta(days=3), timedelta(minutes=1)
# What the history of a booking may go on saying: when, by whom of the team, and how it changed.
_IMPERSONAL = ("at", "what", "by", "from", "to", "start", "hosts", "declined")


def forgotten_address(contact_id: int) -> str:
    """What stands in place of an address of a person who was forgotten: nobody can ever have it."""
    return f"forgotten-{contact_id}@invalid"


def coming_of(contact_id: int, now: datetime) -> list[Booking]:
    """The meetings of a contact that can still be called off, the next one first."""
    wanted = (Booking.contact_id == contact_id, Booking.state == CONFIRMED, Booking.start_at > now)
    return list(db.session.scalars(select(Booking).where(*wanted).order_by(Booking.start_at)))


def forget(contact_id: int, *, by: User, now: datetime) -> bool:
    """Calls off the contact's coming meetings, with mails as usual, and removes all that we hold of the person; returns
    whether all of it is gone, or some waits for these mails. Raises NotAllowed for who is no admin, UnknownContact."""
    if not by.is_admin:
        raise NotAllowed
    return in_transaction(lambda: _forget(contact_id, by, now))


def prepare(message: Message, now: datetime) -> Effect:
    """Removing what was kept until the mails were sent."""
    finish = partial(_finish, message.payload["contact"], message.created_at, now)
    return Effect(lambda: None, in_database=True, keep=_keeping(finish))


def _keeping(finish: Callable[[], timedelta | None]) -> Callable[[None], timedelta | None]:
    return lambda _: finish()


def _forget(contact_id: int, by: User, now: datetime) -> bool:
    _call_off_coming(contact_id, by, now)
    wanted = select(Contact).where(Contact.id == contact_id, Contact.forgotten_at.is_(None))
    contact = db.session.scalar(wanted.with_for_update())
    if contact is None:
        raise UnknownContact
    # Whoever booked while we waited for the contact did so before us; nobody can after us.
    _call_off_coming(contact_id, by, now)
    db.session.flush()
    person, waiting = person_of(contact), _waiting(contact_id, now)
    bookings = bookings_of_person(person)
    later = [booking for booking in bookings if booking.id in waiting]
    _clear_elsewhere(person, apart_from={booking.id for booking in later})
    for booking in bookings:
        if booking.id not in waiting:
            _clear(booking)
    _clear_contact(person, now)
    if later:
        db.session.add(_rest(contact_id, now))
    return not later


def _call_off_coming(contact_id: int, by: User, now: datetime) -> None:
    """Links, then hosts, then bookings: the order of all locks."""
    coming = coming_of(contact_id, now)
    place.lock_links([booking.link_id for booking in coming])
    claims.lock_hosts({host.user_id for booking in coming for host in booking.hosts})
    for booking in coming:
        if place.anew(booking).confirmed:
            call_off(booking, "", by, now)


def _waiting(contact_id: int, now: datetime) -> set[int]:
    """The bookings of a contact about which something is still to be delivered, as long as it may matter."""
    theirs = select(Booking.id).where(Booking.contact_id == contact_id, Booking.end_at > now)
    open_ones = select(Message.booking_id).where(Message.booking_id.in_(theirs), Message.state == WAITING)
    return {number for number in db.session.scalars(open_ones) if number is not None}


def _rest(contact_id: int, now: datetime) -> Message:
    return Message(
        key=f"{KIND}:{contact_id}",
        channel=CHANNEL,
        kind=KIND,
        payload={"contact": contact_id},
        due_at=now,
        created_at=now,
    )


def _finish(contact_id: int, since: datetime, now: datetime) -> timedelta | None:
    """Removes the rest, once nothing more is to be sent or nothing will ever be; else says when to look again."""
    if _waiting(contact_id, now) and now < since + PATIENCE:
        return PAUSE
    person = person_of(db.session.get_one(Contact, contact_id))
    for message in messages_about(person):
        _clear_message(message)
    for booking in bookings_of_person(person):
        _clear(booking)
    return None


def _clear_elsewhere(person: Person, apart_from: Collection[int]) -> None:
    """What stands of a person outside of what they booked, and in messages, but for those of these bookings."""
    for booking in guest_of(person):
        booking.guests = [guest for guest in booking.guests if guest.lower() not in person.addresses]
        _clear_events(booking, person)
    for row in (*notes_of(person), *personal_links_of(person)):
        db.session.delete(row)
    _clear_imports(person)
    for message in messages_about(person):
        if message.booking_id not in apart_from:
            _clear_message(message)


def _clear_imports(person: Person) -> None:
    """Rows that could not be used go; those of files that are still to be read are emptied."""
    for one in imports_naming(person):
        one.errors = [row for row in one.errors if not person.is_in(row)]
    for part in db.session.scalars(select(ContactImportPart)):
        rows = unpacked(part.content)
        if any(person.is_in(row.cells) for row in rows):
            part.content = packed(_emptied(row) if person.is_in(row.cells) else row for row in rows)


def _emptied(row: Row) -> Row:
    return Row(row.line, [""] * len(row.cells))


def _clear_contact(person: Person, now: datetime) -> None:
    contact = person.contact
    contact.name = contact.phone = contact.company = contact.crm_id = ""
    contact.email, contact.owner_id, contact.addresses = forgotten_address(contact.id), None, []
    contact.forgotten_at = now


def _clear_message(message: Message) -> None:
    """The row stays: those of a booking are counted to tell them apart."""
    if message.state in (WAITING, FAILED):
        message.state = DROPPED
    message.key, message.lane = f"forgotten:{message.id}", ""
    message.payload, message.error = {}, ""


def _clear(booking: Booking) -> None:
    """A past meeting stays as one that was: when, on which link, with which hosts."""
    booking.name = booking.email = booking.language = booking.cancel_reason = ""
    booking.meeting_url = booking.request_hash = booking.crm_id = ""
    booking.guests, booking.answers, booking.campaign = [], {}, {}
    booking.timezone = booking.link.timezone
    # Who has the address of the booking's page, or its form, opens nothing with it any more.
    booking.token, booking.nonce = new_token(), f"forgotten:{booking.id}"
    booking.changes = [_impersonal(entry) for entry in booking.changes]
    _clear_events(booking, None)


def _impersonal(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key in _IMPERSONAL}


def _clear_events(booking: Booking, guest: Person | None) -> None:
    """The booking's events in calendars that are kept here: what they say of the invitee, or of one guest."""
    uids = {booking.uid, *(event.uid for event in booking.events if event.uid)}
    for event in db.session.scalars(select(BuiltinEvent).where(BuiltinEvent.uid.in_(uids))):
        if guest is None:
            event.title, event.description = booking.link.title, ""
        else:
            lines = event.description.split("\n")
            event.description = "\n".join(line for line in lines if not guest.is_in(line))
