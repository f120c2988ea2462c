"""Bookings accepted without an answer are looked at as soon as there is one; a clash is marked (R31)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from ..extensions import db
from ..models import Booking, BookingEvent, BookingHost, Calendar, CalendarAccount
from ..models.booking import CONFIRMED
from ..providers.calendars import CALENDAR_PROVIDERS
from ..scheduling.timeline import Window
from .busy import BY_CALENDAR, NOTHING, busy_masks
from .history import accepted_at
from .hosts import Host, host_of
from .own_events import hides_in


def settle_unchecked(user_id: int, now: datetime) -> None:
    """Settles the unchecked coming bookings of a user whose calendars have all answered since. In a transaction.

    A calendar in which the booking's own event stands already was looked at before the event was put there; one in
    which it still stands where it was before a move is looked at before it is moved there, too.
    """
    for booking, part in _waiting(user_id, now):
        db.session.flush()
        host = host_of(user_id, now)
        if host is None or host.standing:
            return
        others = _without(host, _standing_in(booking.id))
        if hides_in(booking, (part.occupied_from, part.occupied_until)) & {
            one.id for one in others.calendars
        }:
            continue
        if all(_answered_since(calendar.id, accepted_at(booking)) for calendar in others.calendars):
            booking.unchecked = False
            booking.clash = booking.clash or _is_busy(others, part)


def mark_if_busy(event_id: int, now: datetime, beside: BY_CALENDAR) -> None:
    """Marks a booking that clashes with what a host's account has, before its own event is put there; `beside` is what
    the event hides where it stands already. In a transaction."""
    event = db.session.get_one(BookingEvent, event_id)
    if event.calendar is None:
        return
    account = event.calendar.account
    host, part = (
        host_of(account.user_id, now),
        db.session.get(BookingHost, (event.booking_id, account.user_id)),
    )
    if host is not None and part is not None:
        only = _without(host, {known.id for known in host.calendars} - _of_account(account.id))
        event.booking.clash = event.booking.clash or _is_busy(only, part, beside)
    event.look_at = now


def clashes(parts: Sequence[BookingHost], now: datetime) -> bool:
    """Whether the calendars of any of these hosts are known to be busy at the time of their booking."""
    known = ((host_of(part.user_id, now), part) for part in parts)
    return any(_is_busy(host, part) for host, part in known if host is not None)


def _waiting(user_id: int, now: datetime) -> list[tuple[Booking, BookingHost]]:
    found = (
        select(Booking, BookingHost)
        .join(BookingHost)
        .where(
            BookingHost.user_id == user_id,
            Booking.unchecked,
            Booking.state == CONFIRMED,
            Booking.end_at > now,
        )
    )
    return [(row[0], row[1]) for row in db.session.execute(found)]


def _standing_in(booking_id: int) -> set[int]:
    """The calendars in which the booking's own event stands, or is just about to."""
    found = select(BookingEvent.calendar_id).where(
        BookingEvent.booking_id == booking_id, BookingEvent.look_at.is_not(None)
    )
    return {row for row in db.session.scalars(found) if row is not None}


def _of_account(account_id: int) -> set[int]:
    return set(db.session.scalars(select(Calendar.id).where(Calendar.account_id == account_id)))


def _without(host: Host, calendar_ids: Iterable[int]) -> Host:
    left_out = set(calendar_ids)
    return host._replace(calendars=tuple(one for one in host.calendars if one.id not in left_out))


def _answered_since(calendar_id: int, at: datetime) -> bool:
    row = db.session.execute(
        select(CalendarAccount.kind, Calendar.checked_at).join(Calendar).where(Calendar.id == calendar_id)
    ).one()
    if CALENDAR_PROVIDERS[row.kind].capabilities.in_database:
        return True
    return row.checked_at is not None and row.checked_at >= at


def _is_busy(host: Host, part: BookingHost, beside: BY_CALENDAR = NOTHING) -> bool:
    window = Window(part.occupied_from, part.occupied_until - part.occupied_from)
    return bool(busy_masks([host], window, beside)[host.id])
