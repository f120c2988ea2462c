"""What the page of calendars shows of each account, and how further ones can be linked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from ... import openid
from ...calendar_words import own_words
from ...models import Calendar, User
from ...providers.calendars import CALENDAR_PROVIDERS
from ...providers.calendars.base import CalendarProvider, Scope
from ...services.calendar_state import STATES, AccountState, Known, account_states
from ...services.found_calendars import may_receive
from ..public.parameters import local
from ..public.words import full_date

# How long before a provider ends its grant the account's user is warned.
WARNED_BEFORE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar with its state; `read_only` says why it cannot receive bookings, empty where it can; `missing`: it is
    gone, and its user must say what now."""

    id: int
    name: str
    conflicts: bool
    receives: bool
    read_only: str
    missing: bool
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """An account. `broken` is what is said of one that must be reconnected, else empty; `lost` are the permissions
    that it was not given; `ends` warns of a grant that is about to end."""

    id: int
    kind: str
    label: str
    line: str
    tone: str
    broken: str
    lost: list[Scope]
    ends: str
    warnings: list[str]
    calendars: list[CalendarRow]
    signs_in: bool
    can_reconnect: bool
    can_test: bool
    tested: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of account that can be linked; `hindrance` says why not at present, empty where it can."""

    kind: str
    label: str
    description: str
    by_form: bool
    signs_in: bool
    hindrance: str


def cards_of(user: User, now: datetime, *, tested: int | None = None) -> list[Card]:
    """The user's accounts; `tested` is the number of one that was just tested."""
    states = account_states([user.id], now).get(user.id, [])
    return [card_of(state, now, tested=state.account.id == tested) for state in states]


def card_of(state: AccountState, now: datetime, *, tested: bool = False) -> Card:
    """One account as its user sees it."""
    account, provider = state.account, CALENDAR_PROVIDERS[state.account.kind]
    return Card(
        id=account.id,
        kind=account.kind,
        label=_(state.label),
        line=state.line if state.line != state.label else "",
        tone=STATES[state.known.state].tone,
        broken=own_words(state.known, now) if account.broken else "",
        lost=provider.sign_in.missing(account.scopes.split()) if provider.sign_in else [],
        ends=_ends(account.grant_ends_at, account.user.timezone, now),
        warnings=[line for line in account.warnings.splitlines() if line],
        calendars=[_row(calendar, known, provider, now) for calendar, known in state.calendars],
        signs_in=provider.sign_in is not None,
        can_reconnect=provider.sign_in is not None or bool(provider.connect_fields),
        can_test=not provider.capabilities.in_database,
        tested=tested,
    )


def _ends(at: datetime | None, zone: str, now: datetime) -> str:
    if at is None or at - now > WARNED_BEFORE:
        return ""
    date = full_date(local(at, zone).date())
    return str(_("This access ends on %(date)s: reconnect before that.", date=date))


def _row(calendar: Calendar, known: Known, provider: CalendarProvider, now: datetime) -> CalendarRow:
    return CalendarRow(
        id=calendar.id,
        name=calendar.name or _(provider.label),
        conflicts=calendar.conflicts,
        receives=calendar.receives_bookings,
        read_only=_read_only(calendar, provider),
        missing=known.state == "missing",
        tone=STATES[known.state].tone,
        words=_("Not read until you reconnect.") if known.state == "broken" else own_words(known, now),
    )


def _read_only(calendar: Calendar, provider: CalendarProvider) -> str:
    """Why a calendar cannot receive bookings."""
    if may_receive(calendar):
        return ""
    if not provider.capabilities.writes:
        return str(_("Can only be read: an account of this kind receives no bookings."))
    return str(_("Can only be read with this account."))


def choices_for(user: User) -> list[Choice]:
    """Every kind of account, with what keeps the user from linking one."""
    linked = {account.kind for account in user.accounts}
    return [_choice(provider, linked) for provider in CALENDAR_PROVIDERS.values()]


def _choice(provider: CalendarProvider, linked: set[str]) -> Choice:
    return Choice(
        kind=provider.key,
        label=_(provider.label),
        description=_(provider.description),
        by_form=bool(provider.connect_fields),
        signs_in=provider.sign_in is not None,
        hindrance=hindrance_of(provider, linked),
    )


def hindrance_of(provider: CalendarProvider, linked: set[str]) -> str:
    """Why an account of this kind cannot be linked at present; `linked` are the kinds that the user has."""
    if provider.sign_in is not None and openid.client(provider.sign_in.client) is None:
        return str(_("Not set up yet: an admin of this site must name an OAuth client in its settings."))
    if provider.capabilities.in_database and provider.key in linked:
        return str(_("You have it already."))
    return ""
