"""The calendar events of bookings: what a message of the outbox says is made true at the provider (R34)."""

from ..extensions import db
from ..models import Booking, Calendar, Message
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.base import CalendarEvent
from .calendar import provider_account
from .effect import Effect

DEADLINE_SECONDS = 30.0


def prepare(message: Message, *, allow_private: bool) -> Effect | None:
    """The effect of a message, None when there is nothing left to do. The effect itself reads no row of ours,
    unless the calendar is kept in our own database."""
    calendar = db.session.get(Calendar, message.payload["calendar"])
    booking = message.booking
    if calendar is None:
        return None
    provider = CALENDAR_PROVIDERS[calendar.account.kind]
    account = provider_account(calendar.account, allow_private=allow_private)
    external_id, in_database = calendar.external_id, provider.capabilities.in_database
    if not booking.confirmed:
        uid = booking.uid
        return Effect(lambda: provider.remove_event(account, external_id, uid, DEADLINE_SECONDS), in_database)
    event = event_of(booking)
    return Effect(lambda: provider.put_event(account, external_id, event, DEADLINE_SECONDS), in_database)


def event_of(booking: Booking) -> CalendarEvent:
    """The booking as it is to stand in a host's calendar."""
    hosts = ", ".join(host.user.name for host in booking.hosts)
    return CalendarEvent(
        uid=booking.uid,
        sequence=booking.sequence,
        start=booking.start_at,
        end=booking.end_at,
        timezone=booking.timezone,
        title=f"{booking.link.title}: {booking.name} – {hosts}",
        description=_description(booking),
        location=booking.link.place.get("value", ""),
        guests=((booking.email, booking.name), *((guest, "") for guest in booking.guests)),
    )


def _description(booking: Booking) -> str:
    """The answers to the link's questions (R44), a line each."""
    labels = {question["key"]: question["label"] for question in booking.link.questions}
    return "\n".join(f"{labels.get(key, key)}: {answer}" for key, answer in booking.answers.items())
