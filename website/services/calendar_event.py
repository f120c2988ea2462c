"""The calendar events of bookings: what a message of the outbox says is made true at the provider (R34)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from ..config import in_force
from ..email_addresses import wire_email
from ..extensions import db
from ..models import Booking, BookingEvent, CalendarAccount, Message
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.errors import CalendarUnreachable, EventChanged, EventGone
from ..providers.calendars.records import CalendarEvent, Placed
from ..scheduling.timeline import instant_of
from ..sentences import gettext_noop
from .calendar import refresh_soon
from .calendar_account import provider_account
from .clash import mark_if_busy
from .effect import Effect
from .invitation_fallback import note_failure, note_unlinked
from .meeting import lines_of, location_of, place_of, title_of
from .own_events import look_closer, ref_of
from .reading import ANSWERED, part_reading, read
from .transaction import in_transaction

CHANNEL = "calendar_event"
DEADLINE_SECONDS = 30.0
FIRST_LOOK = timedelta(minutes=10)
# A video meeting that the provider is still making is asked for again, ever less often.
MEETING_PAUSES = (1, 2, 4, 8, 15, 30, 60, 120, 300)
# What a look at the calendar can show (R38). Sentences for translation.
FINDINGS: dict[str, str] = {
    "moved": gettext_noop("The event was moved in the calendar."),
    "gone": gettext_noop("The event is no longer in the calendar."),
}


def prepare(message: Message, now: datetime) -> Effect:
    """The effect of a message. The effect itself reads no row of ours,
    unless the calendar is kept in our own database. Raises CalendarError where a calendar has to be asked first."""
    event = _event(message)
    if event is None or event.calendar is None:
        return Effect(lambda: None, in_database=True, keep=_unlinked(message.id, now))
    booking, calendar = event.booking, event.calendar
    provider = CALENDAR_PROVIDERS[calendar.account.kind]
    if _to_be_looked_at(event) and not provider.capabilities.in_database:
        _look_first(event, calendar.account, now)
    account, ref = provider_account(calendar.account), ref_of(event)
    name, in_database = calendar.external_id, provider.capabilities.in_database
    if not (booking.confirmed and event.wanted):
        handed_on = booking.confirmed
        return Effect(
            lambda: provider.remove_event(account, name, ref, DEADLINE_SECONDS, handed_on=handed_on),
            in_database,
            _taken(event, now),
        )
    wanted = event_of(booking, event)
    return Effect(
        lambda: provider.put_event(account, name, wanted, ref, DEADLINE_SECONDS),
        in_database,
        _stands(event, message.attempts, now),
        _not_put(message, event, now),
    )


def _event(message: Message) -> BookingEvent | None:
    found = select(BookingEvent).where(
        BookingEvent.booking_id == message.booking_id,
        BookingEvent.calendar_id == message.payload["calendar"],
    )
    return db.session.scalars(found).first()


def _unlinked(message_id: int, now: datetime) -> Callable[[None], None]:
    def keep(_: None) -> None:
        message = db.session.get_one(Message, message_id)
        if message.booking is not None:
            note_unlinked(message.booking, message, now)

    return keep


def _to_be_looked_at(event: BookingEvent) -> bool:
    """Once only: where an attempt's outcome was lost, the event may stand there already, and must not be taken for
    somebody else's."""
    return event.booking.unchecked and event.booking.confirmed and event.wanted and event.look_at is None


