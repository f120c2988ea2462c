"""Which of several free hosts takes a booking (R23), as a table of rotations. Randomness is handed in.

*Balanced* compares deficits, not ratios of bookings to weight: among the free hosts, whose share of all
their bookings, this one included, exceeds most what they were given. Nobody is so ever a whole booking above
their share while all are free. The ratio rule also ends at the weights, but on the way it gives a host of
weight 100 beside a hundred of weight 1 the first hundred bookings in a row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum
from random import Random

from ..sentences import gettext_noop

# How far back bookings count, unless the link says otherwise.
RECENT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Share:
    """Where a host stands in a link's rotation.

    `weight` is above 0; `priority` 1 is the highest rank and None the lowest; `given` is how many of the
    link's recent bookings count; `head_start` is added for who joined or came back;
    the smaller `turn`, the longer the wait since the host was chosen; `position` is the order on the link.
    Raises ValueError on a weight that is not above 0.
    """

    host_id: int
    weight: int = 1
    priority: int | None = None
    given: int = 0
    head_start: float = 0.0
    turn: int = 0
    position: int = 0

    def __post_init__(self) -> None:
        if self.weight <= 0:
            raise ValueError(f"the weight of host {self.host_id} must be above 0, not {self.weight}")

    @property
    def load(self) -> float:
        """What the host counts as having been given."""
        return self.given + self.head_start


@dataclass(frozen=True, slots=True)
class Choice:
    """The host chosen, and for each free host the score that was compared (see `Rotation.score`)."""

    host_id: int
    scores: dict[int, float]


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rule that picks one of several free hosts.

    `label`, `description` and `score` (what a score means) are for whoever sets up a link. The rest tell the
    host who was picked: `sentence`; `tied`, where others had the same score; `fewest`, where nobody free had
    so few bookings. They may name {free}, {pool} and {equal} (how many hosts), {mine} and {next} (how many
    recent bookings). All are for translation.
    """

    key: str
    label: str
    description: str
    score: str
    pick: Callable[[Sequence[Share], Random], Choice]
    sentence: str
    tied: str | None = None
    fewest: str | None = None

    def choose(self, free: Sequence[Share], pool: Sequence[Share], rng: Random) -> Choice:
        """One of the hosts who are `free` at the chosen time, out of the `pool`, in any order (R23).

        Raises ValueError when nobody is free, or somebody outside the pool is.
        """
        outside = {share.host_id for share in free} - {share.host_id for share in pool}
        if outside or not free:
            raise ValueError(f"not in the pool: {sorted(outside)}" if outside else "no host is free")
        return self.pick(free, rng)


def next_turn(pool: Sequence[Share]) -> int:
    """The turn for the host just chosen: the back of the ring. Everybody else keeps their place."""
    return max((share.turn for share in pool), default=0) + 1


def turn_given_back(turn: int, former: int) -> int:
    """The turn of a host whose meeting came to nothing, or went to somebody else: the one that it cost, `former`, so
    that they are next again; never a later one than the host has, nor a second one for the same meeting (R23)."""
    return min(turn, former)


def head_start(share: Share, pool: Sequence[Share]) -> float:
    """What a host who joins or comes back starts with, so that their load for their weight is that of the
    rest of the pool together (R23). Below 0 for who comes back with more than that."""
    rest = [other for other in pool if other.host_id != share.host_id]
    if not rest:
        return 0.0
    mean = sum(other.load for other in rest) / sum(other.weight for other in rest)
    return mean * share.weight - share.given


def decayed(
    head_start: float,
    joined_at: datetime,
    now: datetime,
    window_days: int = RECENT_DAYS,
    first_at: datetime | None = None,
) -> float:
    """What is left of a head start: it fades evenly as the bookings of others that it stands for leave the recent
    window. They were made within a window before `joined_at`, and none before `first_at`, the link's first: so on a
    young link nothing fades for a while. All times are aware."""
    window = timedelta(days=window_days)
    begins_at = joined_at if first_at is None else min(max(joined_at, first_at + window), joined_at + window)
    left, whole = joined_at + window - now, joined_at + window - begins_at
    return head_start * min(max(left / whole, 0.0), 1.0) if whole else head_start * (left > timedelta(0))


