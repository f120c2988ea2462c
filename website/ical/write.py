"""Meetings of ours as iCalendar text (RFC 5545). Built from properties, never from a template: it folds and escapes."""

import re
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event, vUri

PRODUCER = "-//Firsthand//Bookings//EN"
WRITTEN = "X-FIRSTHAND-BOOKED"
"""The times that we gave an event, in the event: whatever else it says now, its calendar's owner moved it there."""

_FORM = "%Y%m%dT%H%M%SZ"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting in `[start, end)`, aware UTC datetimes. `sequence` rises with every change; `address` is a URL."""

    uid: str
    sequence: int
    start: datetime
    end: datetime
    title: str
    description: str = ""
    location: str = ""
    address: str = ""


def stored_copy(meeting: Meeting, now: datetime) -> bytes:
    """The meeting as it is put into a host's own calendar.

    No METHOD (RFC 4791 §4.1), no ORGANIZER and no ATTENDEE: with those a server would write to the guests itself
    (RFC 6638), who have their one invitation already (R34).
    """
    event = _event(meeting, now)
    event.add(WRITTEN, written_times(meeting.start, meeting.end))
    return bytes(_calendar(event).to_ical())


def written_times(start: datetime, end: datetime) -> str:
    """The value of WRITTEN for an event in `[start, end)`, aware UTC datetimes."""
    return f"{start:{_FORM}}/{end:{_FORM}}"


def _calendar(event: Event) -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCER)
    calendar.add_component(event)
    return calendar


def _event(meeting: Meeting, now: datetime) -> Event:
    event = Event()
    event.add("UID", meeting.uid)
    event.add("SEQUENCE", meeting.sequence)
    event.add("DTSTAMP", now)
    event.add("DTSTART", meeting.start)
    event.add("DTEND", meeting.end)
    event.add("SUMMARY", _line(meeting.title))
    if meeting.description:
        event.add("DESCRIPTION", _text(meeting.description))
    if meeting.location:
        event.add("LOCATION", _line(meeting.location))
    if meeting.address:
        event.add("URL", vUri(meeting.address))
    event.add("STATUS", "CONFIRMED")
    event.add("TRANSP", "OPAQUE")
    return event


def _text(value: str) -> str:
    """Without control characters, which RFC 5545 §3.1 forbids, apart from the ends of lines."""
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


def _line(value: str) -> str:
    return " ".join(_text(value).split())
