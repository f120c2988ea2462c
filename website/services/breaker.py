"""Not asking, for a while, what failed several times in a row."""

import threading
import time
from collections.abc import Callable


class Breaker:
    """Open after `most` failures in a row, for this process alone: then nobody asks, and once `seconds` have passed one
    caller at a time tries again. A success closes it. Threads may share it."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._lock = threading.Lock()
        self._failures, self._again_at = 0, 0.0

    @property
    def open(self) -> bool:
        """Whether nobody asks at present."""
        return self._failures >= self._most

    def may_ask(self) -> bool:
        """Whether this caller may ask. Whoever may has to say what came of it."""
        with self._lock:
            if not self.open:
                return True
            if self._clock() < self._again_at:
                return False
            # Others wait for what comes of this one, or for its turn to pass.
            self._again_at = self._clock() + self._seconds
            return True

    def succeeded(self) -> None:
        """It answered."""
        with self._lock:
            self._failures = 0

    def failed(self, seconds: float = 0.0) -> None:
        """It did not answer; it asked to be left alone for `seconds`, which opens the breaker at once."""
        with self._lock:
            self._failures = max(self._failures + 1, self._most if seconds > self._seconds else 0)
            self._again_at = self._clock() + max(self._seconds, seconds)
