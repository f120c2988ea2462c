"""What a link's bookings would have been under other settings (R24): its stored receipts, replayed. Nothing is saved.

What became of a booking later (cancelled, missed) becomes of it here too; a host declines or hands over only what came
to them here as well.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..extensions import db
from ..models import Booking, BookingHost, Link, User
from ..scheduling.ring import Seat
from ..scheduling.rotations import Share
from ..scheduling.simulation import Event, Outcome, Request, Settings, Simulation
from .assignment import counting, recent_of
from .guess import Guesses
from .next_host import seat_of
from .receipts import able_in, first_receipt
from .story import story_of

# A page waits for it: the newest so many bookings are replayed.
MOST = 2000


@dataclass(frozen=True, slots=True)
class Trial:
    """One host as the settings would have them: `weight` is above 0, `priority` None for the lowest rank."""

    user_id: int
    weight: int = 1
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """A host's bookings then, and under the settings; `guessed`: when they were free is in no receipt, as they were
    not on the link, and was taken from what is known of calendars and bookings today."""

    user_id: int
    name: str
    then: int
    now: int
    guessed: bool

    @property
    def difference(self) -> int:
        """How many bookings more it would have been."""
        return self.now - self.then


@dataclass(frozen=True, slots=True)
class Result:
    """`hosts` are those tried, and then those who got a booking in truth; `lost` bookings found nobody free under the
    settings; `made` were replayed, since `since`; `outcomes` are their choices in order."""

    hosts: list[Tried]
    lost: int
    made: int
    since: datetime
    outcomes: list[Outcome]


def simulate(link: Link, settings: Settings, trials: Sequence[Trial], weeks: int, now: datetime) -> Result:
    """The link's bookings of the last `weeks` weeks, the newest `MOST` of them, with these hosts and settings."""
    since = now - timedelta(weeks=weeks)
    bookings = _bookings(link, since)
    if len(bookings) == MOST:
        since = bookings[0].created_at
    tried = frozenset(one.user_id for one in trials)
    newcomers = tried - _in_receipts(bookings)
    events = _events(link, bookings, tried, newcomers, now)
    simulation = Simulation(
        _seats(link, trials, bookings), settings, recent_of(link).first_at if bookings else None
    )
    for key, made_at, host, owner_routed in _earlier(link, since, settings):
        simulation.add(key, made_at, host, owner_routed=owner_routed)
    outcomes = simulation.play(events)
    would = Counter(simulation.host_of(booking.id) for booking in bookings)
    then = Counter(host for booking in bookings for host in _hosting(booking))
    hosts = [*[one.user_id for one in trials], *sorted(then.keys() - tried)]
    names = {user.id: user.name for user in db.session.scalars(select(User).where(User.id.in_(hosts)))}
    return Result(
        [Tried(host, names[host], then[host], would[host], host in newcomers) for host in hosts],
        simulation.lost,
        len(bookings),
        since,
        outcomes,
    )


def _bookings(link: Link, since: datetime) -> list[Booking]:
    """The newest bookings, oldest first."""
    newest = (
        select(Booking)
        .where(Booking.link_id == link.id, Booking.created_at > since)
        .order_by(Booking.created_at.desc(), Booking.id.desc())
        .limit(MOST)
        .options(selectinload(Booking.hosts))
    )
    return list(db.session.scalars(newest))[::-1]


def _hosting(booking: Booking) -> list[int]:
    counts = booking.confirmed and not booking.no_show
    return [host.user_id for host in booking.hosts] if counts else []


def _in_receipts(bookings: Sequence[Booking]) -> frozenset[int]:
    """Whoever was on the link when something was booked."""
    return frozenset(member["host_id"] for booking in bookings for member in booking.receipt.get("pool", ()))


def _events(
    link: Link, bookings: Sequence[Booking], tried: frozenset[int], newcomers: frozenset[int], now: datetime
) -> list[Event]:
    guesses = Guesses(link, tried, bookings, now)
    stories = [story_of(booking, tried, newcomers, guesses.free) for booking in bookings]
    events = [event for story in stories for event in story]
    # Requests of one instant come in their order, and before what became of them.
    return sorted(events, key=lambda event: (event.at, not isinstance(event, Request)))


def _earlier(link: Link, since: datetime, settings: Settings) -> list[tuple[int, datetime, int, bool]]:
    """What counted already when the replay begins: booking, when it was made, host, whether it came as the owner's."""
    counted = (
        select(Booking.id, Booking.created_at, BookingHost.user_id, Booking.owner_routed)
        .join(BookingHost, BookingHost.booking_id == Booking.id)
        .where(
            Booking.link_id == link.id,
            Booking.created_at > since - timedelta(days=settings.share_days),
            Booking.created_at <= since,
            *counting(),
        )
        .order_by(Booking.created_at, Booking.id)
    )
    return [tuple(row) for row in db.session.execute(counted)]  # type: ignore[misc]


def _seats(link: Link, trials: Sequence[Trial], bookings: Sequence[Booking]) -> list[Seat]:
    """The hosts tried as they stood before the first choice; who was not there then joins."""
    shares, able, at = _before(bookings)
    rows = {member.user_id: seat_of(member) for member in link.hosts}
    seats = []
    for position, one in enumerate(trials):
        seat = _seat(rows.get(one.user_id), shares.get(one.user_id), at)
        seat.user_id, seat.weight, seat.priority, seat.position = (
            one.user_id,
            one.weight,
            one.priority,
            position,
        )
        seat.present = one.user_id in shares and one.user_id in able
        seats.append(seat)
    return seats


def _seat(row: Seat | None, share: Share | None, at: datetime | None) -> Seat:
    """By the first receipt. When the host had come, only the row says, and no longer if they came again since: then
    all that counted for them fades from that receipt on."""
    if share is None or at is None:
        return Seat(0)
    if row is not None and row.joined_at is not None and row.joined_at <= at:
        return Seat(0, turn=share.turn, head_start=row.head_start, joined_at=row.joined_at)
    return Seat(0, turn=share.turn, head_start=share.load, joined_at=at)


def _before(bookings: Sequence[Booking]) -> tuple[dict[int, Share], frozenset[int], datetime | None]:
    """The first choice whose receipt has shares: these, who was able, and when it was."""
    for booking in bookings:
        first = first_receipt(booking.receipt, booking.changes, booking.created_at)
        if first is not None and first.receipt.shares:
            shares = {share.host_id: share for share in first.receipt.shares}
            return shares, able_in(first.receipt), booking.created_at
    return {}, frozenset(), None
