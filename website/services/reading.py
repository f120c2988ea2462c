"""Reading calendar accounts at their providers, and keeping what they say (R12)."""

import logging
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from ..extensions import db
from ..ical.feed import BusyEvent
from ..models import Booking, BookingHost, Calendar, CalendarAccount
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.base import CalendarProvider
from ..providers.calendars.errors import AccessRevoked, CalendarError, CalendarMissing, CalendarUnreachable
from ..providers.calendars.records import Account, Reading
from ..scheduling.timeline import Window
from .busy import patch_busy, store_busy
from .calendar_account import provider_account
from .clash import settle_unchecked
from .emptied import believed
from .history import earlier_starts
from .transaction import in_transaction

log = logging.getLogger(__name__)

MOST_AT_ONCE = 16
LONGEST_PAUSE_MINUTES = 60
LONGEST_WAIT = timedelta(days=1)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
ANSWERED, NO_ANSWER, REVOKED = "answered", "no answer", "revoked"


@dataclass(frozen=True, slots=True)
class Asked:
    """An account as it is handed to its provider, outside any transaction, and the window that is asked about.

    `whole` tells whether that is all that is to be known of it, or a part that is looked at once more (R31).
    """

    id: int
    provider: CalendarProvider
    account: Account
    start: datetime
    end: datetime
    whole: bool


def whole_reading(account: CalendarAccount, start: datetime, end: datetime, needed: datetime) -> Asked:
    """A reading of everything in `[start, end)`. "Not modified" is no answer where what is kept does not reach to
    `needed`."""
    plain = provider_account(account)
    if account.known_until is None or account.known_until < needed:
        plain = replace(plain, etag=None, last_modified=None)
    return Asked(account.id, CALENDAR_PROVIDERS[account.kind], plain, start, end, whole=True)


def part_reading(account: CalendarAccount, start: datetime, end: datetime) -> Asked:
    """One more look at `[start, end)` alone (R31)."""
    provider = CALENDAR_PROVIDERS[account.kind]
    return Asked(account.id, provider, provider_account(account), start, end, whole=False)


def read(asked: Sequence[Asked], now: datetime, *, deadline_seconds: float) -> dict[int, str]:
    """Reads accounts side by side without holding a transaction, then keeps each outcome.

    Returns ANSWERED, NO_ANSWER or REVOKED by account id.
    """
    db.session.rollback()
    if not asked:
        return {}
    with ThreadPoolExecutor(max_workers=min(MOST_AT_ONCE, len(asked))) as pool:
        outcomes = list(pool.map(lambda one: _read(one, deadline_seconds), asked))
    return {
        one.id: in_transaction(_keeping(one, outcome, now))
        for one, outcome in zip(asked, outcomes, strict=True)
    }


def _read(one: Asked, seconds: float) -> Reading | CalendarError:
    try:
        return one.provider.read_busy(one.account, one.start, one.end, seconds)
    except CalendarError as error:
        return error
    except Exception:  # a provider must not take the others with it
        log.exception("calendar account %s was not read", one.id)
        return CalendarUnreachable("The calendar could not be read.")


def _keeping(asked: Asked, outcome: Reading | CalendarError, now: datetime) -> Callable[[], str]:
    return lambda: _keep(asked, outcome, now)


def _keep(asked: Asked, outcome: Reading | CalendarError, now: datetime) -> str:
    account = db.session.get(CalendarAccount, asked.id)
    if account is None:
        return NO_ANSWER
    account.tried_at = now
    if isinstance(outcome, CalendarError):
        return _keep_failure(account, outcome, now)
    _keep_reading(account, asked, outcome, now)
    return NO_ANSWER if _silent(account, asked, outcome) else ANSWERED


def _silent(account: CalendarAccount, asked: Asked, reading: Reading) -> bool:
    """Whether a calendar that was asked for said nothing: then the account as a whole is not known (R12)."""
    return not reading.not_modified and any(
        calendar.conflicts and calendar.external_id not in reading.busy
        for calendar in account.calendars
        if calendar.external_id in asked.account.calendars
    )


