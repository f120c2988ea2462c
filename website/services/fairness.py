"""Who got how many of a link's bookings, against the share that each should have (R24).

Counted in the database within a period, so that the past before it costs nothing; what only receipts tell (who could
host, who was free) is read from a sample of them that is spread evenly.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from ..extensions import db
from ..models import Booking, BookingHost, Link, User
from ..scheduling.receipt import Receipt
from ..scheduling.rotations import Share
from ..scheduling.wanted import wanted
from .assignment import counting
from .offered_hours import AHEAD_DAYS, average_hours
from .receipts import First, able_in, first_receipt, free_in

WEEK = timedelta(days=7)
# Enough for shares within a percent or two; a receipt of forty hosts has eight kilobytes.
SAMPLE = 500


@dataclass(slots=True)
class HostFigures:
    """One host in a period. `got` and `wanted` are bookings that count, by week; `routed` those that came as the
    owner's and do not; `asked` and `free` how often the host could be chosen, and was free, in the receipts that were
    read; `away` the dates, first and last, between which no receipt says that the host could be; `hours` are offered
    in a fortnight, None where nothing was noted."""

    host_id: int
    name: str
    on_link: bool
    got: list[int]
    wanted: list[float]
    routed: int = 0
    asked: int = 0
    free: int = 0
    away: list[tuple[date, date]] = field(default_factory=list)
    hours: float | None = None

    @property
    def difference(self) -> float:
        """How many bookings more than their share."""
        return sum(self.got) - sum(self.wanted)


@dataclass(frozen=True, slots=True)
class Fairness:
    """A link's bookings from `start_at` on, in `weeks` weeks up to now; `read` of the `made` bookings' receipts were
    read."""

    start_at: datetime
    weeks: int
    hosts: list[HostFigures]
    made: int
    read: int

    @property
    def counted(self) -> int:
        """How many bookings count."""
        return sum(sum(host.got) for host in self.hosts)

    def per_hundred_hours(self, host: HostFigures) -> float | None:
        """A host's bookings that count for each hundred hours offered; None where no hours are known."""
        if not host.hours:
            return None
        return 100 * sum(host.got) / (host.hours * self.weeks * 7 / AHEAD_DAYS)


def fairness_of(link: Link, weeks: int, now: datetime) -> Fairness:
    """The figures of the last `weeks` weeks, hosts in the link's order and then whoever else got a booking."""
    start = now - weeks * WEEK
    got, routed = _counts(link, start, weeks)
    made = _made(link, start)
    read = _sample(link, start, made)
    figures = _hosts(link, weeks, got, routed)
    _add_wanted(link, figures, read, got, start)
    _add_presence(figures, read)
    for host_id, hours in average_hours(link.id, start.date(), now.date()).items():
        if host_id in figures:
            figures[host_id].hours = hours
    return Fairness(start, weeks, list(figures.values()), made, len(read))


Weekly = Mapping[int, Counter[int]]


def _counts(link: Link, start: datetime, weeks: int) -> tuple[Weekly, Counter[int]]:
    """By host: what counts, by week; and what came as the owner's and does not."""
    ends = [(Booking.created_at < start + (week + 1) * WEEK, week) for week in range(weeks - 1)]
    week_of: ColumnElement[int] = case(*ends, else_=weeks - 1) if ends else case((Booking.id > 0, 0))
    counts = (
        select(BookingHost.user_id, week_of, Booking.owner_routed, func.count())
        .join(Booking, Booking.id == BookingHost.booking_id)
        .where(Booking.link_id == link.id, Booking.created_at > start, *counting())
        .group_by(BookingHost.user_id, week_of, Booking.owner_routed)
    )
    got: defaultdict[int, Counter[int]] = defaultdict(Counter)
    routed = Counter[int]()
    for user_id, week, owned, count in db.session.execute(counts):
        if owned:
            routed[user_id] += count
        if link.owner_counts or not owned:
            got[user_id][week] += count
    return got, routed


