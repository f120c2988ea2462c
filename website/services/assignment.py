"""Who hosts: the rotation decides among the free hosts of the pool, and the receipt says why (R23, R24)."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from ..extensions import db
from ..models import Booking, BookingHost, Link, LinkHost, User
from ..models.booking import CONFIRMED
from ..scheduling import ring
from ..scheduling.kinds import LINK_KINDS
from ..scheduling.receipt import Answer, Receipt
from ..scheduling.ring import Recent
from ..scheduling.rotations import ROTATIONS, Choice, Share
from .availability import Scene
from .hosts import Host


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who meets: the hosts who must be free, the optional ones who are invited, and the rotation's choice."""

    host_ids: tuple[int, ...]
    optional_ids: tuple[int, ...]
    choice: Choice | None = None
    shares: tuple[Share, ...] = ()


def assign(scene: Scene, free: Sequence[int], nonce: str) -> Assignment:
    """The hosts of a booking among those who are `free`, which must not be empty.

    The randomness comes from the request's `nonce`, so the same request chooses the same host again.
    """
    kind = LINK_KINDS[scene.link.kind]
    if kind.meets == "everyone":
        optional = tuple(host.id for host in scene.hosts if host.optional and kind.optional_hosts)
        return Assignment(scene.pool.host_ids, optional)
    if scene.pool.owner_alone:
        return Assignment((scene.pool.host_ids[0],), ())
    pool = shares(scene)
    choice = ROTATIONS[scene.link.rotation].choose(
        [one for one in pool if one.host_id in free], pool, _rng(nonce)
    )
    return Assignment((choice.host_id,), (), choice, tuple(pool))


def _rng(nonce: str) -> random.Random:
    return random.Random(nonce)  # noqa: S311  (fairness, not secrecy)


def shares(scene: Scene) -> list[Share]:
    """Where each host of the pool stands: the link's bookings of the recent window, and what a joiner starts with."""
    inside = set(scene.pool.host_ids)
    return [share for share in _shares(scene.link, scene.now) if share.host_id in inside]


def _shares(link: Link, now: datetime) -> list[Share]:
    return ring.shares_of(link.hosts, given_lately(link, now), now, recent_of(link))


def recent_of(link: Link) -> Recent:
    """Which bookings of the link are recent (R23)."""
    first = select(Booking.created_at).where(Booking.link_id == link.id).order_by(Booking.created_at).limit(1)
    return Recent(link.share_days, db.session.scalar(first))


def given_lately(link: Link, now: datetime) -> dict[int, int]:
    """How many meetings of the link's window of days count, by host (R23). What was cancelled, declined, moved to
    somebody else or missed was given back; none is from before the host joined or came back: their head start stands
    for those."""
    counts = (
        select(BookingHost.user_id, func.count())
        .join(Booking, Booking.id == BookingHost.booking_id)
        .join(LinkHost, and_(LinkHost.link_id == link.id, LinkHost.user_id == BookingHost.user_id))
        .where(
            Booking.link_id == link.id,
            Booking.created_at > now - timedelta(days=link.share_days),
            or_(LinkHost.joined_at.is_(None), Booking.created_at >= LinkHost.joined_at),
            *counting(),
        )
        .group_by(BookingHost.user_id)
    )
    if not link.owner_counts:
        counts = counts.where(Booking.owner_routed.is_(False))
    return {row[0]: row[1] for row in db.session.execute(counts)}


def counting() -> tuple[ColumnElement[bool], ...]:
    """Which bookings count for their hosts: those that stand, and to which the invitee came or is to come."""
    return (Booking.state == CONFIRMED, Booking.no_show.is_(False))


def welcome(link: Link, hosts: Sequence[Host], now: datetime) -> None:
    """Gives hosts who joined or came back the pool's mean to start with, so that there is no burst (R23).

    Runs inside the booking's transaction, before the choice. Who comes back keeps their place in the ring. Whoever is
    paused is away, though their own contacts still meet them.
    """
    able = {host.id for host in hosts if host.candidate.reason_out is None}
    if LINK_KINDS[link.kind].rotates and ring.has_changed(link.hosts, able):
        ring.welcome(link.hosts, able, given_lately(link, now), now, recent_of(link))


def take_turn(link: Link, host_id: int) -> None:
    """The host chosen goes to the back of the ring (R23, strict). Inside the booking's transaction."""
    ring.take_turn(link.hosts, host_id)


def give_back(booking: Booking, host_id: int) -> int | None:
    """The host's turn is what it was before the booking cost them one: it was cancelled or missed, or went to somebody
    else (R23). Nothing changes where no rotation chose them for it. What the turn was until now, None where nothing
    changed. Inside the transaction of whatever happened to the booking, with its link locked, before its receipt or its
    hosts change. The shares count bookings as they are, and need nothing."""
    former = _turn_before(booking, host_id)
    member = _member(booking.link, host_id)
    if former is None or member is None or member.turn <= former:
        return None
    held = member.turn
    ring.give_back(booking.link.hosts, host_id, former)
    return held


def take_again(booking: Booking, host_id: int, held: int) -> None:
    """The host has the turn again that they held when it was given back, unless they were chosen since: the meeting
    took place after all. As `give_back`."""
    member = _member(booking.link, host_id)
    if member is not None:
        member.turn = max(member.turn, held)


def _member(link: Link, host_id: int) -> LinkHost | None:
    return next((member for member in link.hosts if member.user_id == host_id), None)


def _turn_before(booking: Booking, host_id: int) -> int | None:
    """The host's turn when the rotation last chose for the booking, None unless it chose them. A booking that was moved
    with its host has a receipt without a choice: the one before it is in its history."""
    earlier = (entry["receipt"] for entry in reversed(booking.changes) if "receipt" in entry)
    for values in filter(None, (booking.receipt, *earlier)):
        receipt = Receipt.from_json(values)
        if receipt.rotation is not None:
            mine = (share.turn for share in receipt.shares if share.host_id == host_id == receipt.winner_id)
            return next(mine, None)
    return None


def receipt_of(
    scene: Scene, free: Sequence[int], assignment: Assignment, checked: Mapping[int, Answer]
) -> Receipt:
    """The assignment receipt: the rule, the pool and why each was in or out, the scores, the winner (R24)."""
    winner = assignment.host_ids[0] if len(assignment.host_ids) == 1 else None
    names = {host.id: host.name for host in scene.hosts}
    owner = db.session.get(User, scene.pool.owner_id) if scene.pool.owner_id is not None else None
    return Receipt(
        rule=scene.pool.rule,
        pool=scene.pool.in_or_out,
        free_host_ids=tuple(free),
        owner_name=owner.name if owner else None,
        rotation=scene.link.rotation if assignment.choice else None,
        shares=assignment.shares,
        scores=assignment.choice.scores if assignment.choice else {},
        winner_id=winner,
        winner_name=names[winner] if winner is not None else None,
        checked=dict(checked),
        unchecked=any(checked.get(host) == "no answer" for host in assignment.host_ids),
        owner_source=scene.visitor.owner_source if scene.pool.owner_id is not None else "",
        crm=scene.visitor.crm,
    )
