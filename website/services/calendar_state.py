"""What a user is told about the calendars they linked: which state each is in, and since when (R12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from ..extensions import db
from ..models import CalendarAccount
from ..providers.calendars import CALENDAR_PROVIDERS
from ..sentences import gettext_noop


@dataclass(frozen=True, slots=True)
class CalendarState:
    """`label` is the provider's; `state` is a key of `STATES`; `checked_at` is the last good reading (aware)."""

    label: str
    state: str
    checked_at: datetime | None


# Sentences for translation; {ago} is how long ago the last good reading was.
STATES = {
    "ours": gettext_noop("Kept here, always up to date."),
    "fresh": gettext_noop("Read {ago} ago."),
    "stale": gettext_noop("Has not answered for too long: counts as not free. Last read {ago} ago."),
    "never": gettext_noop("Not read yet: counts as not free."),
    "broken": gettext_noop("No longer lets us in: link it again. Until then you are not free."),
}


def calendar_states(user_ids: Iterable[int], now: datetime) -> dict[int, list[CalendarState]]:
    """The states of the calendar accounts of each of these users; users without one are left out."""
    rows = select(CalendarAccount).where(CalendarAccount.user_id.in_(list(user_ids)))
    states: dict[int, list[CalendarState]] = {}
    for account in db.session.scalars(rows.order_by(CalendarAccount.id)):
        label = CALENDAR_PROVIDERS[account.kind].label
        found = CalendarState(label, _state(account, now), account.checked_at)
        states.setdefault(account.user_id, []).append(found)
    return states


def _state(account: CalendarAccount, now: datetime) -> str:
    able = CALENDAR_PROVIDERS[account.kind].capabilities
    if account.broken:
        return "broken"
    if able.in_database:
        return "ours"
    if account.checked_at is None:
        return "never"
    old = now - account.checked_at > timedelta(minutes=able.max_age_minutes)
    return "stale" if old else "fresh"
