"""Hosts' time interval by interval, and what each is: offering needs masks alone, explaining the rest (R43)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ..extensions import db
from ..models import Booking, BookingHost, BuiltinEvent, Calendar, User
from ..scheduling.case import Diary, Taken
from ..scheduling.timeline import Window, instant_of, step_after, step_before, stretches
from .availability import LONGEST
from .busy import busy_by_calendar
from .hosts import Host


@dataclass(frozen=True, slots=True)
class Diaries:
    """The diary of each host by the host's id, and the calendars and bookings that their intervals come from."""

    by_host: Mapping[int, Diary]
    calendars: Mapping[int, Calendar]
    bookings: Mapping[int, Booking]


def diaries_of(hosts: Sequence[Host], window: Window) -> Diaries:
    """What the calendars and the bookings of these hosts say in the window. Intervals of calendars are as long as they
    are inside of it, and those that touch are one: that is how they are kept."""
    rows = _bookings(hosts, window)
    calendar_ids = [calendar.id for host in hosts for calendar in host.calendars]
    calendars = select(Calendar).where(Calendar.id.in_(calendar_ids)).options(joinedload(Calendar.account))
    return Diaries(
        {host.id: _diary(host, window, rows.get(host.id, ())) for host in hosts},
        {calendar.id: calendar for calendar in db.session.scalars(calendars)},
        {part.booking_id: booking for parts in rows.values() for part, booking in parts},
    )


def _diary(host: Host, window: Window, rows: Sequence[tuple[BookingHost, Booking]]) -> Diary:
    busy = [
        Taken(calendar_id, window.start + low, window.start + high)
        for calendar_id, mask in busy_by_calendar(host, window).items()
        for low, high in stretches(mask)
    ]
    ends = [one.known_until for one in host.calendars if one.known_until is not None]
    booked = tuple(_meeting(part, booking) for part, booking in rows)
    return Diary(tuple(busy), step_before(min(ends)) if ends else None, booked)


def _meeting(part: BookingHost, booking: Booking) -> Taken:
    start, end = step_before(booking.start_at), step_after(booking.end_at)
    return Taken(booking.id, start, end, start - part.occupied_from, part.occupied_until - end)


def _bookings(hosts: Sequence[Host], window: Window) -> dict[int, list[tuple[BookingHost, Booking]]]:
    found = (
        select(BookingHost, Booking)
        .join(Booking, Booking.id == BookingHost.booking_id)
        .where(
            BookingHost.user_id.in_([host.id for host in hosts]),
            BookingHost.active,
            BookingHost.occupied_from < window.end,
            BookingHost.occupied_from > window.start - LONGEST,
            BookingHost.occupied_until > window.start,
        )
        .options(joinedload(Booking.link), selectinload(Booking.hosts))
        .order_by(Booking.start_at)
    )
    by_host: dict[int, list[tuple[BookingHost, Booking]]] = {}
    for part, booking in db.session.execute(found):
        by_host.setdefault(part.user_id, []).append((part, booking))
    return by_host


def titles_at(taken: Taken, reader: User) -> list[str]:
    """What the reader's own built-in calendar calls the events in an interval of it; of anybody else's, and of
    calendars elsewhere, no titles are told."""
    calendar = db.session.get(Calendar, taken.source)
    if calendar is None or calendar.account.user_id != reader.id:
        return []
    found = select(BuiltinEvent.title).where(
        BuiltinEvent.calendar_id == calendar.id,
        BuiltinEvent.start_at < instant_of(taken.end),
        BuiltinEvent.end_at > instant_of(taken.start),
        BuiltinEvent.title != "",
    )
    return list(db.session.scalars(found.order_by(BuiltinEvent.start_at)))
