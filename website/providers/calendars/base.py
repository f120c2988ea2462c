"""What every calendar provider promises. A new provider is a file, a row in the table, and its tests."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from website.ical.feed import BusyEvent

Secret = Mapping[str, str]


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


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do, and how old its answers may be.

    `max_age_minutes`: a reading older than this no longer counts (R12). `poll_minutes`: how often to read.
    `live_check_after_seconds`: at booking, a reading older than this is read again first (R31). `in_database`:
    the calendar is kept in our own database, so its readings never grow old and are never polled, and its
    events are written inside our own transaction. `invites`: the provider itself sends the guests of an event
    their invitation (R34). `meets`: it makes a video meeting for an event. `notifies`: it can tell us that a
    calendar changed.
    """

    writes: bool
    in_database: bool = False
    max_age_minutes: int = 30
    poll_minutes: int = 2
    live_check_after_seconds: int = 0
    invites: bool = False
    meets: bool = False
    notifies: bool = False


@dataclass(frozen=True, slots=True)
class ConnectField:
    """One field of the form that connects an account; `type` is an HTML input type."""

    name: str
    label: str
    type: str = "text"
    required: bool = True
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission that is asked for when an account is linked by signing in. `label` is what its box is about,
    `without` what is lost when it is left unticked; both for translation. Without a `required` one the account
    cannot be linked."""

    name: str
    label: str
    without: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class SignIn:
    """How accounts of a provider are linked by signing in there (OAuth 2). `client` names the site's registered
    client; `parameters` go into the authorisation request beside `scopes` and OpenID's own."""

    client: str
    scopes: tuple[Scope, ...]
    parameters: Mapping[str, str]

    def missing(self, granted: Collection[str]) -> list[Scope]:
        """The scopes that the user left unticked."""
        return [scope for scope in self.scopes if scope.name not in granted]


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its provider sees it, with its secret in clear, so never logged.

    `secret`: the values of the provider's `connect_fields`, or its tokens. `scopes`: what was granted. `timezone`:
    IANA name of the owner's zone, for times that name none. `calendars`: the provider's ids of the calendars that
    are to be read. `etag`, `last_modified`: from the last Reading. `id`: our row, for a provider that keeps its
    events in our own database. `renew`: hands the newest secret to a function, alone among all processes, keeps
    what that returns, and returns it; it raises what the function raises.
    """

    kind: str
    secret: Secret = field(repr=False)
    timezone: str
    owner_email: str | None = None
    scopes: frozenset[str] = frozenset()
    calendars: tuple[str, ...] = ()
    etag: str | None = field(default=None, repr=False)
    last_modified: str | None = None
    allow_private: bool = False
    id: int | None = None
    renew: Callable[[Callable[[Secret], Secret]], Secret] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FoundCalendar:
    """One calendar of an account. `timezone` is an IANA name, empty where the provider names none; `meets`: events
    in it can have a video meeting."""

    external_id: str
    name: str
    timezone: str = ""
    writable: bool = False
    primary: bool = False
    meets: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Every busy event in the asked window, by the provider's id of each calendar of the account.

    `unknown`: calendars of which nothing could be learnt this time, and why; all others asked for are in `busy`.
    `not_modified`: nothing changed since the reading whose `etag` or `last_modified` was handed in; `busy` is
    then empty, and the reading that is kept still holds *for the window it was read for*. `refresh_minutes`: how
    often to read, where the publisher says so. `empty`: there is no event at all, in the window or outside.
    """

    busy: dict[str, list[BusyEvent]]
    unknown: Mapping[str, CalendarError] = field(default_factory=dict)
    not_modified: bool = False
    etag: str | None = None
    last_modified: str | None = None
    refresh_minutes: int | None = None
    warnings: tuple[str, ...] = ()
    empty: bool = False


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """A meeting to stand in a calendar: `[start, end)`, aware UTC datetimes; `timezone` for display.

    `uid` is chosen by us and never changes; `sequence` rises with every change (RFC 5545 §3.8.7.4). `meeting`: a
    video meeting is to be made for it. `address`: where the booking stands on our site. `guests` are (e-mail,
    name) of whoever the provider is to invite; empty where nobody is to hear of this copy.
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
    meeting: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class EventRef:
    """Which event of a calendar is meant. `key` is our name for it, the booking's UID; `generation` rises where
    an id that was used has to be left behind. The rest is what the provider said when the event last stood there,
    empty before that: its own id, the iCalendar UID that guests know it by, and its version."""

    key: str
    generation: int = 0
    external_id: str = ""
    uid: str = ""
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """How an event stands in a calendar: `[start, end)`, aware UTC datetimes. `address` opens it at the provider;
    `meeting_url` is its video meeting, `meeting_pending` while the provider is still making it."""

    ref: EventRef
    start: datetime
    end: datetime
    address: str = ""
    meeting_url: str = ""
    meeting_pending: bool = False


@dataclass(frozen=True, slots=True)
class ChannelRequest:
    """Where a provider is to tell us that a calendar changed: `address` of ours. `name` is new and unique, and with
    `token` shows that a notice is genuine."""

    name: str
    token: str = field(repr=False)
    address: str


@dataclass(frozen=True, slots=True)
class Watching:
    """A channel that a provider opened: its own name for what is watched, and when it ends (aware UTC)."""

    resource: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider sent to a channel. The `first` one says that the channel is open, not that anything changed."""

    channel: str
    token: str = field(repr=False)
    first: bool = False


