"""How a calendar gives no answer: the errors that every provider raises, and no others."""


class CalendarError(Exception):
    """A calendar gave no answer. The text is one sentence that is safe to show to the account's owner."""


class AccessRevoked(CalendarError):
    """The account is broken: access revoked, password refused, address gone. Its owner must mend it (R12).

    `final`: asking again is of no use, or does harm; otherwise it is tried again now and then.
    """

    def __init__(self, text: str, *, final: bool = True) -> None:
        super().__init__(text)
        self.final = final


class CalendarUnreachable(CalendarError):
    """No answer just now: the last reading counts while it is young enough (R12)."""

    def __init__(self, text: str, retry_after_seconds: int | None = None) -> None:
        super().__init__(text)
        self.retry_after_seconds = retry_after_seconds


class CalendarMissing(CalendarError):
    """One calendar of a working account is gone, or no longer shared with it. Its owner must say what now."""


class CalendarReadOnly(CalendarError):
    """An event was handed to a provider, or for a calendar, that cannot be written."""


class EventChanged(CalendarError):
    """The event was changed in the calendar since it was last seen: its host must say which holds (R38)."""


class EventGone(CalendarError):
    """The event was deleted from the calendar: its host must say what now (R38)."""
