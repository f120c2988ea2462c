"""How long an answer may take that needs several calls."""

import math
import time

from urllib3 import Timeout

from ..errors import CalendarUnreachable


class Deadline:
    """A point in time after which nobody waits any more."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, most: float = math.inf) -> Timeout:
        """The time-out of one more call, of `most` seconds. Raises CalendarUnreachable when no time is left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise CalendarUnreachable("Google did not answer in time.")
        return Timeout(total=min(left, most))
