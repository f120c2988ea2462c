"""The hosts of a link as the rules need them: who is in working order, and which calendars tell their time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import null, select

from ..extensions import db
from ..models import Calendar, CalendarAccount, LinkHost, User
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.base import Capabilities
from ..scheduling.hours import Hours
from ..scheduling.pool import Candidate


@dataclass(frozen=True, slots=True)
class KnownCalendar:
    """A conflict-checking calendar: the version of what is known, and until when it is known (None: for ever)."""

    id: int
    version: int
    known_until: datetime | None


@dataclass(frozen=True, slots=True)
class Host:
    """A user on a link; `standing` is None when eligible (SPEC §1), else why not; `outside` tells whether any
    conflict-checking calendar is kept outside our own database, so that it must be asked at booking (R31)."""

    id: int
    name: str
    hours: Hours | None
    standing: str | None
    optional: bool
    calendars: tuple[KnownCalendar, ...]
    outside: bool

    @property
    def candidate(self) -> Candidate:
        """The host as the pool's rules see it."""
        return Candidate(self.id, self.name, self.standing, self.optional)


def hosts_of_link(link_id: int, now: datetime, *, own_hours: bool = False) -> list[Host]:
    """The link's hosts in their order; their own hours only where they are asked for."""
    users = db.session.execute(_USERS_WITH_HOURS if own_hours else _USERS_OF_LINK, {"link": link_id}).all()
    accounts = db.session.execute(_ACCOUNTS_OF_LINK, {"link": link_id}).all()
    return _hosts(users, accounts, now)


def host_of(user_id: int, now: datetime) -> Host | None:
    """One user as a host, None when there is no such user."""
    users = db.session.execute(_USER, {"user": user_id}).all()
    accounts = db.session.execute(_ACCOUNTS_OF_USER, {"user": user_id}).all()
    return next(iter(_hosts(users, accounts, now)), None)


def hosts_of(user_ids: Sequence[int], now: datetime) -> list[Host]:
    """Several users as hosts, in the order of their names."""
    users = db.session.execute(_ONE_USER.where(User.id.in_(user_ids)).order_by(User.name, User.id)).all()
    accounts = db.session.execute(_ACCOUNTS.where(CalendarAccount.user_id.in_(user_ids))).all()
    return _hosts(users, accounts, now)


_BARE = (User.id, User.name, User.timezone, User.active, User.seat)
_PERSON = (*_BARE, User.hours)
_ONE_USER = select(*_PERSON, LinkHost.optional).outerjoin(LinkHost, LinkHost.link_id == -1)
_USER = _ONE_USER.where(User.id == db.bindparam("user"))
_ON_LINK = (
    select(LinkHost.optional)
    .join(User, LinkHost.user_id == User.id)
    .where(LinkHost.link_id == db.bindparam("link"))
    .order_by(LinkHost.position, User.id)
)
_USERS_OF_LINK = _ON_LINK.add_columns(*_BARE, null().label("hours"))
_USERS_WITH_HOURS = _ON_LINK.add_columns(*_PERSON)
_ACCOUNTS = (
    select(
        CalendarAccount.user_id,
        CalendarAccount.kind,
        CalendarAccount.broken,
        CalendarAccount.checked_at,
        CalendarAccount.known_until,
        Calendar.id,
        Calendar.conflicts,
        Calendar.busy_version,
    )
    .outerjoin(Calendar, Calendar.account_id == CalendarAccount.id)
    .order_by(CalendarAccount.id)
)
_ACCOUNTS_OF_USER = _ACCOUNTS.where(CalendarAccount.user_id == db.bindparam("user"))
_ACCOUNTS_OF_LINK = _ACCOUNTS.join(LinkHost, LinkHost.user_id == CalendarAccount.user_id).where(
    LinkHost.link_id == db.bindparam("link")
)


def _hosts(users: Sequence[Any], accounts: Iterable[Any], now: datetime) -> list[Host]:
    by_user: dict[int, list[Any]] = {}
    for account in accounts:
        by_user.setdefault(account.user_id, []).append(account)
    return [_host(user, by_user.get(user.id, []), now) for user in users]


def _host(user: Any, accounts: list[Any], now: datetime) -> Host:
    known = tuple(
        KnownCalendar(account.id, account.busy_version, account.known_until)
        for account in accounts
        if account.conflicts
    )
    hours = _own_hours(user.timezone, _frozen(user.hours)) if user.hours else None
    outside = any(account.conflicts and not _able(account).in_database for account in accounts)
    return Host(
        user.id, user.name, hours, _standing(user, accounts, now), bool(user.optional), known, outside
    )


def _standing(user: Any, accounts: list[Any], now: datetime) -> str | None:
    """Why a user cannot host, None for an eligible one (R12: broken and too old are never free)."""
    if not user.active:
        return "inactive"
    if not user.seat:
        return "no_seat"
    calendars = [account for account in accounts if account.id is not None]
    if not calendars:
        return "calendar_broken" if any(account.broken for account in accounts) else "no_calendar"
    watched = [account for account in calendars if account.conflicts] or calendars
    if any(account.broken for account in watched):
        return "calendar_broken"
    return "calendar_stale" if any(_stale(account, now) for account in watched) else None


def _stale(account: Any, now: datetime) -> bool:
    able = _able(account)
    if able.in_database:
        return False
    return account.checked_at is None or now - account.checked_at > timedelta(minutes=able.max_age_minutes)


def _able(account: Any) -> Capabilities:
    return CALENDAR_PROVIDERS[account.kind].capabilities


def _frozen(hours: dict[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((day, tuple(texts)) for day, texts in hours.items())


@lru_cache(maxsize=2048)
def _own_hours(timezone: str, hours: tuple[tuple[str, tuple[str, ...]], ...]) -> Hours:
    return Hours.read(timezone, dict(hours))
