"""A booking as a meeting that others read of: what it is called, and where it takes place (R34)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..ical.write import Meeting
from ..models import Booking
from ..scheduling.places import PLACES, Place


def title_of(booking: Booking) -> str:
    """What the meeting is called in calendars."""
    return f"{booking.link.title}: {booking.name} – {', '.join(hosts_of(booking))}"


def hosts_of(booking: Booking) -> list[str]:
    """The names of its hosts."""
    return [host.user.name for host in booking.hosts]


def place_of(booking: Booking) -> Place:
    """What kind of place it has."""
    return PLACES[booking.link.place.get("kind", "")]


def location_of(booking: Booking) -> str:
    """Where it takes place: an address, words, or the video meeting's URL as soon as there is one."""
    return booking.meeting_url if place_of(booking).video else booking.link.place.get("value", "")


def answers_of(booking: Booking) -> list[tuple[str, Any]]:
    """The answers to the link's questions (R44), each with what was asked."""
    labels = {question["key"]: question["label"] for question in booking.link.questions}
    return [(labels.get(key, key), answer) for key, answer in booking.answers.items()]


def lines_of(booking: Booking) -> list[str]:
    """Who comes, and the answers to the link's questions (R44), a line each."""
    who = [f"{booking.name} <{booking.email}>", *booking.guests]
    return [*who, *(f"{label}: {answer}" for label, answer in answers_of(booking))]


def meeting_of(booking: Booking, snapshot: Mapping[str, Any], address: str) -> Meeting:
    """The meeting as a mail of ours tells of it; `snapshot` has its `start`, `end` (ISO 8601) and `sequence` when the
    mail was written, `address` is the invitee's page, empty for everybody else."""
    return Meeting(
        uid=booking.uid,
        sequence=snapshot["sequence"],
        start=datetime.fromisoformat(snapshot["start"]),
        end=datetime.fromisoformat(snapshot["end"]),
        title=title_of(booking),
        description="\n".join(filter(None, (booking.meeting_url, address))),
        location=location_of(booking),
        address=address,
    )
