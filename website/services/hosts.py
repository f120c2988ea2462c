"""The hosts of a link as the rules need them: who is in working order, and which calendars tell their time."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, literal, null, select

from ..extensions import db
from ..models import Calendar, CalendarAccount, Link, LinkHost, User
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.base import Capabilities
from ..scheduling.hours import Hours
from ..scheduling.pool import Candidate, pauses
from ..scheduling.slots import Cap


class KnownCalendar(NamedTuple):
    """A conflict-checking calendar: the version of what is known, and until when it is known (None: for ever)."""

    id: int
    version: int
    known_until: datetime | None


class Host(NamedTuple):
    """A user on a link; `standing` is None when eligible (SPEC §1), else why not; `outside` tells whether any
    conflict-checking calendar is kept outside our own database, so that it must be asked at booking (R31). `paused`:
    no turns today, until and with `paused_until` if that is known (R23); `cap` is the host's own (R9)."""

    id: int
    name: str
    hours: Hours | None
    standing: str | None
    optional: bool
    calendars: tuple[KnownCalendar, ...]
    outside: bool
    paused: bool = False
    paused_until: date | None = None
    cap: Cap | None = None

    @property
    def candidate(self) -> Candidate:
        """The host as the pool's rules see it."""
        return Candidate(self.id, self.name, self.standing, self.optional, self.paused)


def hosts_of_link(link_id: int, now: datetime, *, own_hours: bool = False) -> list[Host]:
    """The link's hosts in their order; their own hours only where they are asked for."""
    users = db.session.execute(_USERS_WITH_HOURS if own_hours else _USERS_OF_LINK, {"link": link_id}).all()
    accounts = db.session.execute(_ACCOUNTS_OF_LINK, {"link": link_id}).all()
    return _hosts(users, accounts, now)


def host_of(user_id: int, now: datetime, *, without_account: int | None = None) -> Host | None:
    """One user as a host, as if one of their accounts were not linked if asked; None when there is no such user."""
    users = db.session.execute(_USER, {"user": user_id}).all()
    accounts = db.session.execute(_ACCOUNTS_OF_USER, {"user": user_id}).all()
    left = [account for account in accounts if account.account_id != without_account]
    return next(iter(_hosts(users, left, now)), None)


def hosts_of(user_ids: Sequence[int], now: datetime) -> list[Host]:
    """Several users as hosts, in the order of their names."""
    users = db.session.execute(
        _ONE_USER.where(_user.c.id.in_(user_ids)).order_by(_user.c.name, _user.c.id)
    ).all()
    accounts = db.session.execute(_ACCOUNTS.where(_account.c.user_id.in_(user_ids))).all()
    return _hosts(users, accounts, now)


# Bare tables: these rows are read with every page view, and need nothing that the mapper would add.
_user, _member, _link = User.__table__, LinkHost.__table__, Link.__table__
_account, _calendar = CalendarAccount.__table__, Calendar.__table__
_BARE = (_user.c.id, _user.c.name, _user.c.timezone, _user.c.active, _user.c.seat)
_OF_MEMBER = [_member.c[name] for name in ("paused_from", "paused_until", "max_per_day", "max_per_week")]
_OF_NO_MEMBER = [null().label(name) for name in (*(column.name for column in _OF_MEMBER), "link_zone")]
_ONE_USER = select(*_BARE, _user.c.hours, literal(value=False).label("optional"), *_OF_NO_MEMBER)
_USER = _ONE_USER.where(_user.c.id == bindparam("user"))
_ON_LINK = (
    select(*_BARE, _member.c.optional, *_OF_MEMBER, _link.c.timezone.label("link_zone"))
    .join(_member, _member.c.user_id == _user.c.id)
    .join(_link, _link.c.id == _member.c.link_id)
    .where(_member.c.link_id == bindparam("link"))
    .order_by(_member.c.position, _user.c.id)
)
_USERS_OF_LINK = _ON_LINK.add_columns(null().label("hours"))
_USERS_WITH_HOURS = _ON_LINK.add_columns(_user.c.hours)
_ACCOUNTS = (
    select(
        _account.c.user_id,
        _account.c.id.label("account_id"),
        _account.c.kind,
        _account.c.broken,
        _calendar.c.id,
        _calendar.c.conflicts,
        _calendar.c.checked_at,
        _calendar.c.known_until,
        _calendar.c.missing_at,
        _calendar.c.busy_version,
    )
    .outerjoin(_calendar, _calendar.c.account_id == _account.c.id)
    .order_by(_account.c.id)
)
_ACCOUNTS_OF_USER = _ACCOUNTS.where(_account.c.user_id == bindparam("user"))
_ACCOUNTS_OF_LINK = _ACCOUNTS.join(_member, _member.c.user_id == _account.c.user_id).where(
    _member.c.link_id == bindparam("link")
)


