"""The health of everybody's calendars, for admins (R12)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ..extensions import db
from ..models import Link, LinkHost, User
from .calendar_state import SEVERITY, AccountState, account_states
from .hosts import hosts_of

HIDING = ("calendar_broken", "calendar_missing", "calendar_stale")


@dataclass(frozen=True, slots=True)
class Line:
    """An account of a user; `links` counts the links that its user is not offered on because of it."""

    user: User
    state: AccountState
    links: int


@dataclass(frozen=True, slots=True)
class Health:
    """Every account, the worst first; `hidden` of the `hosts` on active links are not offered because of a calendar."""

    lines: list[Line]
    hidden: int
    hosts: int


def calendar_health(now: datetime) -> Health:
    """The health of the calendar accounts of everybody who is active."""
    users = {user.id: user for user in db.session.scalars(select(User).where(User.active))}
    on_links = _links_by_host()
    lines = [
        _line(users[number], state, on_links)
        for number, states in account_states(users, now).items()
        for state in states
    ]
    lines.sort(key=lambda line: (-SEVERITY.index(line.state.known.state), line.user.name))
    hosts = [host for host in hosts_of(list(on_links), now) if host.standing not in ("inactive", "no_seat")]
    hidden = sum(host.standing in HIDING for host in hosts)
    return Health(lines, hidden, len(hosts))


def _line(user: User, state: AccountState, on_links: dict[int, int]) -> Line:
    hides = state.known.hides and user.seat
    return Line(user, state, on_links.get(user.id, 0) if hides else 0)


def _links_by_host() -> dict[int, int]:
    counted = select(LinkHost.user_id, func.count()).join(Link).where(Link.active).group_by(LinkHost.user_id)
    return {row[0]: row[1] for row in db.session.execute(counted)}
