"""Whether answers tell anything of an address: a table for each engine."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from tests.probes.ground import KINDS, PLANTED, UNKNOWN
from tests.probes.places import PLACES
from tests.probes.prober import Heard
from tests.probes.two_samples import adjusted, kolmogorov_smirnov, mann_whitney

LEAST = 0.01
TESTS = (mann_whitney, kolmogorov_smirnov)
EVERYWHERE = "all places together"
Samples = Mapping[str, Sequence[float]]


def table(engine: str, heard: Heard) -> list[str]:
    """The rows of an engine, as lines of Markdown."""
    compared = list(_compared(heard))
    corrected = adjusted([p for _, p in compared])
    planted = _planted(heard)
    return [_row(engine, place, heard, compared, corrected, planted) for place in (*PLACES, EVERYWHERE)]


def _row(
    engine: str,
    place: str,
    heard: Heard,
    compared: Sequence[tuple[str, float]],
    corrected: Sequence[float],
    planted: Mapping[str, float],
) -> str:
    smallest = min(p for name, p in compared if name == place)
    at_last = min(p for (name, _), p in zip(compared, corrected, strict=True) if name == place)
    took = _together(heard) if place == EVERYWHERE else heard.took[place]
    count = sum(len(took[kind]) for kind in KINDS)
    median = "" if place == EVERYWHERE else f"{statistics.median(took[UNKNOWN]):.1f} ms"
    shapes = max(len(found) for name, found in heard.shapes.items() if place in (name, EVERYWHERE))
    same, good = "yes" if shapes == 1 else "NO", "equal" if at_last > LEAST else "NOT equal"
    found = "found" if planted[place] <= LEAST else "NOT found"
    return (
        f"| {engine} | {place} | {count:,} | {same} | {median} | {smallest:.3f} → {at_last:.2f}, {good} |"
        f" {planted[place]:.0e}, {found} |"
    )


def _compared(heard: Heard) -> Iterator[tuple[str, float]]:
    """A p for each place, pair of kinds and test: of the times, and of the lengths on the way."""
    everywhere = [(EVERYWHERE, _together(heard))]
    for place, samples in (*heard.took.items(), *heard.lengths.items(), *everywhere):
        for one, other in combinations(KINDS, 2):
            yield from ((place, test(samples[one], samples[other])) for test in TESTS)


def _planted(heard: Heard) -> dict[str, float]:
    """The p of the planted millisecond by place, corrected as if it were one of all pairs."""
    tests = len(TESTS) * len(list(combinations(KINDS, 2))) * (2 * len(heard.took) + 1)
    samples = dict(heard.took) | {EVERYWHERE: _together(heard)}
    return {
        place: min(1.0, tests * min(test(took[UNKNOWN], took[PLANTED]) for test in TESTS))
        for place, took in samples.items()
    }


def _together(heard: Heard) -> Samples:
    """Times of all places, each measured by what its place usually takes."""
    found: dict[str, list[float]] = {kind: [] for kind in (*KINDS, PLANTED)}
    for samples in heard.took.values():
        usual = statistics.median(samples[UNKNOWN])
        for kind, times in samples.items():
            found[kind] += [one / usual for one in times]
    return found


def summary(engine: str, heard: Heard) -> str:
    """How many comparisons stood out, and how many would by chance."""
    found = [p for _, p in _compared(heard)]
    small = sum(p <= LEAST for p in found)
    return (
        f"- {engine}: {small} of {len(found):,} comparisons have p ≤ {LEAST} by themselves; by chance"
        f" {len(found) * LEAST:.0f} have. After Holm's correction for their number"
        f" {sum(p <= LEAST for p in adjusted(found))} have."
    )