def _hosts(users: Sequence[Any], accounts: Iterable[Any], now: datetime) -> list[Host]:
    by_user: dict[int, list[Any]] = {}
    for account in accounts:
        by_user.setdefault(account.user_id, []).append(account)
    return [_host(user, by_user.get(user.id, []), now) for user in users]


def _host(user: Any, accounts: list[Any], now: datetime) -> Host:
    watched = [account for account in accounts if account.conflicts]
    known = tuple([KnownCalendar(one.id, one.busy_version, one.known_until) for one in watched])
    hours = _own_hours(user.timezone, _frozen(user.hours)) if user.hours else None
    outside = bool([one for one in watched if not _able(one).in_database])
    standing = _standing(user, accounts, watched, now)
    paused = _is_paused(user, now)
    return Host(
        user.id, user.name, hours, standing, bool(user.optional), known, outside,
        paused, user.paused_until if paused else None, _own_cap(user),
    )  # fmt: skip


def _is_paused(user: Any, now: datetime) -> bool:
    """Whether today, on the link's calendar, the host takes no turns."""
    if user.paused_from is None and user.paused_until is None:
        return False
    return pauses(now.astimezone(ZoneInfo(user.link_zone)).date(), user.paused_from, user.paused_until)


def _own_cap(user: Any) -> Cap | None:
    if user.max_per_day is None and user.max_per_week is None:
        return None
    return Cap(user.max_per_day, user.max_per_week)


def _standing(user: Any, accounts: list[Any], watched: list[Any], now: datetime) -> str | None:
    """Why a user cannot host, None for an eligible one (R12: broken, gone and too old are never free)."""
    if not user.active:
        return "inactive"
    if not user.seat:
        return "no_seat"
    calendars = watched or [account for account in accounts if account.id is not None]
    if not calendars:
        return "calendar_broken" if any(account.broken for account in accounts) else "no_calendar"
    worst = None
    for account in calendars:
        if account.broken:
            return "calendar_broken"
        worst = worst or (_trouble(account, now) if account.conflicts else None)
    return worst


def _trouble(account: Any, now: datetime) -> str | None:
    """What keeps one conflict-checking calendar of a working account from telling anything."""
    if account.missing_at is not None:
        return "calendar_missing"
    return "calendar_stale" if _stale(account, now) else None


def _stale(account: Any, now: datetime) -> bool:
    able = _able(account)
    if able.in_database:
        return False
    # A reading that lies in the future was dated by a clock that was ahead: nobody knows its age.
    limit = timedelta(minutes=able.max_age_minutes)
    return account.checked_at is None or abs(now - account.checked_at) > limit


def _able(account: Any) -> Capabilities:
    return CALENDAR_PROVIDERS[account.kind].capabilities


def _frozen(hours: dict[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((day, tuple(texts)) for day, texts in hours.items())


@lru_cache(maxsize=2048)
def _own_hours(timezone: str, hours: tuple[tuple[str, tuple[str, ...]], ...]) -> Hours:
    return Hours.read(timezone, dict(hours))
