"""A feed that had events and suddenly has none: more often an accident at its publisher's than the truth."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from ..extensions import db
from ..models import BusyMonth, Calendar, CalendarAccount
from ..providers.calendars.records import Reading

KEPT = timedelta(hours=1)
WARNING = "The feed is suddenly empty. What it said before counts for an hour."


def believed(account: CalendarAccount, reading: Reading, now: datetime) -> Reading:
    """The reading; or that nothing changed, for an hour after the account was first found empty (R12).

    Its user is warned meanwhile. Inside the transaction that keeps the reading.
    """
    if not reading.empty or not _had_events(account):
        account.warnings = "" if account.emptied_at else account.warnings
        account.emptied_at = None
        return reading
    account.emptied_at = account.emptied_at or now
    if abs(now - account.emptied_at) >= KEPT:
        return reading
    account.warnings = WARNING
    return replace(reading, busy={}, not_modified=True)


def _had_events(account: CalendarAccount) -> bool:
    known = select(BusyMonth.month).join(Calendar).where(Calendar.account_id == account.id)
    return db.session.scalar(known.limit(1)) is not None
