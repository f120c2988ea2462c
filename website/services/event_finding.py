"""What a host decides about an event that was moved or deleted in the calendar: keep, move or cancel (R38)."""

from datetime import datetime

from sqlalchemy import delete, insert, select

from ..extensions import db
from ..models import Booking, BookingEvent, Claim, User
from ..scheduling.timeline import step_after, step_before
from . import message
from .booking import lock_hosts
from .cancellation import call_off
from .errors import AlreadyOver, NotAllowed, SlotTaken, UnknownBooking
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
            # A deleted event's id stays taken: the next generation has one of its own.
            event.generation, event.external_id, event.uid, event.etag = event.generation + 1, "", "", ""
        _settled(event)
        event.sequence = None
        message.put_in_calendar(event, "event_put", now)

    in_transaction(work)


def move(event_id: int, *, by: User, now: datetime) -> None:
    """The calendar holds: the booking is where its event was moved to. Raises as `finding`, and SlotTaken where
    another booking of a host occupies that time, AlreadyOver where it lies in the past."""

    def work() -> None:
        event = _locked(event_id, by)
        start, end = event.found_start_at, event.found_end_at
        if start is None or end is None or start <= now:
            raise AlreadyOver
        _move_booking(event.booking, start, end)
        _settled(event)
        # To the moved one as well: what marks it as ours says when it was booked for.
        for each in event.booking.events:
            if each.calendar_id is not None:
                message.put_in_calendar(each, "event_put", now)

    in_transaction(work)


def cancel(event_id: int, *, by: User, now: datetime) -> None:
    """The meeting is off. Raises as `finding`."""
    in_transaction(lambda: call_off(_locked(event_id, by).booking, "", now))


def _locked(event_id: int, by: User) -> BookingEvent:
    event = finding(event_id, by=by)
    lock_hosts([host.user_id for host in event.booking.hosts])
    db.session.refresh(event.booking)
    db.session.refresh(event)
    return finding(event_id, by=by)


def _settled(event: BookingEvent) -> None:
    event.found, event.found_start_at, event.found_end_at, event.doubted_at = "", None, None, None


def _move_booking(booking: Booking, start: datetime, end: datetime) -> None:
    """Moves what the booking occupies, its buffers unchanged (R4, R30), and raises its SEQUENCE."""
    earlier, later = _whole_steps(start, end, booking)
    db.session.execute(delete(Claim).where(Claim.booking_id == booking.id))
    claims = []
    for host in booking.hosts:
        host.occupied_from, host.occupied_until = earlier, later
        claims += [
            {"host_id": host.user_id, "step": step, "booking_id": booking.id}
            for step in range(earlier, later)
            if host.active
        ]
    taken = select(Claim.step).where(
        Claim.host_id.in_([host.user_id for host in booking.hosts if host.active]),
        Claim.step >= earlier,
        Claim.step < later,
    )
    if db.session.execute(taken).first() is not None:
        raise SlotTaken
    db.session.execute(insert(Claim).values(claims))
    booking.start_at, booking.end_at = start, end
    booking.sequence += 1


def _whole_steps(start: datetime, end: datetime, booking: Booking) -> tuple[int, int]:
    """The steps that the booking would occupy; a time off the five-minute marks is rounded outwards."""
    part = booking.hosts[0]
    before = step_before(booking.start_at) - part.occupied_from
    after = part.occupied_until - step_after(booking.end_at)
    return step_before(start) - before, step_after(end) + after