def _look_first(event: BookingEvent, account: CalendarAccount, now: datetime) -> None:
    """R31: what a booking was made unchecked against is looked at before its own event stands there, and is busy
    itself. Raises CalendarUnreachable."""
    part = next(host for host in event.booking.hosts if host.user_id == account.user_id)
    event_id, account_id, user_id = event.id, account.id, account.user_id
    steps = part.occupied_from, part.occupied_until
    asked = part_reading(account, instant_of(steps[0]), instant_of(steps[1]))
    if read([asked], now, deadline_seconds=DEADLINE_SECONDS)[account_id] != ANSWERED:
        raise CalendarUnreachable("The calendar did not answer.")
    seen = look_closer(event.booking, [user_id], steps, deadline_seconds=DEADLINE_SECONDS)
    beside = {one.calendar_id: one.beside for one in seen if one.beside is not None}
    if len(beside) < len(seen):
        raise CalendarUnreachable("The calendar did not answer.")
    in_transaction(lambda: mark_if_busy(event_id, now, beside))


def _stands(event: BookingEvent, attempts: int, now: datetime) -> Callable[[Placed], timedelta | None]:
    event_id, sequence = event.id, event.booking.sequence

    def keep(placed: Placed) -> timedelta | None:
        row = db.session.get_one(BookingEvent, event_id)
        remember(row, placed, now)
        row.sequence = sequence
        if not placed.meeting_pending or attempts > len(MEETING_PAUSES):
            return None
        return timedelta(seconds=MEETING_PAUSES[attempts - 1])

    return keep


def remember(event: BookingEvent, placed: Placed, now: datetime) -> None:
    """Records how an event stands in its calendar. Inside a transaction."""
    ref = placed.ref
    event.generation, event.external_id, event.uid, event.etag = (
        ref.generation, ref.external_id, ref.uid, ref.etag,
    )  # fmt: skip
    event.address = placed.address
    event.found, event.found_start_at, event.found_end_at, event.doubted_at = "", None, None, None
    event.look_at = now + FIRST_LOOK
    if event.invites and placed.meeting_url:
        event.booking.meeting_url = placed.meeting_url
    if event.calendar is not None:
        refresh_soon(event.calendar.account_id, now)


def _taken(event: BookingEvent, now: datetime) -> Callable[[None], None]:
    event_id = event.id

    def keep(_: None) -> None:
        row = db.session.get_one(BookingEvent, event_id)
        row.sequence, row.look_at, row.doubted_at, row.found = None, None, None, ""
        if row.calendar is not None:
            refresh_soon(row.calendar.account_id, now)

    return keep


def _not_put(message: Message, event: BookingEvent, now: datetime) -> Callable[[Exception], bool]:
    """An event that somebody changed or deleted in the meantime is looked at, and shown to its host (R38)."""
    message_id, event_id = message.id, event.id

    def settle(failure: Exception) -> bool:
        row = db.session.get_one(BookingEvent, event_id)
        if isinstance(failure, EventChanged | EventGone):
            row.sequence, row.look_at = row.booking.sequence, now
            return True
        note_failure(db.session.get_one(Message, message_id), row, failure, now)
        return False

    return settle


def event_of(booking: Booking, event: BookingEvent) -> CalendarEvent:
    """The booking as it is to stand in a host's calendar: guests are named only where the provider invites them."""
    meets = event.calendar is not None and event.calendar.meets
    return CalendarEvent(
        uid=booking.uid,
        sequence=booking.sequence,
        start=booking.start_at,
        end=booking.end_at,
        timezone=booking.timezone,
        title=title_of(booking),
        description="\n".join(lines_of(booking)),
        location=location_of(booking),
        guests=_guests(booking) if event.invites else (),
        meeting=place_of(booking).video and event.invites and meets,
        address=f"{in_force().base_url}/booking/{booking.token}",
    )


def _guests(booking: Booking) -> tuple[tuple[str, str], ...]:
    """The invitee, their guests, and hosts in whose own calendar no event of ours is put."""
    kept = {
        event.calendar.account.user_id
        for event in booking.events
        if event.calendar is not None and event.wanted
    }
    colleagues = [(host.user.email, host.user.name) for host in booking.hosts if host.user_id not in kept]
    guests = ((wire_email(guest), "") for guest in booking.guests)
    return (wire_email(booking.email), booking.name), *guests, *colleagues
