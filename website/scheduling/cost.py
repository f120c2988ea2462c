"""What it costs that everybody must be free: whose time leaves a group link without slots (R6)."""

from collections.abc import Mapping
from functools import reduce
from itertools import combinations
from typing import NamedTuple

MOST_WAYS = 5


class Way(NamedTuple):
    """Hosts who would have to be optional, and how many starts there would be then."""

    host_ids: tuple[int, ...]
    starts: int


def gained(by_host: Mapping[int, int], within: int) -> dict[int, int]:
    """By required host, how many more starts inside the mask `within` there would be if that host were optional.

    `by_host` are the starts for which each required host is free (`Offer.by_host`): what is gained is those where this
    one alone is missing. Nobody but the last host can be optional, so of one host nothing is gained.
    """
    if len(by_host) < 2:
        return dict.fromkeys(by_host, 0)
    alone = _missing(by_host, within)[1]
    return {host_id: (alone & ~mask).bit_count() for host_id, mask in by_host.items()}


def smallest_ways(by_host: Mapping[int, int], within: int) -> list[Way]:
    """The smallest sets of hosts to make optional so that there are starts inside `within`: single ones, else pairs;
    the best first, `MOST_WAYS` at most. Empty where there are starts already, or where not even a pair helps."""
    everybody, alone, pairs = _missing(by_host, within)
    if everybody:
        return []
    for size, mask in ((1, alone), (2, pairs)):
        if len(by_host) > size and mask:
            return _ways(by_host, mask, size)
    return []


def _ways(by_host: Mapping[int, int], mask: int, size: int) -> list[Way]:
    """The sets of this size that are missing together, and nobody else, at starts of the mask."""
    found = []
    for host_ids in combinations(by_host, size):
        starts = reduce(lambda left, host_id: left & ~by_host[host_id], host_ids, mask).bit_count()
        if starts:
            found.append(Way(host_ids, starts))
    return sorted(found, key=lambda way: -way.starts)[:MOST_WAYS]


def _missing(by_host: Mapping[int, int], within: int) -> tuple[int, int, int]:
    """The starts at which nobody is missing, exactly one host, and exactly two."""
    none, one, two = within, 0, 0
    for mask in by_host.values():
        none, one, two = none & mask, one & mask | none & ~mask, two & mask | one & ~mask
    return none, one, two
