"""What a reading of iCalendar text gives, and how it can fail."""

from dataclasses import dataclass, field
from datetime import datetime


class FeedError(Exception):
    """Bytes that cannot be read as a calendar. The text is safe to show to the feed's owner."""


class NotACalendar(FeedError):
    """No whole VCALENDAR in the answer: a login page, an error page, a cut download."""


class FeedTooLarge(FeedError):
    """More bytes, components or events than one person's calendar can have."""


class FeedTooSlow(FeedError):
    """The reading was ended at its deadline, or ran out of memory."""


@dataclass(frozen=True, slots=True)
class BusyEvent:
    """One event that blocks: half-open `[start, end)`, aware UTC datetimes, and its iCalendar UID."""

    start: datetime
    end: datetime
    uid: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """The busy time of a feed in a window.

    `degraded`: an event that could not be read may lie in the window, so what is missing from `busy` is not
    known to be free (R12). `warnings`: sentences for the calendar's owner. `refresh_minutes`: how often the
    publisher wants to be asked, None when it does not say. `empty`: there is no event in it at all, not even
    outside the window or one that does not block.
    """

    busy: list[BusyEvent]
    degraded: bool = False
    warnings: list[str] = field(default_factory=list)
    refresh_minutes: int | None = None
    empty: bool = False
