"""Medians and their spread."""

import statistics
import time
from collections.abc import Callable
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
    work()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        for _ in range(calls):
            work()
        times.append((time.perf_counter() - begun) * 1000 / calls)
    low, median, high = statistics.quantiles(times, n=4)
    return Spread(median, low, high)
