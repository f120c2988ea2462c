"""Looking after the events of coming bookings at their source: were they moved or deleted there? (R38)

One odd answer proves nothing. A second look, a minute later and at the event itself, confirms it; then the host is
shown it and decides. Nothing is cancelled here.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from ..extensions import db
from ..models import Booking, BookingEvent, Calendar, CalendarAccount
from ..models.booking import CONFIRMED
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.errors import CalendarError, CalendarUnreachable
from ..providers.calendars.records import Placed
from .calendar_account import provider_account
from .own_events import ref_of
from .transaction import in_transaction

log = logging.getLogger(__name__)

MOST_AT_ONCE = 8
DEADLINE_SECONDS = 10.0
NEAR, NEAR_PAUSE, FAR_PAUSE = timedelta(hours=48), timedelta(minutes=10), timedelta(hours=1)
SECOND_LOOK = timedelta(seconds=60)

Look = Callable[[], Placed | None]
Seen = Placed | CalendarError | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """An event whose turn it is, and how to look at it outside any transaction."""

    event_id: int
    look: Look


def look_due(now: datetime, most: int = 40) -> int:
    """Looks at the events whose turn it is, and returns how many; the worker calls this again and again."""
    asked = in_transaction(lambda: _lease(now, most))
    db.session.rollback()
    if not asked:
        return 0
    with ThreadPoolExecutor(max_workers=MOST_AT_ONCE) as pool:
        answers = list(pool.map(_look, asked))
    for one, seen in zip(asked, answers, strict=True):
        in_transaction(_keeping(one.event_id, seen, now))
    return len(asked)


def look_soon(account_id: int, now: datetime) -> None:
    """Has the events in an account's calendars looked at in the worker's next round. Inside a transaction."""
    for event in db.session.scalars(
        _standing().where(Calendar.account_id == account_id, Booking.end_at > now)
    ):
        event.look_at = min(event.look_at or now, now)


def _standing() -> Select[BookingEvent]:
    """The events of confirmed bookings that stand in a calendar outside our own database."""
    return (
        select(BookingEvent)
        .join(Booking, Booking.id == BookingEvent.booking_id)
        .join(Calendar, Calendar.id == BookingEvent.calendar_id)
        .join(CalendarAccount, CalendarAccount.id == Calendar.account_id)
        .where(
            Booking.state == CONFIRMED,
            BookingEvent.wanted,
            BookingEvent.sequence == Booking.sequence,
            CalendarAccount.kind.in_(_outside()),
            CalendarAccount.broken.is_(False),
        )
    )


def _outside() -> list[str]:
    return [
        key
        for key, provider in CALENDAR_PROVIDERS.items()
        if provider.capabilities.writes and not provider.capabilities.in_database
    ]


def _lease(now: datetime, most: int) -> list[_Asked]:
    due = (
        _standing()
        .where(BookingEvent.look_at <= now, Booking.end_at > now)
        .order_by(BookingEvent.look_at)
        .limit(most)
        .with_for_update(skip_locked=True, of=BookingEvent)
    )
    events = list(db.session.scalars(due))
    for event in events:
        near = event.booking.start_at - now < NEAR
        event.look_at = now + (NEAR_PAUSE if near else FAR_PAUSE)
    return [_Asked(event.id, _looking(event)) for event in events]


def _looking(event: BookingEvent) -> Look:
    calendar = event.calendar
    assert calendar is not None  # noqa: S101  (the query joins it)
    provider, account = CALENDAR_PROVIDERS[calendar.account.kind], provider_account(calendar.account)
    name, ref = calendar.external_id, ref_of(event)
    return lambda: provider.look_at_event(account, name, ref, DEADLINE_SECONDS)


def _look(asked: _Asked) -> Seen:
    try:
        return asked.look()
    except CalendarError as error:
        return error
    except Exception:  # one event must not keep the others from being looked at
        log.exception("event %s was not looked at", asked.event_id)
        return CalendarUnreachable("The event could not be read.")


def _keeping(event_id: int, seen: Seen, now: datetime) -> Callable[[], None]:
    return lambda: _keep(event_id, seen, now)


def _keep(event_id: int, seen: Seen, now: datetime) -> None:
    event = db.session.get(BookingEvent, event_id)
    if event is None or isinstance(seen, CalendarError) or event.sequence != event.booking.sequence:
        return
    if seen is not None:
        _note_version(event, seen)
        if (seen.start, seen.end) == (event.booking.start_at, event.booking.end_at):
            event.found, event.found_start_at, event.found_end_at, event.doubted_at = "", None, None, None
            return
    if event.doubted_at is None:
        event.doubted_at, event.look_at = now, now + SECOND_LOOK
        return
    event.found = "gone" if seen is None else "moved"
    event.found_start_at = seen.start if seen else None
    event.found_end_at = seen.end if seen else None


def _note_version(event: BookingEvent, seen: Placed) -> None:
    event.etag = seen.ref.etag
    if event.invites and seen.meeting_url and not event.booking.meeting_url:
        event.booking.meeting_url = seen.meeting_url


def findings_of(bookings: Sequence[Booking]) -> dict[int, BookingEvent]:
    """What is odd about the events of these bookings, by booking: the first such event of each."""
    found = select(BookingEvent).where(
        BookingEvent.booking_id.in_([booking.id for booking in bookings if booking.confirmed]),
        BookingEvent.found != "",
    )
    return {event.booking_id: event for event in db.session.scalars(found.order_by(BookingEvent.id.desc()))}
