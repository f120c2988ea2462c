"""Linking calendar accounts, and choosing what each of their calendars is for. No network in here: an account is
tried out first (account_trial.py)."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from ..extensions import db
from ..models import Calendar, CalendarAccount, User
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.records import FoundCalendar
from ..sentences import gettext_noop
from .calendar import read_anew, refresh_builtin
from .calendar_alarm import calm
from .errors import AlreadyLinked, BadRequest, UnknownCalendar
from .found_calendars import keep_calendars, may_receive, settle_receiving, tick_usual
from .outbox import wake
from .transaction import in_transaction


@dataclass(frozen=True, slots=True)
class Access:
    """Access to an account that was just tried out. `subject` is the provider's own name for the account, made from
    what was typed where it has none; `label` what people know it by; `scopes` what was granted, until
    `grant_ends_at` (aware) where the provider limits it."""

    kind: str
    secret: dict[str, str] = field(repr=False)
    found: Sequence[FoundCalendar]
    subject: str = ""
    label: str = ""
    scopes: frozenset[str] = frozenset()
    grant_ends_at: datetime | None = None


def subject_of(kind: str, secret: dict[str, str]) -> str:
    """Which account a form names, whatever its password: a digest, because an address can be a secret itself."""
    fields = CALENDAR_PROVIDERS[kind].connect_fields
    typed = [secret.get(one.name, "") for one in fields if one.type != "password"]
    return hashlib.sha256("\n".join(typed).encode()).hexdigest() if typed else ""


def link_account(
    access: Access, *, user_id: int, now: datetime, account_id: int | None = None
) -> CalendarAccount:
    """Keeps an account with its calendars. One that the user has linked already is given its new access, and keeps
    its ticks; `account_id` names one that is to be reconnected, even under another name.

    Raises UnknownCalendar where there is no such account of theirs, AlreadyLinked where another one is meant.
    """

    def work() -> CalendarAccount:
        user = db.session.scalars(select(User).where(User.id == user_id).with_for_update()).one()
        account = _meant(user, access, account_id) or _new_account(user, access.kind)
        first = not account.calendars
        _give(account, access)
        keep_calendars(account, access.found, now)
        if first:
            tick_usual(account)
        settle_receiving(user, prefer=account if first else None)
        _mended(account, now)
        return account

    return in_transaction(work)


def _meant(user: User, access: Access, account_id: int | None) -> CalendarAccount | None:
    subject = access.subject or subject_of(access.kind, access.secret)
    same = [one for one in user.accounts if one.kind == access.kind and _subject(one) == subject]
    if account_id is None:
        return same[0] if same else None
    account = own_account(user.id, account_id)
    if account.kind != access.kind:
        raise UnknownCalendar
    if any(one is not account for one in same):
        raise AlreadyLinked
    return account


def secret_of(user_id: int, kind: str, subject: str) -> dict[str, str]:
    """What is kept of an account that the user has linked already; empty where there is none."""
    same = (
        CalendarAccount.user_id == user_id,
        CalendarAccount.kind == kind,
        CalendarAccount.subject == subject,
    )
    account = db.session.scalars(select(CalendarAccount).where(*same)).first()
    return dict(account.secret) if account is not None else {}


def _subject(account: CalendarAccount) -> str:
    return account.subject or subject_of(account.kind, account.secret)


def _new_account(user: User, kind: str) -> CalendarAccount:
    account = CalendarAccount(kind=kind, user=user)
    db.session.add(account)
    return account


def _give(account: CalendarAccount, access: Access) -> None:
    account.secret, account.label = access.secret, access.label
    # Whoever is renewing the secret that was known before loses the right to keep what comes of it.
    account.renewing_until = None
    account.subject = access.subject or subject_of(access.kind, access.secret)
    account.scopes = " ".join(sorted(access.scopes))
    account.grant_ends_at = access.grant_ends_at


def _mended(account: CalendarAccount, now: datetime) -> None:
    """An account that lets us in again is read at once, and what could not be written there is tried again."""
    account.broken, account.broken_at, account.error = False, None, ""
    account.failures, account.failing_since = 0, None
    calm(account)
    if CALENDAR_PROVIDERS[account.kind].capabilities.in_database:
        refresh_builtin(account, now)
    else:
        read_anew(account, now)
    wake([calendar.id for calendar in account.calendars], now)


def choose_calendars(
    user_id: int, *, conflicts: Collection[int], receives: int | None, now: datetime
) -> None:
    """Which of a user's calendars are checked for conflicts, and which one receives bookings; None: as it is.

    Raises BadRequest for a calendar that is not theirs, or cannot receive bookings.
    """

    def work() -> None:
        mine = {calendar.id: calendar for calendar in _calendars_of(user_id)}
        if not {*conflicts, *({receives} - {None})} <= set(mine):
            raise BadRequest("calendars", gettext_noop("Choose calendars of your own."))
        if receives is not None and not may_receive(mine[receives]):
            raise BadRequest(
                "receives", gettext_noop("This calendar can only be read: it cannot receive bookings.")
            )
        for number, calendar in mine.items():
            if receives is not None:
                calendar.receives_bookings = number == receives
            if calendar.conflicts != (number in conflicts):
                calendar.conflicts = number in conflicts
                read_anew(calendar.account, now)

    in_transaction(work)


def stop_checking(user_id: int, calendar_id: int, now: datetime) -> None:
    """Takes a calendar's tick away, such as that of one that is gone (R12). Raises UnknownCalendar."""

    def work() -> None:
        calendar = next((one for one in _calendars_of(user_id) if one.id == calendar_id), None)
        if calendar is None:
            raise UnknownCalendar
        calendar.conflicts = False
        read_anew(calendar.account, now)

    in_transaction(work)


def _calendars_of(user_id: int) -> list[Calendar]:
    found = select(Calendar).join(CalendarAccount).where(CalendarAccount.user_id == user_id)
    return list(db.session.scalars(found.order_by(Calendar.id)))


def own_account(user_id: int, account_id: int) -> CalendarAccount:
    """An account of this user. Raises UnknownCalendar for any other."""
    account = db.session.get(CalendarAccount, account_id)
    if account is None or account.user_id != user_id:
        raise UnknownCalendar
    return account
