"""What goes to calendar providers and comes back: accounts, readings, events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from website.ical.feed import BusyEvent

from .errors import CalendarError

Secret = Mapping[str, str]


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