def _keep_failure(account: CalendarAccount, error: CalendarError, now: datetime) -> str:
    """A broken account waits for its user; one that cannot be reached is asked again, ever less often (R12)."""
    broken = isinstance(error, AccessRevoked)
    account.broken, account.error = broken, str(error)
    account.broken_at = (account.broken_at or now) if broken else None
    account.failing_since = account.failing_since or now
    account.failures += 1
    account.next_check_at = NEVER if _final(error) else now + _pause(account, error)
    log.warning("calendar account %s was not read: %s", account.id, type(error).__name__)
    return REVOKED if broken else NO_ANSWER


def _final(error: CalendarError) -> bool:
    """Whether asking again can only do harm: nobody but the user can mend it."""
    return isinstance(error, AccessRevoked) and error.final


def _pause(account: CalendarAccount, error: CalendarError) -> timedelta:
    if isinstance(error, AccessRevoked):
        return _jittered(LONGEST_PAUSE_MINUTES)
    asked_for = getattr(error, "retry_after_seconds", None) or 0
    minutes = min(2 ** min(account.failures - 1, 10), LONGEST_PAUSE_MINUTES)
    return max(_jittered(minutes), min(timedelta(seconds=asked_for), LONGEST_WAIT))


def _keep_reading(account: CalendarAccount, asked: Asked, reading: Reading, now: datetime) -> None:
    able, failed_before = asked.provider.capabilities, account.failing_since is not None
    account.broken, account.error, account.failures = False, "", 0
    account.broken_at = account.failing_since = None
    reading = believed(account, reading, now)
    if asked.whole:
        account.checked_at = now
        if not reading.not_modified:
            account.known_until, account.refresh_minutes = asked.end, reading.refresh_minutes
            account.warnings = "\n".join(reading.warnings)
            account.etag, account.last_modified = reading.etag or "", reading.last_modified or ""
        account.next_check_at = now + _jittered(account.refresh_minutes or able.poll_minutes)
    elif failed_before:
        account.next_check_at = now
    for calendar in account.calendars:
        if calendar.external_id in asked.account.calendars:
            _keep_calendar(calendar, asked, reading, now)
    settle_unchecked(account.user_id, now)


def _keep_calendar(calendar: Calendar, asked: Asked, reading: Reading, now: datetime) -> None:
    """What one calendar said. Neither busy nor unknown is no answer (R12)."""
    if reading.not_modified:
        calendar.checked_at = now if asked.whole else calendar.checked_at
        return
    if calendar.external_id not in reading.busy:
        error = reading.unknown.get(calendar.external_id)
        calendar.error = str(error) if error else "The provider said nothing about this calendar."
        calendar.missing_at = (calendar.missing_at or now) if isinstance(error, CalendarMissing) else None
        return
    calendar.error, calendar.missing_at = "", None
    events = _without_ours(calendar.account.user_id, reading.busy[calendar.external_id])
    keep = store_busy if asked.whole else patch_busy
    keep(calendar, [(event.start, event.end) for event in events], Window.between(asked.start, asked.end))
    if asked.whole:
        calendar.checked_at, calendar.known_until = now, asked.end


def _without_ours(user_id: int, events: Sequence[BusyEvent]) -> list[BusyEvent]:
    """R4: a meeting of ours that also stands in the calendar counts once; moved there, it counts where it is."""
    ours = _bookings_by_uid(user_id, {event.uid for event in events if event.uid})
    return [event for event in events if not (event.uid in ours and _stands_for(event, ours[event.uid]))]


def _bookings_by_uid(user_id: int, uids: Iterable[str]) -> dict[str | None, Booking]:
    wanted, found = sorted(uids), dict[str | None, Booking]()
    for start in range(0, len(wanted), 500):
        rows = (
            select(Booking)
            .join(BookingHost)
            .where(BookingHost.user_id == user_id, Booking.uid.in_(wanted[start : start + 500]))
        )
        found |= {booking.uid: booking for booking in db.session.scalars(rows)}
    return found


def _stands_for(event: BusyEvent, booking: Booking) -> bool:
    inside = booking.start_at <= event.start and event.end <= booking.end_at
    return not booking.confirmed or inside or _on_its_way(event, booking)


def _on_its_way(event: BusyEvent, booking: Booking) -> bool:
    """Whether the event still stands where the booking was before a move that has not reached the calendar yet."""
    late = any(one.wanted and one.sequence != booking.sequence for one in booking.events)
    return late and event.start in earlier_starts(booking)


def _jittered(minutes: float) -> timedelta:
    return timedelta(minutes=minutes * random.uniform(0.75, 1.25))  # noqa: S311  (spreads the load)
