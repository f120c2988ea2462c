"""What is known of the calendars that users linked, as states that people are shown (R12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..extensions import db
from ..models import Calendar, CalendarAccount
from ..providers.calendars import CALENDAR_PROVIDERS
from ..sentences import gettext_noop
from .calendar_account import provider_account

Tone = Literal["idle", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class State:
    """`own` is said to the calendar's user, `about` to everybody else; sentences for translation, in which {speaker}
    is who answers, {calendar} the calendar's name, {error} the provider's own sentence, {ago} when the last
    good reading was ("12 min ago"), {silence} the time since then ("12 minutes"). `hides`: its user is not offered."""

    tone: Tone
    own: str
    about: str
    hides: bool = False


# From what is well to what is worst: an account is in the worst state of its calendars.
STATES: dict[str, State] = {
    "unwatched": State(
        "idle", gettext_noop("Not checked for conflicts."), gettext_noop("Not checked for conflicts.")
    ),
    "ours": State(
        "good", gettext_noop("Kept here, always up to date."), gettext_noop("Kept here, always up to date.")
    ),
    "fresh": State("good", gettext_noop("Checked {ago}"), gettext_noop("Checked {ago}")),
    "slow": State(
        "warn",
        gettext_noop("{speaker} is not answering; using data from {ago}"),
        gettext_noop("{speaker} is not answering; using data from {ago}"),
    ),
    "new": State(
        "idle",
        gettext_noop("Not read yet: you are not offered until it is"),
        gettext_noop("Not read yet: counts as not free"),
        hides=True,
    ),
    "late": State(
        "bad",
        gettext_noop("Last checked {ago}, too long: you are not offered until it is read again"),
        gettext_noop("Last checked {ago}, too long: counts as not free"),
        hides=True,
    ),
    "stale": State(
        "bad",
        gettext_noop("{speaker} has not answered for {silence}: you are not offered until it does"),
        gettext_noop("{speaker} has not answered for {silence}: counts as not free"),
        hides=True,
    ),
    "silent": State(
        "bad",
        gettext_noop("{speaker} has not answered yet: you are not offered until it does"),
        gettext_noop("{speaker} has not answered yet: counts as not free"),
        hides=True,
    ),
    "missing": State(
        "bad",
        gettext_noop(
            "{calendar} is gone, or no longer shared: you are not offered until you stop checking it, or reconnect"
        ),
        gettext_noop("A calendar is gone, or no longer shared: counts as not free"),
        hides=True,
    ),
    "broken": State(
        "bad",
        gettext_noop("{error} You are not offered until you reconnect."),
        gettext_noop("No longer lets us in: counts as not free until its user reconnects"),
        hides=True,
    ),
}
SEVERITY = tuple(STATES)


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides the state of a calendar. `max_age`: how old a reading may be; `failing`: the last attempt to read
    it got no answer; `checked_at`: the last good reading, aware."""

    conflicts: bool = True
    in_database: bool = False
    broken: bool = False
    missing: bool = False
    failing: bool = False
    checked_at: datetime | None = None
    max_age: timedelta = timedelta(minutes=30)


def state_of(facts: Facts, now: datetime) -> str:
    """The key in `STATES` of a calendar with these facts (R12)."""
    if facts.broken:
        return "broken"
    if not facts.conflicts:
        return "unwatched"
    if facts.in_database:
        return "ours"
    if facts.missing:
        return "missing"
    return _by_age(facts, now)


def _by_age(facts: Facts, now: datetime) -> str:
    if facts.checked_at is None:
        return "silent" if facts.failing else "new"
    if abs(now - facts.checked_at) <= facts.max_age:
        return "slow" if facts.failing else "fresh"
    return "stale" if facts.failing else "late"


@dataclass(frozen=True, slots=True)
class Known:
    """A state and what its sentence needs; `since` is when the trouble began, where there is any."""

    state: str
    speaker: str
    calendar: str
    error: str
    checked_at: datetime | None
    since: datetime | None

    @property
    def hides(self) -> bool:
        """Whether the calendar's user is not offered because of it."""
        return STATES[self.state].hides


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account as its user sees it: `label` is what kind it is, `line` which one; each calendar with its state."""

    account: CalendarAccount
    label: str
    line: str
    known: Known
    calendars: list[tuple[Calendar, Known]]


def account_states(user_ids: Iterable[int], now: datetime) -> dict[int, list[AccountState]]:
    """The calendar accounts of each of these users; users without one are left out."""
    rows = (
        select(CalendarAccount)
        .where(CalendarAccount.user_id.in_(list(user_ids)))
        .options(selectinload(CalendarAccount.calendars), selectinload(CalendarAccount.user))
        .order_by(CalendarAccount.id)
    )
    states: dict[int, list[AccountState]] = {}
    for account in db.session.scalars(rows):
        states.setdefault(account.user_id, []).append(account_state(account, now))
    return states


def account_state(account: CalendarAccount, now: datetime) -> AccountState:
    """One account in its state, with its calendars in theirs."""
    provider = CALENDAR_PROVIDERS[account.kind]
    calendars = [(calendar, known_of(calendar, now)) for calendar in account.calendars]
    worst = max(
        (known for _, known in calendars),
        key=lambda known: SEVERITY.index(known.state),
        default=_known("broken" if account.broken else "unwatched", account, None),
    )
    line = account.label or provider.account_line(provider_account(account))
    return AccountState(account, provider.label, line, worst, calendars)


def known_of(calendar: Calendar, now: datetime) -> Known:
    """What is known of one calendar."""
    account = calendar.account
    able = CALENDAR_PROVIDERS[account.kind].capabilities
    facts = Facts(
        conflicts=calendar.conflicts,
        in_database=able.in_database,
        broken=account.broken,
        missing=calendar.missing_at is not None,
        failing=account.failing_since is not None or bool(calendar.error),
        checked_at=calendar.checked_at,
        max_age=timedelta(minutes=able.max_age_minutes),
    )
    return _known(state_of(facts, now), account, calendar)


def _known(state: str, account: CalendarAccount, calendar: Calendar | None) -> Known:
    provider = CALENDAR_PROVIDERS[account.kind]
    return Known(
        state,
        provider.speaker,
        name_of(calendar) if calendar is not None else provider.label,
        account.error,
        calendar.checked_at if calendar is not None else account.checked_at,
        _since(state, account, calendar),
    )


def name_of(calendar: Calendar) -> str:
    """What its user calls a calendar; the kind of account where it has no name."""
    return calendar.name or CALENDAR_PROVIDERS[calendar.account.kind].label


def _since(state: str, account: CalendarAccount, calendar: Calendar | None) -> datetime | None:
    """When an account broke, a calendar went missing, or what is known of it grew too old to count."""
    max_age = timedelta(minutes=CALENDAR_PROVIDERS[account.kind].capabilities.max_age_minutes)
    checked_at = calendar.checked_at if calendar is not None else account.checked_at
    since = {
        "broken": account.broken_at,
        "missing": calendar.missing_at if calendar is not None else None,
        "stale": checked_at + max_age if checked_at is not None else None,
        "silent": account.failing_since + max_age if account.failing_since is not None else None,
    }
    return since.get(state)
