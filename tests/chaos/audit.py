"""What has to be true in the end: everything that was acknowledged stands, once, inside and outside."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from icalendar import Calendar as ICalendar
from sqlalchemy import select

from tests.chaos.books import ALWAYS_KEPT, overlaps, wrong_bookings, wrong_claims
from tests.chaos.driver import Acknowledged
from tests.chaos.letters import wrong_letters
from tests.chaos.world import World
from website.extensions import db
from website.models import Booking, BookingEvent, BuiltinEvent, Calendar, Message
from website.models.booking import CONFIRMED
from website.models.message import DONE

# Which calendar, and from when to when: aware.
Placed = tuple[str, datetime, datetime]


def audit(
    world: World, told: list[Acknowledged], killed: set[int], kept_from: datetime = ALWAYS_KEPT
) -> list[str]:
    """Every way in which the books do not agree, as sentences; `told` is what visitors know, `killed` who died. Of
    meetings that ended before `kept_from`, claims and messages have been pruned."""
    with world.app.app_context():
        bookings = list(db.session.scalars(select(Booking)))
        found = [
            *wrong_books(world, told, kept_from),
            *_wrong_invitations(world),
            *wrong_letters(world, [one for one in bookings if one.end_at >= kept_from], killed),
            *(f"Google would not have taken: {text}" for text in world.google.complaints),
        ]
        db.session.rollback()
    return found


def wrong_books(
    world: World | None, told: list[Acknowledged], kept_from: datetime = ALWAYS_KEPT
) -> list[str]:
    """The same of bookings, claims, calendars and the outbox alone, in the context of an application. Without a world
    all calendars are those in the database."""
    booked = [*wrong_bookings(told), *wrong_claims(kept_from), *overlaps()]
    return [*booked, *_wrong_events(world), *_wrong_messages()]


def _wrong_events(world: World | None) -> Iterator[str]:
    """One live event in each host's calendar for a confirmed booking, at its time; no others anywhere."""
    due = Counter[Placed]()
    for booking in db.session.scalars(select(Booking)):
        if len(booking.events) != len(booking.hosts):
            yield f"booking {booking.id} has {len(booking.events)} events for {len(booking.hosts)} hosts"
        if booking.confirmed:
            due.update((_name(event), booking.start_at, booking.end_at) for event in booking.events)
    standing = Counter(_standing(world))
    yield from (f"no event: {row}" for row in due - standing)
    yield from (f"an event too many: {row}" for row in standing - due)
    odd = select(BookingEvent).join(Booking).where(Booking.state == CONFIRMED)
    for event in db.session.scalars(odd):
        if event.found or event.booking.clash or event.sequence != event.booking.sequence:
            yield f"event {event.id} is not as it should be: {event.found!r}, clash {event.booking.clash}"


def _name(event: BookingEvent) -> str:
    assert event.calendar is not None
    return _of(event.calendar)


def _of(calendar: Calendar) -> str:
    return f"{calendar.account.kind} {calendar.account.user.name} {calendar.external_id}"


def _standing(world: World | None) -> Iterator[Placed]:
    """What stands in all calendars, as their owners' own programs see it."""
    for calendar in db.session.scalars(select(Calendar)):
        kind = calendar.account.kind
        for start, end in READERS[kind](world, calendar):
            yield _of(calendar), start, end


def _in_google(world: World, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    for event in world.google.events(calendar.external_id):
        start, end = (datetime.fromisoformat(event[edge]["dateTime"]) for edge in ("start", "end"))
        yield start, end


def _in_caldav(world: World, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    text = world.diaries[calendar.external_id].text(calendar.external_id)
    for event in ICalendar.from_ical(text).walk("VEVENT"):
        yield event["DTSTART"].dt, event["DTEND"].dt


def _in_database(_: World | None, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    for event in db.session.scalars(select(BuiltinEvent).where(BuiltinEvent.calendar_id == calendar.id)):
        yield event.start_at, event.end_at


def _nowhere(_: World | None, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Feeds are only read."""
    yield from ()


READERS: dict[str, Callable[[Any, Calendar], Iterator[tuple[datetime, datetime]]]] = {
    "google": _in_google,
    "caldav": _in_caldav,
    "builtin": _in_database,
    "ics": _nowhere,
}


def _wrong_invitations(world: World) -> Iterator[str]:
    """Google told each guest of each event once, and once more of a cancellation."""
    told = Counter((mail.event_id, mail.guest, mail.kind) for mail in world.google.invitations)
    yield from (f"Google told {row} {times} times" for row, times in told.items() if times > 1)
    invited = select(BookingEvent).join(Booking).where(BookingEvent.invites, Booking.state == CONFIRMED)
    for event in db.session.scalars(invited):
        if not told[event.external_id, event.booking.email, "request"]:
            yield f"Google did not invite {event.booking.email}"


def _wrong_messages() -> Iterator[str]:
    for message in db.session.scalars(select(Message).where(Message.state != DONE)):
        yield f"message {message.id} ({message.kind}) is {message.state}: {message.error}"
