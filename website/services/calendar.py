"""Calendar accounts: reading them, what a failure means, and asking once more at booking (R12, R31)."""

import logging
import random
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from ..extensions import db
from ..ical.feed import BusyEvent
from ..models import Booking, BookingHost, CalendarAccount
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.base import AccessRevoked, Account, CalendarError, CalendarProvider, Reading
from ..scheduling.timeline import Window
from .busy import store_busy
from .clash import settle_unchecked
from .transaction import in_transaction

log = logging.getLogger(__name__)

HORIZON_DAYS = 400
FRESH_DAYS = 370
PAST_DAYS = 2
KEPT_DAYS = 5 * 366
POLL_SECONDS = 20.0
LIVE_SECONDS = 4.0
LONGEST_PAUSE_MINUTES = 60
ANSWERED, NO_ANSWER, REVOKED = "answered", "no answer", "revoked"


@dataclass(frozen=True, slots=True)
class _Asked:
    """An account as it is handed to its provider, outside any transaction."""

    id: int
    provider: CalendarProvider
    account: Account


def provider_account(account: CalendarAccount, *, allow_private: bool) -> Account:
    """The account as its provider sees it."""
    return Account(
        kind=account.kind,
        secret=account.secret,
        timezone=account.user.timezone,
        owner_email=account.user.email,
        etag=account.etag or None,
        last_modified=account.last_modified or None,
        allow_private=allow_private,
        id=account.id,
    )


def refresh_builtin(account: CalendarAccount, now: datetime) -> None:
    """Packs the busy time of a built-in account anew. Inside the transaction that changed its events."""
    db.session.flush()
    provider = CALENDAR_PROVIDERS[account.kind]
    start, end = now - timedelta(days=PAST_DAYS), now + timedelta(days=KEPT_DAYS)
    reading = provider.read_busy(provider_account(account, allow_private=False), start, end, POLL_SECONDS)
    for calendar in account.calendars:
        store_busy(
            calendar, _intervals(reading.busy.get(calendar.external_id, [])), Window.between(start, end)
        )
    account.checked_at = now


