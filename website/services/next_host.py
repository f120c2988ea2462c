"""Who is next on a link that rotates, and why (R24): as booking would choose at this moment, if everybody were free."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..models import Link, LinkHost
from ..scheduling import ring
from ..scheduling.ring import Seat
from ..scheduling.rotations import ROTATIONS, Choice, Share
from .assignment import given_lately, recent_of
from .hosts import hosts_of_link


@dataclass(frozen=True, slots=True)
class Next:
    """A host who can be chosen: `score` as the rotation compares it (`Rotation.score`), `share` where they stand."""

    host_id: int
    name: str
    score: float
    share: Share


def next_hosts(link: Link, now: datetime) -> list[Next]:
    """Everybody who can be chosen, in the order in which they would be: each is next where nobody before is free. By a
    draw all have the same chance, and the order means nothing. Nothing is changed."""
    hosts = {host.id: host for host in hosts_of_link(link.id, now) if host.candidate.reason_out is None}
    recent = recent_of(link)
    seats, given = [seat_of(member) for member in link.hosts], given_lately(link, now)
    if ring.has_changed(seats, hosts):
        ring.welcome(seats, hosts, given, now, recent)
        given = {seat.user_id: given.get(seat.user_id, 0) for seat in seats if seat.joined_at != now}
    shares = ring.shares_of(seats, given, now, recent)
    pool = {share.host_id: share for share in shares if share.host_id in hosts}
    if not pool:
        return []
    scores = _choice(link, list(pool.values())).scores
    order, left = [], dict(pool)
    while left:
        order.append(_choice(link, list(left.values())).host_id)
        del left[order[-1]]
    return [Next(host, hosts[host].name, scores[host], pool[host]) for host in order]


def seat_of(member: LinkHost) -> Seat:
    """The member as it stands, apart from its row: what becomes of it is stored nowhere."""
    return Seat(
        member.user_id, member.weight, member.priority, member.position, member.turn, member.head_start,
        member.joined_at, member.present,
    )  # fmt: skip


def _choice(link: Link, free: Sequence[Share]) -> Choice:
    return ROTATIONS[link.rotation].choose(free, free, random.Random(0))  # noqa: S311  (the order of a draw is not shown)
