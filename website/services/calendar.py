"""Calendar accounts: kept in step by the worker, and asked once more at booking (R12, R31)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from ..clock import SKEW
from ..extensions import db
from ..models import CalendarAccount, Link, LinkHost
from ..providers.calendars import CALENDAR_PROVIDERS
from ..scheduling.timeline import Window
from .busy import store_busy
from .calendar_account import provider_account
from .reading import ANSWERED, NEVER, NO_ANSWER, REVOKED, part_reading, read, whole_reading
from .transaction import in_transaction

PAST_DAYS = 2
LEAST_DAYS, MOST_DAYS = 35, 400
# A reading reaches so much further than is needed, so that one that is not modified counts for a month.
SPARE_DAYS = 30
KEPT_DAYS = 5 * 366
POLL_SECONDS = 20.0
LIVE_SECONDS = 4.0
# R31 with an account that failed so often: nobody waits for it, for so long after the last attempt.
FAILURES_TO_PAUSE, PAUSE = 5, timedelta(seconds=60)


def refresh_builtin(account: CalendarAccount, now: datetime) -> None:
    """Packs the busy time of a built-in account anew. Inside the transaction that changed its events."""
    db.session.flush()
    provider = CALENDAR_PROVIDERS[account.kind]
    start, end = now - timedelta(days=PAST_DAYS), now + timedelta(days=KEPT_DAYS)
    reading = provider.read_busy(provider_account(account), start, end, POLL_SECONDS)
    for calendar in account.calendars:
        events = reading.busy.get(calendar.external_id, [])
        store_busy(calendar, [(event.start, event.end) for event in events], Window.between(start, end))
    account.checked_at = now


def refresh_due(now: datetime, most: int = 20) -> int:
    """Reads the accounts whose time has come, and returns how many; the worker calls this again and again."""
    ids = in_transaction(lambda: _lease_due(now, most))
    refresh(ids, now)
    return len(ids)


def refresh(
    account_ids: Sequence[int], now: datetime, *, deadline_seconds: float = POLL_SECONDS
) -> dict[int, str]:
    """Reads accounts now, as far ahead as their users' links reach. Returns each outcome by account id."""
    found = select(CalendarAccount).where(CalendarAccount.id.in_(account_ids))
    accounts = list(db.session.scalars(found))
    days = _days_needed([account.user_id for account in accounts], now)
    start = now - timedelta(days=PAST_DAYS)
    asked = []
    for account in accounts:
        needed = now + timedelta(days=days[account.user_id])
        end = min(needed + timedelta(days=SPARE_DAYS), now + timedelta(days=MOST_DAYS))
        asked.append(whole_reading(account, start, end, needed))
    return read(asked, now, deadline_seconds=deadline_seconds)


def refresh_soon(account_id: int, now: datetime) -> None:
    """Has an account read at the worker's next round: something in it changed. Inside a transaction."""
    account = db.session.get(CalendarAccount, account_id)
    if account is not None and not account.broken and account.kind not in _in_database():
        account.next_check_at = min(account.next_check_at or now, now)


def read_anew(account: CalendarAccount, now: datetime) -> None:
    """Has an account read at the worker's next round, whatever its source thinks of the last reading: what is to be
    known of it changed. Inside a transaction."""
    account.etag = account.last_modified = ""
    if not account.broken:
        account.next_check_at = now


def _lease_due(now: datetime, most: int) -> list[int]:
    due = (
        select(CalendarAccount)
        .where(
            CalendarAccount.kind.not_in(_in_database()),
            or_(
                CalendarAccount.next_check_at.is_(None),
                CalendarAccount.next_check_at <= now,
                # The clock was ahead when it was read, or leased, last.
                (CalendarAccount.tried_at > now + SKEW) & (CalendarAccount.next_check_at < NEVER),
            ),
        )
        .order_by(CalendarAccount.next_check_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    accounts = list(db.session.scalars(due))
    for account in accounts:
        account.tried_at, account.next_check_at = now, now + timedelta(seconds=4 * POLL_SECONDS)
    return [account.id for account in accounts]


def _in_database() -> list[str]:
    """The kinds of account that are kept in our own database, and never polled."""
    return [key for key, provider in CALENDAR_PROVIDERS.items() if provider.capabilities.in_database]


def _days_needed(user_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """How many days ahead the links of each user can offer."""
    rows = db.session.execute(
        select(LinkHost.user_id, func.max(Link.window_days), func.max(Link.window_to))
        .join(Link, Link.id == LinkHost.link_id)
        .where(LinkHost.user_id.in_(user_ids))
        .group_by(LinkHost.user_id)
    )
    needed = dict.fromkeys(user_ids, LEAST_DAYS)
    for user_id, days, last_on in rows:
        until = (last_on - now.date()).days if last_on else 0
        # Two days more: dates are those of the link's zone, and a meeting has a length and buffers.
        needed[user_id] = min(max(LEAST_DAYS, days or 0, until) + 2, MOST_DAYS - SPARE_DAYS)
    return needed


def check_at_source(user_ids: Sequence[int], start: datetime, end: datetime, now: datetime) -> dict[int, str]:
    """R31: asks the hosts' calendars about `[start, end)` once more, all at the same time, and keeps what they say.

    Returns ANSWERED, NO_ANSWER or REVOKED by user id; users with nothing to ask are not named. Never inside a
    transaction: it waits for other people's servers, for four seconds at most.
    """
    rows = db.session.scalars(
        select(CalendarAccount).where(
            CalendarAccount.user_id.in_(user_ids), CalendarAccount.broken.is_(False)
        )
    )
    wanted = [account for account in rows if _wants_live_check(account, now)]
    users = {account.id: account.user_id for account in wanted}
    results = {account.id: NO_ANSWER for account in wanted if _paused(account, now)}
    asked = [part_reading(account, start, end) for account in wanted if account.id not in results]
    results |= read(asked, now, deadline_seconds=LIVE_SECONDS)
    answers: dict[int, str] = {}
    for account_id, user_id in users.items():
        answers[user_id] = max(answers.get(user_id, ANSWERED), results[account_id], key=_SEVERITY.index)
    return answers


_SEVERITY = (ANSWERED, NO_ANSWER, REVOKED)


def _paused(account: CalendarAccount, now: datetime) -> bool:
    """The circuit breaker: an account that failed again and again is left alone for a minute."""
    often = account.failures >= FAILURES_TO_PAUSE
    return often and account.tried_at is not None and abs(now - account.tried_at) < PAUSE


def _wants_live_check(account: CalendarAccount, now: datetime) -> bool:
    able = CALENDAR_PROVIDERS[account.kind].capabilities
    if able.in_database or not any(calendar.conflicts for calendar in account.calendars):
        return False
    young = timedelta(seconds=able.live_check_after_seconds)
    return account.checked_at is None or abs(now - account.checked_at) >= young
