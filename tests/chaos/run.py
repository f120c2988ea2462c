"""One run: visitors book, processes die, everything drains, the books are compared."""

import time
from collections import Counter
from dataclasses import dataclass

from tests.chaos.audit import audit
from tests.chaos.drain import drain
from tests.chaos.driver import Visitors
from tests.chaos.killer import Killer
from tests.chaos.letters import repeated
from tests.chaos.marks import WEB_STEPS, worker_steps
from tests.chaos.world import KINDS, World, world

LOOK_SECONDS = 0.05
STEP_SECONDS = 8.0


@dataclass(frozen=True)
class Plan:
    """How many bookings and random kills there are in all, at least, and how often each marked step is hit in each of
    the rounds; everything is delivered at the end of a round."""

    visitors: int
    bookings: int
    at_each_step: int
    at_random: int
    pause_seconds: float
    rounds: int = 1


@dataclass
class Report:
    """`wrong` has a sentence for everything that is not as it should be."""

    wrong: list[str]
    seen: Counter[str]
    kills: Counter[str]
    repeated_mails: int
    seconds: float


def run(database_url: str, plan: Plan, seed: int = 1) -> Report:
    """Carries out a plan on a fresh, migrated database."""
    begun = time.monotonic()
    with world(database_url) as site:
        visitors = Visitors(site.url)
        killer = Killer(site.marks, site.processes, seed)
        missed, waiting = set[str](), dict[int, int]()
        for number in range(1, plan.rounds + 1):
            visitors.start(plan.visitors)
            missed |= _kill(killer, plan, _steps(site))
            while visitors.seen["booked"] < plan.bookings * number // plan.rounds and not visitors.wrong:
                time.sleep(LOOK_SECONDS)
            visitors.stop()
            waiting = drain(site)
        wrong = [
            *visitors.wrong,
            *(f"nobody came to {step}" for step in sorted(missed)),
            *(f"message {message} is never delivered" for message in waiting),
            *audit(site, visitors.booked, killer.pids),
            *site.processes.tracebacks(),
        ]
        return Report(wrong, visitors.seen, killer.counts, repeated(site), time.monotonic() - begun)


def _kill(killer: Killer, plan: Plan, steps: tuple[str, ...]) -> set[str]:
    seconds = STEP_SECONDS * len(steps)
    missed = set[str]()
    for _ in range(plan.at_each_step):
        missed |= killer.at_steps(WEB_STEPS, steps, seconds=seconds)
    killer.at_random(plan.at_random // plan.rounds, plan.pause_seconds)
    return missed


def _steps(site: World) -> tuple[str, ...]:
    return worker_steps(KINDS)
