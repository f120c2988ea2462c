"""Work that a process does again only after a while."""

from datetime import datetime, timedelta


class Seldom:
    """Remembers, for this process alone, when something was done last."""

    def __init__(self, pause: timedelta) -> None:
        self._pause = pause
        self._done_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it is time again. A clock that was set back makes nobody wait."""
        return self._done_at is None or not self._done_at <= now < self._done_at + self._pause

    def done(self, now: datetime) -> None:
        """Starts the pause."""
        self._done_at = now
