"""Medians and their spread."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROUNDS = 15


@dataclass(frozen=True)
class Spread:
    """Milliseconds: the median of the rounds, and the quarter and three-quarter marks."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:8.2f} ms ({self.low:.2f} to {self.high:.2f})"


def measure(work: Callable[[], object], rounds: int = ROUNDS, calls: int = 1) -> Spread:
    """Runs `work` once to warm up, then `rounds` times `calls` calls, and says what one call takes."""
    return measure_in_turn([work], rounds, calls)[0]


def measure_in_turn(works: Sequence[Callable[[], object]], rounds: int, calls: int) -> list[Spread]:
    """The same of several works whose rounds take turns, so that whatever else the machine does slows all of them."""
    times: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(rounds):
        for work, took in zip(works, times, strict=True):
            begun = time.perf_counter()
            for _ in range(calls):
                work()
            took.append((time.perf_counter() - begun) * 1000 / calls)
    return [_spread(took) for took in times]


def _spread(times: Sequence[float]) -> Spread:
    low, median, high = statistics.quantiles(times, n=4)
    return Spread(median, low, high)
