"""What every calendar provider promises. A new provider is a file, a row in the table, and its tests."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from website.ical.feed import BusyEvent


class CalendarError(Exception):
    """A calendar gave no answer. The text is one sentence that is safe to show to the account's owner."""


class AccessRevoked(CalendarError):
    """The account is broken: access revoked, password refused, address gone. Its owner must mend it (R12)."""


class CalendarUnreachable(CalendarError):
    """No answer just now: the last reading counts while it is young enough (R12)."""

    def __init__(self, text: str, retry_after_seconds: int | None = None) -> None:
        super().__init__(text)
        self.retry_after_seconds = retry_after_seconds


class CalendarReadOnly(CalendarError):
    """An event was handed to a provider that cannot write."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do, and how old its answers may be.

    `max_age_minutes`: a reading older than this no longer counts (R12). `poll_minutes`: how often to read.
    `live_check_after_seconds`: at booking, a reading older than this is read again first (R31). `in_database`:
    the calendar is kept in our own database, so its readings never grow old and are never polled, and its
    events are written inside our own transaction.
    """

    writes: bool
    in_database: bool = False
    max_age_minutes: int = 30
    poll_minutes: int = 2
    live_check_after_seconds: int = 0


@dataclass(frozen=True, slots=True)
class ConnectField:
    """One field of the form that connects an account; `type` is an HTML input type."""

    name: str
    label: str
    type: str = "text"
    required: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its provider sees it, with its secret in clear, so never logged.

    `secret`: the values of the provider's `connect_fields`, or its tokens. `timezone`: IANA name of the
    owner's zone, for times that name none. `etag`, `last_modified`: from the last Reading. `id`: our row, for
    a provider that keeps its events in our own database.
    """

    kind: str
    secret: Mapping[str, str] = field(repr=False)
    timezone: str
    owner_email: str | None = None
    etag: str | None = field(default=None, repr=False)
    last_modified: str | None = None
    allow_private: bool = False
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Every busy event in the asked window, by the provider's id of each calendar of the account.

    `not_modified`: nothing changed since the reading whose `etag` or `last_modified` was handed in; `busy` is
    then empty, and the reading that is kept still holds *for the window it was read for*.
    """

    busy: dict[str, list[BusyEvent]]
    not_modified: bool = False
    etag: str | None = None
    last_modified: str | None = None
    refresh_minutes: int | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """A meeting to stand in a calendar: `[start, end)`, aware UTC datetimes; `timezone` for display.

    `uid` is chosen by us and never changes; `sequence` rises with every change (RFC 5545 §3.8.7.4).
    """

    uid: str
    sequence: int
    start: datetime
    end: datetime
    timezone: str
    title: str
    description: str = ""
    location: str = ""
    guests: tuple[tuple[str, str], ...] = ()
    """(e-mail, name) of the invitee and the guests."""


class CalendarProvider(ABC):
    """One kind of calendar account.

    Providers keep no state between calls and may be called from any thread. A method that talks to the
    outside ends within its `deadline_seconds` and raises only CalendarError's children.
    """

    key: str
    label: str
    description: str
    capabilities: Capabilities
    connect_fields: tuple[ConnectField, ...]

    @abstractmethod
    def account_line(self, account: Account) -> str:
        """Which account this is, in a few words that give no secret away."""

    @abstractmethod
    def read_busy(
        self, account: Account, window_start: datetime, window_end: datetime, deadline_seconds: float
    ) -> Reading:
        """The events that block (R5) in `[window_start, window_end)`, aware datetimes.

        Complete or an error: a calendar of which a part could not be read is CalendarUnreachable, never free.
        Events keep their whole length where they reach over the window's edge. To read whatever the server
        thinks of the last reading, hand in an account without `etag` and `last_modified`.
        Raises AccessRevoked, CalendarUnreachable.
        """

    def put_event(
        self, account: Account, calendar_id: str, event: CalendarEvent, deadline_seconds: float
    ) -> None:
        """Makes the event with this UID stand in the calendar as given: creates or replaces it.

        Doing it again changes nothing (R32). Raises AccessRevoked, CalendarUnreachable, and CalendarReadOnly
        where `capabilities.writes` is false.
        """
        raise CalendarReadOnly(f"{self.label} cannot receive bookings.")

    def remove_event(self, account: Account, calendar_id: str, uid: str, deadline_seconds: float) -> None:
        """Takes the event out of the calendar; gone already is success. Raises as `put_event`."""
        raise CalendarReadOnly(f"{self.label} cannot receive bookings.")
