"""How many come in a second, whether or not those before them have been served."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from random import Random

from tests.bench.load import LINKS
from tests.bench.visitor import Seen
from tests.soak.guests import Guest, HastyGuest

AT_ONCE = 24


class Crowd:
    """`seen` is what they all saw. `wanted` counts who came, `unserved` those of them for whom there was no room: no
    more than AT_ONCE are served at a time."""

    def __init__(self, url: str, now: Callable[[], datetime]) -> None:
        self.seen, self.wanted, self.unserved = Seen(), 0, 0
        self._url, self._now, self._rng = url, now, Random(1)

    def come(self, seconds: float, a_second: float, kind: type[Guest | HastyGuest]) -> None:
        """So many a second of this kind, for so long; returns when the last one has left."""
        begun, inside = time.monotonic(), set[Future[None]]()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for number in range(round(seconds * a_second)):
                time.sleep(max(0.0, begun + number / a_second - time.monotonic()))
                self.wanted += 1
                inside = {one for one in inside if not one.done()}
                if len(inside) == AT_ONCE:
                    self.unserved += 1
                    continue
                rng = Random(self._rng.random())
                visitor = kind(self._url, rng.choice(LINKS), self.seen, rng, self._now)
                inside.add(pool.submit(visitor.visit))
