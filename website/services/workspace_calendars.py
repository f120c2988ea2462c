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


def is_stated(account: CalendarAccount) -> bool:
    """Whether a file states the account. One whose calendars were found by looking for them was linked by its user,
    and is left alone."""
    return account.kind in FROM_FILE and [one.external_id for one in account.calendars] == [ONLY]


def apply_calendars(user: User, wanted: list[dict[str, Any]], changes: Changes, now: datetime) -> None:
    """Makes sure that a user has the calendars that the file states, as it states them."""
    known = [account for account in user.accounts if is_stated(account)]
    others = [account for account in user.accounts if not is_stated(account)]
    receiver = _receiver(wanted, others)
    kept = [_account(user, values, known, changes) for values in wanted]
    for number, (account, values) in enumerate(zip(kept, wanted, strict=True)):
        _calendar(account, values, number == receiver, changes, now)
    if receiver is not None:
        _receive_no_more(others, changes)
    db.session.flush()


def prune_calendars(user: User, wanted: list[dict[str, Any]], changes: Changes) -> None:
    """Unlinks a user's accounts of the kinds that a file can state which it does not name."""
    known = [account for account in user.accounts if is_stated(account)]
    named = [_known(values, known) for values in wanted]
    for account in known:
        if account not in named:
            changes.say(f"removed {_name(account)}")
            user.accounts.remove(account)
    db.session.flush()


def _receiver(wanted: list[dict[str, Any]], others: list[CalendarAccount]) -> int | None:
    """Which of the calendars receives bookings: the one that says so, else the first that can and does not refuse,
    unless another one of the user's does already."""
    for number, values in enumerate(wanted):
        if values.get("receives_bookings") is True:
            return number
    if any(calendar.receives_bookings for account in others for calendar in account.calendars):
        return None
    able = (
        number
        for number, values in enumerate(wanted)
        if CALENDAR_PROVIDERS[values["kind"]].capabilities.writes and values.get("receives_bookings", True)
    )
    return next(able, None)


def _receive_no_more(others: list[CalendarAccount], changes: Changes) -> None:
    for account in others:
        for calendar in account.calendars:
            if calendar.receives_bookings:
                calendar.receives_bookings = False
                changes.changed(account, _name(account))


def _name(account: CalendarAccount) -> str:
    return f"{account.kind} calendar of {account.user.email}"


def _account(
    user: User, values: Mapping[str, Any], known: list[CalendarAccount], changes: Changes
) -> CalendarAccount:
    account = _known(values, known)
    if account is None:
        account = CalendarAccount(kind=values["kind"], secret=_secret(values), user=user)
        account.calendars = [Calendar(external_id=ONLY)]
        changes.store(account, _name(account))
    return account


def _known(values: Mapping[str, Any], known: list[CalendarAccount]) -> CalendarAccount | None:
    """The account that the file means, if it is there already."""
    secret = _secret(values)
    same = (account for account in known if account.kind == values["kind"] and account.secret == secret)
    return next(same, None)


def _secret(values: Mapping[str, Any]) -> dict[str, str]:
    fields = CALENDAR_PROVIDERS[values["kind"]].connect_fields
    return {field.name: values[field.name].strip() for field in fields}


def _calendar(
    account: CalendarAccount, values: Mapping[str, Any], receives: bool, changes: Changes, now: datetime
) -> None:
    calendar = account.calendars[0]
    able = CALENDAR_PROVIDERS[account.kind].capabilities
    update(calendar, {"conflicts": values.get("conflicts", True), "receives_bookings": receives})
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