class CalendarProvider(ABC):
    """One kind of calendar account.

    Providers keep no state between calls and may be called from any thread. A method that talks to the
    outside ends within its `deadline_seconds` and raises only CalendarError's children.

    `label` names the kind of account, `speaker` whoever answers for it, in a sentence ("Google is not answering");
    both for translation, as `description` is.
    """

    key: str
    label: str
    speaker: str
    description: str
    capabilities: Capabilities
    connect_fields: tuple[ConnectField, ...] = ()
    sign_in: SignIn | None = None

    @abstractmethod
    def account_line(self, account: Account) -> str:
        """Which account this is, in a few words that give no secret away."""

    @abstractmethod
    def find_calendars(self, account: Account, deadline_seconds: float) -> list[FoundCalendar]:
        """The calendars of the account, read from its source: this is also how an account is tried out.

        Raises AccessRevoked, CalendarUnreachable.
        """

    @abstractmethod
    def read_busy(
        self, account: Account, window_start: datetime, window_end: datetime, deadline_seconds: float
    ) -> Reading:
        """The events that block (R5) in `[window_start, window_end)`, aware datetimes.

        Complete or unknown: a calendar of which a part could not be read is in `unknown`, never free.
        Events keep their whole length where they reach over the window's edge. To read whatever the server
        thinks of the last reading, hand in an account without `etag` and `last_modified`.
        Raises AccessRevoked, CalendarUnreachable.
        """

    def put_event(
        self, account: Account, calendar_id: str, event: CalendarEvent, ref: EventRef, deadline_seconds: float
    ) -> Placed:
        """Makes the event stand in the calendar as given: creates it, or changes the one that `ref` means.

        Doing it again changes nothing and tells nobody (R32). Raises AccessRevoked, CalendarUnreachable,
        CalendarMissing, CalendarReadOnly; EventChanged where somebody else changed it since `ref.etag`, EventGone
        where it stood (`ref.external_id`) and was deleted.
        """
        raise CalendarReadOnly("This kind of calendar cannot receive bookings.")

    def remove_event(
        self, account: Account, calendar_id: str, ref: EventRef, deadline_seconds: float
    ) -> None:
        """Takes the event out of the calendar; gone already is success. Raises as `put_event`, apart from
        EventChanged and EventGone."""
        raise CalendarReadOnly("This kind of calendar cannot receive bookings.")

    def look_at_event(
        self, account: Account, calendar_id: str, ref: EventRef, deadline_seconds: float
    ) -> Placed | None:
        """The event as it stands now, None when it was deleted or cancelled there (R38).

        Raises AccessRevoked, CalendarUnreachable, CalendarMissing, CalendarReadOnly.
        """
        raise CalendarReadOnly("This kind of calendar cannot receive bookings.")

    def disconnect(self, account: Account, deadline_seconds: float) -> None:  # noqa: B027  (most have nothing to do)
        """Gives back the access that the provider granted, when an account is unlinked and nothing else of ours
        uses it. Where there is nothing to give back, nothing happens. Raises CalendarUnreachable."""

    def watch(
        self, account: Account, calendar_id: str, channel: ChannelRequest, deadline_seconds: float
    ) -> Watching:
        """Has the provider tell us of changes of a calendar, for a while; only where it `notifies`. A notice may be
        lost or come twice, so it is a reason to read, not to believe.

        Raises AccessRevoked, CalendarUnreachable, CalendarMissing.
        """
        raise CalendarUnreachable("This kind of calendar does not tell of changes.")

    def stop_watching(self, account: Account, name: str, resource: str, deadline_seconds: float) -> None:  # noqa: B027  (most never watch)
        """Ends a channel by the name that we gave it and the `resource` of its Watching; ended already is success.
        Raises AccessRevoked, CalendarUnreachable."""

    def notice(self, headers: Mapping[str, str]) -> Notice | None:
        """What a request to a channel's address says by its headers, None if it is no notice. Asks nobody; whoever
        calls compares the token."""
        return None
