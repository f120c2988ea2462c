"""Meetings as iTIP texts (RFC 5546): asking somebody in, taking that back, and a copy for whoever wants one (R34)."""

from dataclasses import dataclass, replace
from datetime import datetime

from icalendar import Event, vCalAddress

from ..email_addresses import wire_email
from .write import Meeting, calendar_of, event_of, line_of

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in an invitation: their name, which may be empty, and their mail address."""

    name: str
    address: str


def invitation(meeting: Meeting, organizer: Person, attendee: Person, now: datetime) -> bytes:
    """Asks `attendee` in, or tells them of a change: the same UID with a higher SEQUENCE (RFC 5546 §3.2.2).

    `attendee` is who the mail is sent to, `organizer` who it is from: mail programs compare them.
    """
    event = event_of(_titled(meeting), now)
    event.add("ORGANIZER", _organizer(organizer))
    event.add("ATTENDEE", _attendee(attendee, {"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}))
    return _text(event, REQUEST)


def cancellation(meeting: Meeting, organizer: Person, attendee: Person, now: datetime) -> bytes:
    """Takes the meeting out of `attendee`'s calendar, who was asked in by `organizer` before (RFC 5546 §3.2.5)."""
    event = event_of(_titled(meeting), now, status="CANCELLED")
    event.add("ORGANIZER", _organizer(organizer))
    event.add("ATTENDEE", _attendee(attendee, {}))
    return _text(event, CANCEL)


def published(meeting: Meeting, now: datetime, organizer: Person | None = None) -> bytes:
    """The meeting for a calendar that nobody was asked into: it wants no answer (RFC 5546 §3.2.1)."""
    event = event_of(_titled(meeting), now)
    if organizer is not None:
        event.add("ORGANIZER", _organizer(organizer))
    return _text(event, PUBLISH)


def _titled(meeting: Meeting) -> Meeting:
    """An invitation needs a summary (RFC 5546 §3.2.2)."""
    return meeting if line_of(meeting.title) else replace(meeting, title="–")


def _text(event: Event, method: str) -> bytes:
    return bytes(calendar_of(event, method).to_ical())


def _organizer(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{line_of(wire_email(person.address))}")
    if name := _name(person):
        address.params["CN"] = name
    return address


def _attendee(person: Person, wishes: dict[str, str]) -> vCalAddress:
    address = _organizer(person)
    address.params.update({"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT"} | wishes)
    return address


def _name(person: Person) -> str:
    """Without the characters that would need RFC 6868, which few calendars read."""
    return line_of(person.name).replace('"', "'").replace("^", "")[:LONGEST_NAME].strip()
