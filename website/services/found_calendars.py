"""What the calendars of an account are used for: taken over from its source, ticked, and one to receive bookings."""

from collections.abc import Sequence
from datetime import datetime

from ..extensions import db
from ..models import Calendar, CalendarAccount, User
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.records import FoundCalendar


def keep_calendars(account: CalendarAccount, found: Sequence[FoundCalendar], now: datetime) -> None:
    """Takes over what the account has at its source. What is in use here and gone there is missing (R12). In a
    transaction."""
    known = {calendar.external_id: calendar for calendar in account.calendars}
    for one in found:
        row = known.pop(one.external_id, None) or _renamed(one, found, known)
        if row is None:
            row = Calendar(conflicts=False)
            account.calendars.append(row)
        row.external_id, row.name, row.timezone = one.external_id, one.name, one.timezone
        row.writable, row.primary, row.meets, row.missing_at = one.writable, one.primary, one.meets, None
    for row in known.values():
        if row.conflicts or row.receives_bookings:
            row.missing_at = row.missing_at or now
        else:
            account.calendars.remove(row)
    db.session.flush()


def _renamed(
    one: FoundCalendar, found: Sequence[FoundCalendar], known: dict[str, Calendar]
) -> Calendar | None:
    """The primary calendar stays the same one when its provider begins to call it otherwise, as Google does when it
    lets us see the list of calendars; so does the one of an account that a workspace file named, and nobody saw."""
    there = {each.external_id for each in found}
    before = (row for name, row in known.items() if name not in there and (row.primary or not row.name))
    row = next(before, None) if one.primary else None
    return known.pop(row.external_id) if row is not None else None


def tick_usual(account: CalendarAccount) -> None:
    """For a new account: its primary calendar is checked for conflicts, and all of them where none is called so. In a
    transaction."""
    primary = [calendar for calendar in account.calendars if calendar.primary]
    for calendar in primary or account.calendars:
        calendar.conflicts = True


def may_receive(calendar: Calendar) -> bool:
    """Whether bookings can be put into a calendar, as far as anybody knows: one without a name was never seen."""
    able = CALENDAR_PROVIDERS[calendar.account.kind].capabilities
    return able.writes and (calendar.writable or able.in_database or not calendar.name)


def settle_receiving(user: User, prefer: CalendarAccount | None = None) -> None:
    """Sees to it that one calendar receives the bookings, if any can: a real one that was just linked takes over from
    the built-in one. In a transaction."""
    able = [calendar for account in user.accounts for calendar in account.calendars if may_receive(calendar)]
    chosen = [calendar for calendar in able if calendar.receives_bookings]
    taken = any(not _kept_here(calendar) for calendar in chosen)
    if prefer is not None and not taken:
        chosen = [one for one in able if one.account is prefer and one.primary] + chosen
    usual = [one for one in able if one.primary and not _kept_here(one)] + list(filter(_kept_here, able))
    receiver = next(iter(chosen or usual), None)
    for account in user.accounts:
        for calendar in account.calendars:
            calendar.receives_bookings = calendar is receiver


def _kept_here(calendar: Calendar) -> bool:
    return CALENDAR_PROVIDERS[calendar.account.kind].capabilities.in_database
