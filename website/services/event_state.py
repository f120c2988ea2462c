"""How the event of a booking stands in each host's calendar, for its page (R34, R38)."""

from dataclasses import dataclass

from sqlalchemy import select

from ..extensions import db
from ..models import Booking, BookingEvent, Message
from ..models.message import FAILED, WAITING
from ..sentences import gettext_noop
from .calendar_event import CHANNEL

# Tone and sentence by state, for translation.
STATES: dict[str, tuple[str, str]] = {
    "stands": ("good", gettext_noop("In the calendar.")),
    "odd": ("warn", gettext_noop("Was changed in the calendar: somebody has to decide.")),
    "waiting": ("warn", gettext_noop("Waits to be put into the calendar.")),
    "failed": ("bad", gettext_noop("Could not be put into the calendar.")),
    "leaving": ("warn", gettext_noop("Waits to be taken out of the calendar.")),
    "left": ("bad", gettext_noop("Could not be taken out of the calendar.")),
    "gone": ("idle", gettext_noop("Taken out of the calendar.")),
    "unlinked": ("idle", gettext_noop("Stood in a calendar that is no longer linked.")),
}


@dataclass(frozen=True, slots=True)
class EventState:
    """Whose calendar, empty for one that is no longer linked, and a key of `STATES`."""

    name: str
    state: str


def states_of(booking: Booking) -> list[EventState]:
    """The state of each event of the booking, oldest first."""
    lanes = _last_states(booking)
    return [
        EventState(
            event.calendar.account.user.name if event.calendar else "",
            _state(event, lanes.get(f"{booking.uid}:{event.calendar_id}", "")),
        )
        for event in booking.events
    ]


def _last_states(booking: Booking) -> dict[str, str]:
    """How the last message about each of its calendars fared."""
    found = select(Message.lane, Message.state).where(
        Message.booking_id == booking.id, Message.channel == CHANNEL
    )
    return {row.lane: row.state for row in db.session.execute(found.order_by(Message.id))}


def _state(event: BookingEvent, last: str) -> str:
    if event.calendar_id is None:
        return "unlinked"
    if not (event.booking.confirmed and event.wanted):
        return {FAILED: "left", WAITING: "leaving"}.get(last, "gone")
    if event.found:
        return "odd"
    if last == FAILED:
        return "failed"
    return "stands" if event.sequence == event.booking.sequence else "waiting"
