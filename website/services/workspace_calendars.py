"""The calendars that a workspace file states: linked, changed and unlinked; others are left alone."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ..extensions import db
from ..models import BuiltinEvent, Calendar, CalendarAccount, User
from ..providers.calendars import CALENDAR_PROVIDERS
from .calendar import refresh_builtin
from .calendar_rules import FROM_FILE
from .workspace_changes import Changes, update

ONLY = "main"


def apply_calendars(user: User, wanted: list[dict[str, Any]], changes: Changes, now: datetime) -> None:
    """Makes a user's calendars of the kinds that a file can state those that it does."""
    known = [account for account in user.accounts if account.kind in FROM_FILE]
    kept = [_account(user, values, known, changes) for values in wanted]
    for account, values in zip(kept, wanted, strict=True):
        _calendar(account, values, changes, now)
    for account in known:
        if account not in kept:
            changes.say(f"removed {_name(account)}")
            user.accounts.remove(account)
    db.session.flush()


def _name(account: CalendarAccount) -> str:
    return f"{account.kind} calendar of {account.user.email}"


def _account(
    user: User, values: Mapping[str, Any], known: list[CalendarAccount], changes: Changes
) -> CalendarAccount:
    kind = values["kind"]
    secret = {field.name: values[field.name].strip() for field in CALENDAR_PROVIDERS[kind].connect_fields}
    for account in known:
        if account.kind == kind and account.secret == secret:
            return account
    account = CalendarAccount(kind=kind, secret=secret, user=user)
    account.calendars = [Calendar(external_id=ONLY)]
    changes.store(account, _name(account))
    return account


def _calendar(account: CalendarAccount, values: Mapping[str, Any], changes: Changes, now: datetime) -> None:
    calendar = account.calendars[0]
    able = CALENDAR_PROVIDERS[account.kind].capabilities
    usual = {"conflicts": True, "receives_bookings": able.writes}
    update(calendar, usual | {key: values[key] for key in usual if key in values})
    if db.session.is_modified(calendar):
        changes.changed(account, _name(account))
    db.session.flush()
    if able.in_database and _events(account, values.get("busy", []), now):
        changes.changed(account, _name(account))


def _events(account: CalendarAccount, busy: list[dict[str, Any]], now: datetime) -> bool:
    """The built-in calendar's events but for our own meetings; returns whether any changed."""
    calendar = account.calendars[0]
    wanted = _named(busy)
    known = {event.uid: event for event in calendar.events if not event.ours}
    for uid in set(known) - set(wanted):
        calendar.events.remove(known[uid])
    for uid in sorted(set(wanted) - set(known)):
        one = wanted[uid]
        times = {"start_at": one["start"].astimezone(UTC), "end_at": one["end"].astimezone(UTC)}
        calendar.events.append(BuiltinEvent(uid=uid, title=one.get("title", ""), ours=False, **times))
    changed = set(known) != set(wanted)
    if changed or account.checked_at is None:
        refresh_builtin(account, now)
    return changed


def _named(busy: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Busy times by a name that is the same each time the file is applied; equal ones are numbered."""
    seen: Counter[str] = Counter()
    found = {}
    for one in busy:
        said = f"{one['start'].astimezone(UTC)}/{one['end'].astimezone(UTC)}/{one.get('title', '')}"
        seen[said] += 1
        found[hashlib.sha256(f"{said}/{seen[said]}".encode()).hexdigest()[:32]] = one
    return found
