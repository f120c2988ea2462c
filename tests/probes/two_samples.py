"""Whether two samples may come from one and the same distribution, by ranks and by their whole shape."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby

TERMS = 100


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> float:
    """The two-sided p of the Mann-Whitney test, by the normal approximation, corrected for ties and continuity."""
    count, total = len(one), len(one) + len(other)
    ranks, ties = 0.0, 0.0
    for rank, mine, length in _ranked(one, other):
        ranks += rank * mine
        ties += length**3 - length
    mean = count * len(other) / 2
    variance = mean / 6 * (total + 1 - ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    distance = max(0.0, abs(ranks - count * (count + 1) / 2 - mean) - 0.5)
    return math.erfc(distance / math.sqrt(2 * variance))


def _ranked(one: Sequence[float], other: Sequence[float]) -> Iterator[tuple[float, int, int]]:
    """Of each value, in order: the mean of its ranks, how often `one` has it, and how often both have it together."""
    values = sorted([(value, 1) for value in one] + [(value, 0) for value in other])
    before = 0
    for _, same in groupby(values, key=lambda pair: pair[0]):
        marks = [mark for _, mark in same]
        yield before + (len(marks) + 1) / 2, sum(marks), len(marks)
        before += len(marks)


def kolmogorov_smirnov(one: Sequence[float], other: Sequence[float]) -> float:
    """The p of the two-sample Kolmogorov-Smirnov test, by its limiting distribution; with ties it errs on the high
    side."""
    first, second = sorted(one), sorted(other)
    apart = max(
        abs(bisect_right(first, value) / len(first) - bisect_right(second, value) / len(second))
        for value in (*first, *second)
    )
    size = math.sqrt(len(first) * len(second) / (len(first) + len(second)))
    return _beyond((size + 0.12 + 0.11 / size) * apart)


def _beyond(distance: float) -> float:
    """How likely Kolmogorov's distribution is beyond a distance."""
    if distance < 0.3:
        return 1.0
    terms = ((-1) ** (k - 1) * math.exp(-2 * (k * distance) ** 2) for k in range(1, TERMS))
    return min(1.0, max(0.0, 2 * sum(terms)))


def adjusted(values: Sequence[float]) -> list[float]:
    """Holm's correction of many p for their number: how likely one of all these tests errs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found, largest = [0.0] * len(values), 0.0
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, values[index] * (len(values) - place)))
        found[index] = largest
    return found
