"""CalDAV (RFC 4791): iCloud, Fastmail, Nextcloud, and every other server that speaks it."""

from datetime import datetime
from urllib.parse import urlsplit

from website.sentences import gettext_noop

from .base import CalendarProvider, Capabilities, ConnectField
from .dav import discovery
from .dav.event import EventKeeper
from .dav.reading import BusyReader
from .dav.server import DavServer, address_of, dav_server
from .errors import CalendarError
from .records import Account, CalendarEvent, EventRef, FoundCalendar, Placed, Reading

ONLY = "main"
"""The calendar at the account's own address, where the account was not linked by looking for its calendars."""


class CalDav(CalendarProvider):
    """A user's account on a CalDAV server. A calendar's id is its address; our events carry neither guests nor an
    organizer, so that no server writes to anybody (R34)."""

    key = "caldav"
    label = gettext_noop("CalDAV")
    speaker = gettext_noop("The calendar server")
    description = gettext_noop("iCloud, Fastmail, Nextcloud and others: read and written directly.")
    capabilities = Capabilities(writes=True, max_age_minutes=30, poll_minutes=2)
    connect_fields = (
        ConnectField(
            "url",
            gettext_noop("Address of the server"),
            type="url",
            hint=gettext_noop(
                "iCloud: https://caldav.icloud.com/ · Fastmail: https://caldav.fastmail.com/dav/ · "
                "Nextcloud: https://your.server/remote.php/dav"
            ),
        ),
        ConnectField("username", gettext_noop("User name")),
        ConnectField(
            "password",
            gettext_noop("Password"),
            type="password",
            hint=gettext_noop(
                "iCloud, Fastmail and Nextcloud want an app password, made in your settings there."
            ),
        ),
    )

    def account_line(self, account: Account) -> str:
        """The user name, and the server's host."""
        try:
            host = urlsplit(address_of(account)).hostname
        except CalendarError:  # an address that was never any good
            host = None
        return f"{account.secret['username']} @ {host}" if host else account.secret["username"]

    def find_calendars(self, account: Account, deadline_seconds: float) -> list[FoundCalendar]:
        with dav_server(account, deadline_seconds) as server:
            return discovery.find(server)

    def read_busy(
        self, account: Account, window_start: datetime, window_end: datetime, deadline_seconds: float
    ) -> Reading:
        with dav_server(account, deadline_seconds) as server:
            addresses = {id: _address(server, id) for id in account.calendars}
            return BusyReader(server, account, window_start, window_end).read(addresses)

    def put_event(
        self, account: Account, calendar_id: str, event: CalendarEvent, ref: EventRef, deadline_seconds: float
    ) -> Placed:
        with dav_server(account, deadline_seconds) as server:
            return EventKeeper(server, account, _address(server, calendar_id)).put(event, ref)

    def remove_event(
        self,
        account: Account,
        calendar_id: str,
        ref: EventRef,
        deadline_seconds: float,
        *,
        handed_on: bool = False,
    ) -> None:
        with dav_server(account, deadline_seconds) as server:
            EventKeeper(server, account, _address(server, calendar_id)).remove(ref)

    def look_at_event(
        self, account: Account, calendar_id: str, ref: EventRef, deadline_seconds: float
    ) -> Placed | None:
        with dav_server(account, deadline_seconds) as server:
            return EventKeeper(server, account, _address(server, calendar_id)).look(ref)


def _address(server: DavServer, calendar_id: str) -> str:
    return server.url if calendar_id == ONLY else calendar_id
