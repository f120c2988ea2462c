"""What a host decides about an event that was moved or deleted in the calendar: keep, move or cancel (R38)."""

from datetime import datetime

from ..extensions import db
from ..models import Booking, BookingEvent, User
from ..scheduling.timeline import step_after, step_before
from . import claims, message
from .cancellation import call_off
from .errors import AlreadyOver, NotAllowed, SlotTaken, UnknownBooking
from .history import MOVED, as_it_stands, note
from .transaction import in_transaction


def finding(event_id: int, *, by: User) -> BookingEvent:
    """The event, for a host of its booking or an admin. Raises UnknownBooking, NotAllowed, AlreadyOver when there is
    nothing to decide (any more)."""
    event = db.session.get(BookingEvent, event_id)
    if event is None:
        raise UnknownBooking
    if not (by.is_admin or any(host.user_id == by.id for host in event.booking.hosts)):
        raise NotAllowed
    if not event.found or not event.booking.confirmed:
        raise AlreadyOver
    return event


def keep(event_id: int, *, by: User, now: datetime) -> None:
    """The booking holds: its event is put back as it was booked. Raises as `finding`."""

    def work() -> None:
        event = _locked(event_id, by)
        if event.found_start_at is None:
            event.renew()
        _settled(event)
        event.sequence = None
        message.put_in_calendar(event, now)

    in_transaction(work)


def move(event_id: int, *, by: User, now: datetime) -> None:
    """The calendar holds: the booking is where its event was moved to. Raises as `finding`, and SlotTaken where
    another booking of a host occupies that time, AlreadyOver where it lies in the past."""

    def work() -> None:
        event = _locked(event_id, by)
        start, end = event.found_start_at, event.found_end_at
        if start is None or end is None or start <= now:
            raise AlreadyOver
        booking, before = event.booking, as_it_stands(event.booking)
        _move_booking(booking, start, end)
        _settled(event)
        note(booking, MOVED, by, now, start=before.start_at.isoformat())
        # To the moved one as well: what marks it as ours says when it was booked for.
        message.moved(booking, before, by, now)

    in_transaction(work)


def cancel(event_id: int, *, by: User, now: datetime) -> None:
    """The meeting is off. Raises as `finding`."""
    in_transaction(lambda: call_off(_locked(event_id, by).booking, "", by, now))


def _locked(event_id: int, by: User) -> BookingEvent:
    event = finding(event_id, by=by)
    claims.lock_hosts([host.user_id for host in event.booking.hosts])
    db.session.refresh(event.booking)
    db.session.refresh(event)
    return finding(event_id, by=by)


def _settled(event: BookingEvent) -> None:
    event.found, event.found_start_at, event.found_end_at, event.doubted_at = "", None, None, None


def _move_booking(booking: Booking, start: datetime, end: datetime) -> None:
    """Moves what the booking occupies, its buffers unchanged (R4, R30), and raises its SEQUENCE."""
    steps = _whole_steps(start, end, booking)
    if claims.occupied_by_others(
        [host.user_id for host in booking.hosts if host.active], steps, apart_from=booking.id
    ):
        raise SlotTaken
    for host in booking.hosts:
        host.occupied_from, host.occupied_until = steps
    booking.start_at, booking.end_at = start, end
    booking.sequence += 1
    claims.claim(booking)


def _whole_steps(start: datetime, end: datetime, booking: Booking) -> tuple[int, int]:
    """The steps that the booking would occupy; a time off the five-minute marks is rounded outwards."""
    part = booking.hosts[0]
    before = step_before(booking.start_at) - part.occupied_from
    after = part.occupied_until - step_after(booking.end_at)
    return step_before(start) - before, step_after(end) + after
