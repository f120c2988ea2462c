"""Meetings of ours as iCalendar text (RFC 5545). Built from properties, never from a template: it folds and escapes."""

import re
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event, vUri

PRODUCER = "-//Firsthand//Bookings//EN"
WRITTEN = "X-FIRSTHAND-BOOKED"
"""The times that we gave an event, in the event: whatever else it says now, its calendar's owner moved it there."""

LONGEST_LINE, LONGEST_TEXT = 500, 10_000

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
    event = event_of(meeting, now)
    event.add(WRITTEN, written_times(meeting.start, meeting.end))
    return bytes(calendar_of(event).to_ical())


def written_times(start: datetime, end: datetime) -> str:
    """The value of WRITTEN for an event in `[start, end)`, aware UTC datetimes."""
    return f"{start:{_FORM}}/{end:{_FORM}}"


def calendar_of(event: Event, method: str = "") -> Calendar:
    """A calendar with this event alone; `method` says what it is sent for (RFC 5546 §1.4)."""
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCER)
    if method:
        calendar.add("METHOD", method)
    calendar.add_component(event)
    return calendar


def event_of(meeting: Meeting, now: datetime, status: str = "CONFIRMED") -> Event:
    """The meeting as it stands at `now`, for nobody in particular."""
    event = Event()
    event.add("UID", meeting.uid)
    event.add("SEQUENCE", meeting.sequence)
    event.add("DTSTAMP", now)
    event.add("DTSTART", meeting.start)
    event.add("DTEND", meeting.end)
    event.add("SUMMARY", line_of(meeting.title)[:LONGEST_LINE])
    if meeting.description:
        event.add("DESCRIPTION", _text(meeting.description)[:LONGEST_TEXT])
    if meeting.location:
        event.add("LOCATION", line_of(meeting.location)[:LONGEST_LINE])
    if meeting.address:
        event.add("URL", vUri(meeting.address))
    event.add("STATUS", status)
    event.add("TRANSP", "OPAQUE")
    return event


def _text(value: str) -> str:
    """Without control characters, which RFC 5545 §3.1 forbids, apart from the ends of lines."""
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


def line_of(value: str) -> str:
    """A text as one line, without control characters."""
    return " ".join(_text(value).split())
