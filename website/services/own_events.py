"""Where a booking's own event stands in calendars whose readings do not name events, and what lies beside it (R4).

Free/busy joins our event and another one into one block. So our event's time is taken out of what is known, and where
a new time would touch it, the calendar is looked at once more, event by event.
"""

import logging
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..extensions import db
from ..ical.feed import BusyEvent
from ..models import Booking, BookingEvent, Calendar
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.base import CalendarProvider
from ..providers.calendars.errors import CalendarError
from ..providers.calendars.records import Account, EventRef
from ..scheduling.timeline import instant_of, step_after, step_before
from .busy import Beside, Steps
from .calendar_account import provider_account
from .history import earlier_starts

log = logging.getLogger(__name__)

MOST_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Seen:
    """What a closer look at a host's calendar showed; None when there was no answer."""

    host_id: int
    calendar_id: int
    beside: Beside | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A calendar as its provider sees it, outside any transaction, and where our event may stand in it."""

    host_id: int
    calendar_id: int
    provider: CalendarProvider
    account: Account
    name: str
    ref: EventRef
    ours: tuple[Steps, ...]


def ref_of(event: BookingEvent) -> EventRef:
    """Which event of its calendar the row is about."""
    return EventRef(event.booking.uid, event.generation, event.external_id, event.uid, event.etag)


def hidden_by(booking: Booking) -> dict[int, Beside]:
    """By calendar, the time that is known as busy because an event of the booking stands there."""
    return {calendar.id: Beside(_where(event)) for event, calendar in _standing(booking)}


def hides_in(booking: Booking, steps: Steps) -> set[int]:
    """The calendars in which an event of the booking may hide another one in these steps."""
    return {calendar.id for event, calendar in _standing(booking) if _touches(_where(event), steps)}


def look_closer(
    booking: Booking, host_ids: Collection[int], steps: Steps, *, deadline_seconds: float
) -> list[Seen]:
    """Looks at the calendars of these hosts in which the new time `steps` touches the booking's own event.

    Never inside a transaction: it waits for other people's servers.
    """
    touched = hides_in(booking, steps)
    asked = [
        _Asked(
            calendar.account.user_id, calendar.id, CALENDAR_PROVIDERS[calendar.account.kind],
            provider_account(calendar.account), calendar.external_id, ref_of(event), _where(event),
        )
        for event, calendar in _standing(booking)
        if calendar.id in touched and calendar.account.user_id in host_ids
    ]  # fmt: skip
    db.session.rollback()
    if not asked:
        return []
    with ThreadPoolExecutor(max_workers=min(MOST_AT_ONCE, len(asked))) as pool:
        return list(pool.map(lambda one: _look(one, steps, deadline_seconds), asked))


def _standing(booking: Booking) -> Iterator[tuple[BookingEvent, Calendar]]:
    """The booking's events in calendars that are checked for conflicts and whose readings do not name them."""
    for event in booking.events:
        calendar = event.calendar
        if event.sequence is None or not event.wanted or calendar is None or not calendar.conflicts:
            continue
        if not CALENDAR_PROVIDERS[calendar.account.kind].capabilities.names_events:
            yield event, calendar


def _where(event: BookingEvent) -> tuple[Steps, ...]:
    """Where the event stands; one that a change has not reached yet may stand where the booking was before."""
    booking = event.booking
    starts = [booking.start_at]
    if event.sequence != booking.sequence:
        starts += earlier_starts(booking)
    return tuple((step_before(start), step_after(start + booking.duration)) for start in starts)


def _touches(ours: tuple[Steps, ...], steps: Steps) -> bool:
    return any(start < steps[1] and steps[0] < end for start, end in ours)


def _look(asked: _Asked, steps: Steps, seconds: float) -> Seen:
    start, end = instant_of(steps[0]), instant_of(steps[1])
    try:
        found = asked.provider.busy_beside(asked.account, asked.name, asked.ref, start, end, seconds)
    except CalendarError as error:
        log.warning("calendar %s was not looked at: %s", asked.calendar_id, type(error).__name__)
        return Seen(asked.host_id, asked.calendar_id, None)
    except Exception:  # a provider must not take the others with it
        log.exception("calendar %s was not looked at", asked.calendar_id)
        return Seen(asked.host_id, asked.calendar_id, None)
    return Seen(asked.host_id, asked.calendar_id, Beside(asked.ours, _steps_of(found)))


def _steps_of(events: list[BusyEvent]) -> tuple[Steps, ...]:
    return tuple((step_before(event.start), step_after(event.end)) for event in events)