def refresh_due(now: datetime, *, allow_private: bool, most: int = 20) -> int:
    """Reads the accounts whose time has come, and returns how many; the worker calls this again and again."""
    in_database = [key for key, provider in CALENDAR_PROVIDERS.items() if provider.capabilities.in_database]
    due = (
        select(CalendarAccount.id)
        .where(
            CalendarAccount.kind.not_in(in_database),
            or_(CalendarAccount.next_check_at.is_(None), CalendarAccount.next_check_at <= now),
        )
        .order_by(CalendarAccount.next_check_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )

    def lease() -> list[int]:
        ids = list(db.session.scalars(due))
        for account in db.session.scalars(select(CalendarAccount).where(CalendarAccount.id.in_(ids))):
            account.next_check_at = now + timedelta(seconds=4 * POLL_SECONDS)
        return ids

    ids = in_transaction(lease)
    read_accounts(ids, now, deadline_seconds=POLL_SECONDS, allow_private=allow_private)
    return len(ids)


def check_at_source(user_ids: Sequence[int], now: datetime, *, allow_private: bool) -> dict[int, str]:
    """R31: asks the hosts' calendars once more, all at the same time, and keeps what they say.

    Returns ANSWERED, NO_ANSWER or REVOKED by user id; users with nothing to ask are not named. Never inside a
    transaction: it waits for other people's servers, for four seconds at most.
    """
    rows = db.session.scalars(
        select(CalendarAccount).where(
            CalendarAccount.user_id.in_(user_ids), CalendarAccount.broken.is_(False)
        )
    )
    asked = {account.id: account.user_id for account in rows if _wants_live_check(account, now)}
    db.session.rollback()
    results = read_accounts(asked, now, deadline_seconds=LIVE_SECONDS, allow_private=allow_private)
    answers: dict[int, str] = {}
    for account_id, user_id in asked.items():
        answers[user_id] = max(answers.get(user_id, ANSWERED), results[account_id], key=_SEVERITY.index)
    return answers


_SEVERITY = (ANSWERED, NO_ANSWER, REVOKED)


def _wants_live_check(account: CalendarAccount, now: datetime) -> bool:
    able = CALENDAR_PROVIDERS[account.kind].capabilities
    if able.in_database or not any(calendar.conflicts for calendar in account.calendars):
        return False
    young = timedelta(seconds=able.live_check_after_seconds)
    return account.checked_at is None or now - account.checked_at > young


def read_accounts(
    ids: Iterable[int], now: datetime, *, deadline_seconds: float, allow_private: bool
) -> dict[int, str]:
    """Reads accounts side by side without holding a transaction, then stores each outcome."""
    asked = [_asked(account, now, allow_private) for account in _accounts(ids)]
    db.session.rollback()
    if not asked:
        return {}
    start, end = now - timedelta(days=PAST_DAYS), now + timedelta(days=HORIZON_DAYS)
    with ThreadPoolExecutor(max_workers=min(16, len(asked))) as pool:
        outcomes = list(pool.map(lambda one: _read(one, start, end, deadline_seconds), asked))
    return {
        one.id: in_transaction(lambda one=one, outcome=outcome: _keep(one.id, outcome, now))  # type: ignore[misc]
        for one, outcome in zip(asked, outcomes, strict=True)
    }


def _accounts(ids: Iterable[int]) -> list[CalendarAccount]:
    return list(db.session.scalars(select(CalendarAccount).where(CalendarAccount.id.in_(list(ids)))))


def _asked(account: CalendarAccount, now: datetime, allow_private: bool) -> _Asked:
    """Before a reading runs short of time ahead, "not modified" is no answer any more."""
    plain = provider_account(account, allow_private=allow_private)
    if account.known_until is None or account.known_until < now + timedelta(days=FRESH_DAYS):
        plain = replace(plain, etag=None, last_modified=None)
    return _Asked(account.id, CALENDAR_PROVIDERS[account.kind], plain)


def _read(one: _Asked, start: datetime, end: datetime, seconds: float) -> Reading | CalendarError:
    try:
        return one.provider.read_busy(one.account, start, end, seconds)
    except CalendarError as error:
        return error


def _keep(account_id: int, outcome: Reading | CalendarError, now: datetime) -> str:
    account = db.session.get(CalendarAccount, account_id)
    if account is None:
        return NO_ANSWER
    if isinstance(outcome, CalendarError):
        return _keep_failure(account, outcome, now)
    _keep_reading(account, outcome, now)
    return ANSWERED


def _keep_failure(account: CalendarAccount, error: CalendarError, now: datetime) -> str:
    """A broken account waits for its user; one that cannot be reached is asked again, ever less often (R12)."""
    broken = isinstance(error, AccessRevoked)
    account.broken, account.error = broken, str(error)
    account.failures += 1
    minutes = (
        LONGEST_PAUSE_MINUTES if broken else min(2 ** min(account.failures - 1, 10), LONGEST_PAUSE_MINUTES)
    )
    account.next_check_at = now + max(_jittered(minutes), _asked_to_wait(error))
    log.warning("calendar account %s was not read: %s", account.id, type(error).__name__)
    return REVOKED if broken else NO_ANSWER


def _asked_to_wait(error: CalendarError) -> timedelta:
    return timedelta(seconds=min(getattr(error, "retry_after_seconds", None) or 0, 24 * 3600))


def _keep_reading(account: CalendarAccount, reading: Reading, now: datetime) -> None:
    able = CALENDAR_PROVIDERS[account.kind].capabilities
    account.broken, account.error, account.failures = False, "", 0
    account.checked_at = now
    account.next_check_at = now + _jittered(max(able.poll_minutes, reading.refresh_minutes or 0))
    account.warnings = "\n".join(reading.warnings) if not reading.not_modified else account.warnings
    if not reading.not_modified:
        account.known_until = now + timedelta(days=HORIZON_DAYS)
        account.etag, account.last_modified = reading.etag or "", reading.last_modified or ""
        _keep_busy(account, reading.busy, now)
    settle_unchecked(account.user_id, now)


def _keep_busy(account: CalendarAccount, busy: Mapping[str, list[BusyEvent]], now: datetime) -> None:
    window = Window.between(now - timedelta(days=PAST_DAYS), now + timedelta(days=HORIZON_DAYS))
    for calendar in account.calendars:
        events = _without_ours(account.user_id, busy.get(calendar.external_id, []))
        store_busy(calendar, _intervals(events), window)


def _without_ours(user_id: int, events: Sequence[BusyEvent]) -> list[BusyEvent]:
    """R4: a meeting of ours that also stands in the calendar counts once; moved there, it counts where it is."""
    uids = [event.uid for event in events if event.uid]
    ours: dict[str, Booking] = {}
    for start in range(0, len(uids), 500):
        found = (
            select(Booking)
            .join(BookingHost)
            .where(BookingHost.user_id == user_id, Booking.uid.in_(uids[start : start + 500]))
        )
        ours |= {booking.uid: booking for booking in db.session.scalars(found)}
    return [event for event in events if not (event.uid in ours and _stands_for(event, ours[event.uid]))]


def _stands_for(event: BusyEvent, booking: Booking) -> bool:
    return not booking.confirmed or (booking.start_at <= event.start and event.end <= booking.end_at)


def _intervals(events: Iterable[BusyEvent]) -> list[tuple[datetime, datetime]]:
    return [(event.start, event.end) for event in events]


def _jittered(minutes: float) -> timedelta:
    return timedelta(minutes=minutes * random.uniform(0.75, 1.25))  # noqa: S311  (spreads the load)
