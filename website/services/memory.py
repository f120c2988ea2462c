"""What a process remembers for a while."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """The last `most` values, each with its age. Threads may share it."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._lock = threading.Lock()
        self._rows: OrderedDict[bytes, tuple[float, Value]] = OrderedDict()

    def get(self, key: bytes, seconds: float) -> Value | None:
        """The value, unless it is older than `seconds`."""
        with self._lock:
            row = self._rows.get(key)
        return row[1] if row is not None and self._clock() - row[0] < seconds else None

    def put(self, key: bytes, value: Value) -> None:
        """Remembers a value as new; the oldest one goes where there are too many."""
        with self._lock:
            self._rows.pop(key, None)
            self._rows[key] = self._clock(), value
            if len(self._rows) > self._most:
                self._rows.popitem(last=False)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._rows.clear()
