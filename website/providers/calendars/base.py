"""What every calendar provider promises. A new provider is a file, a row in the table, and its tests."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from website.ical.feed import BusyEvent

from .errors import CalendarReadOnly, CalendarUnreachable
from .records import (
    Account,
    CalendarEvent,
    ChannelRequest,
    EventRef,
    FoundCalendar,
    Notice,
    Placed,
    Reading,
    Watching,
)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do, and how old its answers may be.

    `max_age_minutes`: a reading older than this no longer counts (R12). `poll_minutes`: how often to read.
    `live_check_after_seconds`: at booking, a reading older than this is read again first (R31). `in_database`:
    the calendar is kept in our own database, so its readings never grow old and are never polled, and its
    events are written inside our own transaction. `invites`: the provider itself sends the guests of an event
    their invitation (R34). `meets`: it makes a video meeting for an event. `notifies`: it can tell us that a
    calendar changed. `names_events`: a reading says which event is which, so that ours can be told from others (R4);
    where it does not, `busy_beside` does.
    """

    writes: bool
    in_database: bool = False
    max_age_minutes: int = 30
    poll_minutes: int = 2
    live_check_after_seconds: int = 0
    invites: bool = False
    meets: bool = False
    notifies: bool = False
    names_events: bool = True


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
        self,
        account: Account,
        calendar_id: str,
        ref: EventRef,
        deadline_seconds: float,
        *,
        handed_on: bool = False,
    ) -> None:
        """Takes the event out of the calendar; gone already is success. `handed_on`: the meeting takes place all the
        same and stands elsewhere, so nobody is to read that it was cancelled who need not. Raises as `put_event`,
        apart from EventChanged and EventGone."""
        raise CalendarReadOnly("This kind of calendar cannot receive bookings.")

    def look_at_event(
        self, account: Account, calendar_id: str, ref: EventRef, deadline_seconds: float
    ) -> Placed | None:
        """The event as it stands now, None when it was deleted or cancelled there (R38).

        Raises AccessRevoked, CalendarUnreachable, CalendarMissing, CalendarReadOnly.
        """
        raise CalendarReadOnly("This kind of calendar cannot receive bookings.")

    def busy_beside(
        self,
        account: Account,
        calendar_id: str,
        ref: EventRef,
        window_start: datetime,
        window_end: datetime,
        deadline_seconds: float,
    ) -> list[BusyEvent]:
        """The events that block (R5) in `[window_start, window_end)` of one calendar, apart from the one that `ref`
        means; only where readings do not name events. Raises as `look_at_event`."""
        raise CalendarUnreachable("This kind of calendar is read as a whole.")

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
