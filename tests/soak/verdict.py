"""Whether anything grows."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench.load import GROWTH
from tests.chaos.processes import WEB_WORKERS
from tests.soak.run import Soaked
from tests.soak.samples import Sample
from website.services.worker import LOOPS

# Four threads of each web worker, and the worker's loops.
MOST_CONNECTIONS = 4 * WEB_WORKERS + len(LOOPS)


@dataclass(frozen=True)
class Finding:
    """`what` was measured, in words; whether it is as it must be; `bound` says how that is."""

    what: str
    measured: str
    bound: str
    good: bool


def steady(result: Soaked) -> list[Finding]:
    """What holds for a run of any length."""
    first, last = result.rests[0], result.rests[-1]
    journal, connections = _most(result, lambda one: one.journal), _most(result, lambda one: one.connections)
    backlog = _most(result, lambda one: one.backlog)
    return [
        Finding("descriptors at rest, apart from connections", f"{first.descriptors} → {last.descriptors}",
                "no more than after the first round", last.descriptors <= first.descriptors),
        Finding("connections, at most", f"{connections:.0f}", f"≤ {MOST_CONNECTIONS}", connections <= MOST_CONNECTIONS),
        Finding("connections at rest", f"{first.connections} → {last.connections}",
                f"≤ {MOST_CONNECTIONS}", last.connections <= MOST_CONNECTIONS),
        Finding("journal, at most", f"{journal:.1f} MB", f"≤ {result.journal_limit:.0f} MB",
                journal <= result.journal_limit),
        Finding("outbox, at most → at rest", f"{backlog:.0f} → {last.backlog}", "0 at rest", not last.backlog),
        Finding("messages and claims at rest", f"{last.rows['message']}, {last.rows['claim']}", "0, by pruning",
                not last.rows["message"] and not last.rows["claim"]),
    ]  # fmt: skip


def flat(result: Soaked) -> list[Finding]:
    """What holds for a run that is long enough for caches to be filled: memory of each process."""
    return [_memory(name, result.samples) for name in result.rests[-1].ids]


def _memory(name: str, samples: Sequence[Sample]) -> Finding:
    sizes = [one.memory[name] for one in samples if name in one.memory]
    third = len(sizes) // 3
    first, middle, last = (
        statistics.mean(part) for part in (sizes[:third], sizes[third : 2 * third], sizes[2 * third :])
    )
    return Finding(
        f"memory of {name}, mean of each third",
        f"{first:.1f} → {middle:.1f} → {last:.1f} MB",
        f"the last at most {100 * (GROWTH - 1):.0f} % above the middle one",
        last <= middle * GROWTH,
    )


def _most(result: Soaked, of: Callable[[Sample], float]) -> float:
    return max(of(one) for one in (*result.samples, *result.rests))
