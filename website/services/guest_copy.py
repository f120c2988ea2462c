"""The invitee's own copy of the meeting, for a calendar that the invitation did not reach (R34).

Whoever has the invitation as well must not end up with two entries: the copy has the UID that the invitation has.
"""

from datetime import datetime

from ..config import in_force
from ..ical.invitation import published
from ..ical.write import Meeting
from ..models import Booking, BookingEvent
from .meeting import location_of, title_of


def invitation_due(booking: Booking) -> bool:
    """Whether a provider is still to send the guests their invitation: until then nobody knows its UID."""
    event = _inviting(booking)
    return event is not None and not event.uid


def provider_invited(booking: Booking) -> bool:
    """Whether the guests have their invitation from a provider."""
    event = _inviting(booking)
    return event is not None and bool(event.uid)


def copy_of(booking: Booking) -> Meeting:
    """The meeting as the invitee keeps it; only for a confirmed booking whose invitation is not due any more."""
    event = _inviting(booking)
    return Meeting(
        uid=event.uid if event is not None else booking.uid,
        sequence=booking.sequence,
        start=booking.start_at,
        end=booking.end_at,
        title=title_of(booking),
        description=_description(booking),
        location=location_of(booking),
        address=f"{in_force().base_url}/booking/{booking.token}",
    )


def file_of(booking: Booking, now: datetime) -> bytes:
    """The copy as an iCalendar file."""
    return published(copy_of(booking), now)


def _inviting(booking: Booking) -> BookingEvent | None:
    return next(
        (one for one in booking.events if one.invites and one.wanted and one.calendar_id is not None), None
    )


def _description(booking: Booking) -> str:
    return "\n\n".join(filter(None, (booking.link.description, booking.meeting_url)))
