"""Kills processes of the site: at marked steps, one after the other, and at random."""

import time
from collections import Counter
from collections.abc import Iterable
from random import Random

from tests.chaos.marks import Marks
from tests.chaos.processes import Processes

LOOK_SECONDS = 0.02
# Of ten random kills.
TARGETS = ("web",) * 4 + ("worker",) * 5 + ("master",)


class Killer:
    """`counts` says how many were killed, by the step at which or by what they were."""

    def __init__(self, marks: Marks, processes: Processes, seed: int) -> None:
        self._marks, self._processes, self._rng = marks, processes, Random(seed)

    @property
    def counts(self) -> Counter[str]:
        random = Counter(f"random: {what}" for what, _ in self._processes.killed)
        return random + Counter(step for step, _ in self._marks.hits())

    @property
    def pids(self) -> set[int]:
        """Everybody who was killed; of a master that was killed, its workers too are not known by their ids."""
        return {pid for _, pid in (*self._processes.killed, *self._marks.hits())}

    def at_steps(self, *sides: Iterable[str], seconds: float) -> set[str]:
        """Has somebody die at each step of each side; the sides, such as web and worker, go on beside each other.

        Returns the steps that nobody came to in time.
        """
        left = [list(side) for side in sides]
        under_way: list[str] = [""] * len(left)
        end = time.monotonic() + seconds
        while any(left) or any(under_way):
            armed = self._marks.armed()
            for side, steps in enumerate(left):
                if under_way[side] not in armed:
                    under_way[side] = steps.pop(0) if steps else ""
                    if under_way[side]:
                        self._marks.arm(under_way[side])
            if time.monotonic() > end:
                break
            time.sleep(LOOK_SECONDS)
        missed = self._marks.armed().union(*left)
        self._marks.disarm()
        return missed

    def at_random(self, kills: int, pause_seconds: float) -> None:
        """So many kills of whoever it hits, with pauses of random length between them."""
        goal = len(self._processes.killed) + kills
        while len(self._processes.killed) < goal:
            time.sleep(self._rng.uniform(0.2, 1.8) * pause_seconds)
            self._processes.kill(self._rng.choice(TARGETS), self._rng.randrange(100))