def _made(link: Link, start: datetime) -> int:
    made = select(func.count()).where(Booking.link_id == link.id, Booking.created_at > start)
    return db.session.scalar(made) or 0


def _sample(link: Link, start: datetime, made: int) -> list[First]:
    """Receipts of the period, at most `SAMPLE` of them, each so many bookings after the one before."""
    numbered = (
        select(Booking.id, func.row_number().over(order_by=(Booking.created_at, Booking.id)).label("number"))
        .where(Booking.link_id == link.id, Booking.created_at > start)
        .subquery()
    )
    step = max(1, -(-made // SAMPLE))
    rows: Iterable[Any] = db.session.execute(
        select(Booking.created_at, Booking.receipt, Booking.changes)
        .join(numbered, numbered.c.id == Booking.id)
        .where(numbered.c.number % step == 0)
        .order_by(numbered.c.number)
    )
    found = (first_receipt(receipt, changes, made_at) for made_at, receipt, changes in rows)
    return sorted((one for one in found if one is not None), key=lambda one: one.at)


def _hosts(link: Link, weeks: int, got: Weekly, routed: Counter[int]) -> dict[int, HostFigures]:
    names = {member.user_id: member.user.name for member in link.hosts}
    others = sorted({*got, *routed} - names.keys())
    names |= {user.id: user.name for user in db.session.scalars(select(User).where(User.id.in_(others)))}
    here = {member.user_id for member in link.hosts}
    return {
        host_id: HostFigures(
            host_id,
            name,
            host_id in here,
            [got[host_id][week] if host_id in got else 0 for week in range(weeks)],
            [0.0] * weeks,
            routed[host_id],
        )
        for host_id, name in names.items()
    }


def _add_wanted(
    link: Link, figures: Mapping[int, HostFigures], read: Sequence[First], got: Weekly, start: datetime
) -> None:
    """Each week's bookings, by what the receipts of that week say that each host should have of them, and where there
    are none by those of all weeks."""
    now = {
        one.user_id: Share(one.user_id, one.weight, one.priority, position=one.position) for one in link.hosts
    }
    by_week: defaultdict[int | None, list[dict[int, float]]] = defaultdict(list)
    for one in read:
        parts = _wanted(link, one.receipt, now)
        if parts:
            by_week[(one.at - start) // WEEK].append(parts)
            by_week[None].append(parts)
    for week in range(len(next(iter(figures.values())).got) if figures else 0):
        total = sum(counts[week] for counts in got.values())
        parts_of = by_week.get(week) or by_week[None]
        for parts in parts_of:
            for host_id, part in parts.items():
                if host_id in figures:
                    figures[host_id].wanted[week] += part * total / len(parts_of)


def _wanted(link: Link, receipt: Receipt, now: Mapping[int, Share]) -> dict[int, float]:
    """By the rule and the weights of then, where the receipt has them, else by those of today."""
    if receipt.rotation is not None:
        return wanted(receipt.rotation, receipt.shares, free_in(receipt))
    if not link.owner_counts:
        return {}
    able = able_in(receipt)
    return wanted(link.rotation, [share for host, share in now.items() if host in able], able)


def _add_presence(figures: Mapping[int, HostFigures], read: Sequence[First]) -> None:
    for host in figures.values():
        spans: list[list[date]] = []
        was_away = False
        for one in read:
            if all(member.host_id != host.host_id for member in one.receipt.pool):
                continue
            able, on = host.host_id in able_in(one.receipt), one.at.date()
            if one.receipt.rotation is not None and able:
                host.asked += 1
                host.free += host.host_id in one.receipt.free_host_ids
            if not able:
                spans[-1:] = [[spans[-1][0], on]] if was_away else [*spans[-1:], [on, on]]
            was_away = not able
        host.away = [(first, last) for first, last in spans]