def _random(free: Sequence[Share], rng: Random) -> Choice:
    in_order = sorted(share.host_id for share in free)
    return Choice(rng.choice(in_order), dict.fromkeys(in_order, 1 / len(in_order)))


def _balanced(free: Sequence[Share], _: Random) -> Choice:
    scores = _deficits(free)
    chosen = min(free, key=lambda share: (-scores[share.host_id], share.given, share.turn, share.position))
    return Choice(chosen.host_id, scores)


def _deficits(free: Sequence[Share]) -> dict[int, float]:
    """How many bookings each is below their share of those given to the free hosts, this one included.

    Only free hosts are compared: one who is always busy would otherwise shift the shares of the others.
    Summed exactly and rounded, so that equals stay equal in whatever order they are listed.
    """
    total = fsum(share.load for share in free) + 1
    a_weight = total / sum(share.weight for share in free)
    return {share.host_id: round(a_weight * share.weight - share.load, 9) for share in free}


def _strict(free: Sequence[Share], _: Random) -> Choice:
    chosen = min(free, key=lambda share: (share.turn, share.position))
    return Choice(chosen.host_id, {share.host_id: float(share.turn) for share in free})


def _priority(free: Sequence[Share], rng: Random) -> Choice:
    lowest = 1 + max((share.priority for share in free if share.priority is not None), default=0)
    ranks = {share.host_id: lowest if share.priority is None else share.priority for share in free}
    highest = min(ranks.values())
    equals = [share for share in free if ranks[share.host_id] == highest]
    return Choice(_balanced(equals, rng).host_id, {host: float(rank) for host, rank in ranks.items()})


_ROWS = (
    Rotation(
        key="random",
        label=gettext_noop("Random"),
        description=gettext_noop("Every free host has the same chance."),
        score=gettext_noop("Chance of being drawn"),
        pick=_random,
        sentence=gettext_noop("{free} of {pool} hosts were free, and you were drawn at random."),
    ),
    Rotation(
        key="balanced",
        label=gettext_noop("Balanced"),
        description=gettext_noop("The free host who is furthest below their share of recent bookings."),
        score=gettext_noop("Bookings below their share"),
        pick=_balanced,
        sentence=gettext_noop(
            "{free} of {pool} hosts were free, and you were furthest below your share of recent bookings."
        ),
        tied=gettext_noop(
            "{free} of {pool} hosts were free, {equal} of them equally far below their share of recent"
            " bookings, and among these it was your turn."
        ),
        fewest=gettext_noop(
            "{free} of {pool} hosts were free, and you had the fewest recent bookings for your share:"
            " {mine}, the next host {next}."
        ),
    ),
    Rotation(
        key="strict",
        label=gettext_noop("In turn"),
        description=gettext_noop("The next host in the ring. Who is not free keeps their place."),
        score=gettext_noop("Place in the ring"),
        pick=_strict,
        sentence=gettext_noop("{free} of {pool} hosts were free, and you were next in line."),
    ),
    Rotation(
        key="priority",
        label=gettext_noop("By priority"),
        description=gettext_noop("The free host of the highest rank. Equal ranks are balanced."),
        score=gettext_noop("Rank"),
        pick=_priority,
        sentence=gettext_noop("{free} of {pool} hosts were free, and you have the highest rank of them."),
        tied=gettext_noop(
            "{free} of {pool} hosts were free, {equal} of them share the highest rank,"
            " and among these it was your turn."
        ),
    ),
)

ROTATIONS: dict[str, Rotation] = {rotation.key: rotation for rotation in _ROWS}
