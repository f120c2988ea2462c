"""Which part of a booking each host should get, on average, as a table by rotation (R23, R24)."""

from collections.abc import Callable, Collection, Sequence

from .rotations import Share

Parts = dict[int, float]


def wanted(rotation: str, pool: Sequence[Share], free: Collection[int]) -> Parts:
    """The part of one booking that each host of the pool should have, 1 together; `free` are those free at its time.
    `rotation` is a key of `ROTATIONS`. Empty for an empty pool."""
    weights = _WEIGHTS[rotation](pool, free)
    total = sum(weights.values())
    return {host: weight / total for host, weight in weights.items()} if total else {}


def _by_weight(pool: Sequence[Share], _: Collection[int]) -> Parts:
    return {share.host_id: share.weight for share in pool}


def _equally(pool: Sequence[Share], _: Collection[int]) -> Parts:
    return {share.host_id: 1.0 for share in pool}


def _by_rank(pool: Sequence[Share], free: Collection[int]) -> Parts:
    """Only those of the highest rank that was free; among them by weight."""
    ranks = {share.host_id: (share.priority is None, share.priority or 0) for share in pool}
    best = min((ranks[host] for host in ranks if host in free), default=None)
    return {
        share.host_id: share.weight if share.host_id in free and ranks[share.host_id] == best else 0.0
        for share in pool
    }


_WEIGHTS: dict[str, Callable[[Sequence[Share], Collection[int]], Parts]] = {
    "random": _equally,
    "balanced": _by_weight,
    "strict": _equally,
    "priority": _by_rank,
}
