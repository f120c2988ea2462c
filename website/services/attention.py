"""What needs a user's attention, most pressing first: read off what is stored, and nothing is changed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from ..extensions import db
from ..models import Booking, BookingEvent, BookingHost, Link, LinkHost, User
from ..models.booking import CONFIRMED
from ..providers.crm import linked_crm
from .availability import next_start, scene_of
from .calendar_state import STATES, account_states
from .contact import NOBODY
from .crm_owner import state_of
from .hosts import Host, host_of
from .outbox_listing import failed_count
from .why_not import offers_nobody
from .worker_sign import at_work

MOST_BOOKINGS = MOST_LINKS = 20
TROUBLED = ("warn", "bad")


class Need(NamedTuple):
    """One thing to look at: its kind, and what it is about (a row, a state or a number, as the kind says)."""

    kind: str
    about: Any = None


def needs_of(user: User, now: datetime) -> list[Need]:
    """Everything that a user should look at, as things stand at `now`."""
    host = host_of(user.id, now)
    return [
        *(_site(now) if user.is_admin else ()),
        *_calendars(user, host, now),
        *_bookings(user, now),
        *_links(user, host, now),
    ]


def _site(now: datetime) -> Iterator[Need]:
    """For admins: `no_worker`, `crm` with the state of a connection that fails, and `undelivered` with how many
    messages failed."""
    if not at_work(now):
        yield Need("no_worker")
    crm = linked_crm()
    state = state_of(crm) if crm is not None else None
    if state is not None and state.error:
        yield Need("crm", state)
    failed = failed_count()
    if failed:
        yield Need("undelivered", failed)


def _calendars(user: User, host: Host | None, now: datetime) -> Iterator[Need]:
    """`cannot_host` with the user as a host, else `calendar` with each account that is not well (R12, R41)."""
    if host is not None and host.standing:
        yield Need("cannot_host", host)
        return
    for state in account_states([user.id], now).get(user.id, []):
        if STATES[state.known.state].tone in TROUBLED:
            yield Need("calendar", state)


def _bookings(user: User, now: datetime) -> Iterator[Need]:
    """`event` with what a calendar shows of a coming meeting (R38), `clash` and `unchecked` with the meeting (R31)."""
    coming = (BookingHost.user_id == user.id, Booking.state == CONFIRMED, Booking.end_at > now)
    found = select(BookingEvent).join(BookingEvent.booking).join(Booking.hosts)
    found = found.where(*coming, BookingEvent.found != "").order_by(Booking.start_at, BookingEvent.id)
    yield from (Need("event", event) for event in db.session.scalars(found.limit(MOST_BOOKINGS)))
    doubtful = select(Booking).join(Booking.hosts).where(*coming, or_(Booking.clash, Booking.unchecked))
    doubtful = doubtful.order_by(Booking.start_at).limit(MOST_BOOKINGS)
    for booking in db.session.scalars(doubtful):
        yield Need("clash" if booking.clash else "unchecked", booking)


def _links(user: User, host: Host | None, now: datetime) -> Iterator[Need]:
    """`no_host`, `host_missing` or `no_times` with each link of the user that nobody can book; `off` with those that
    are switched off. A link that has nobody but a user who cannot host is told of with the user."""
    alone = {user.id} if host is not None and host.standing else set()
    links = [link for link in own_links(user) if not alone or {one.user_id for one in link.hosts} != alone]
    for link in [link for link in links if link.active][:MOST_LINKS]:
        kind = _why_no_times(link, now)
        if kind:
            yield Need(kind, link)
    off = [link for link in links if not link.active]
    if off:
        yield Need("off", off)


def _why_no_times(link: Link, now: datetime) -> str | None:
    scene = scene_of(link, visitor=NOBODY, duration=link.durations[0], now=now)
    if all(host.standing for host in scene.hosts):
        return "no_host"
    if offers_nobody(scene):
        return "host_missing"
    return None if next_start(scene, now) else "no_times"


def own_links(user: User) -> list[Link]:
    """The links that a user made or hosts, by their titles."""
    hosting = select(LinkHost.link_id).where(LinkHost.user_id == user.id)
    mine = or_(Link.creator_id == user.id, Link.id.in_(hosting))
    found = select(Link).where(mine).order_by(Link.title, Link.id)
    return list(db.session.scalars(found.options(selectinload(Link.hosts).selectinload(LinkHost.user))))
