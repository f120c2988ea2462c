"""Google Calendar behind the interface of calendar providers."""

from collections.abc import Mapping
from datetime import datetime

from website import clock
from website.ical.feed import BusyEvent
from website.sentences import gettext_noop

from ..base import CalendarProvider, Capabilities
from ..records import (
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
from . import beside, busy, calendar_list, channels, events
from .access import SIGN_IN
from .api import Api
from .deadline import Deadline
from .tokens import give_back


class GoogleCalendar(CalendarProvider):
    """Reads free/busy time, and writes events whose guests Google itself invites."""

    key = "google"
    label = gettext_noop("Google Calendar")
    speaker = gettext_noop("Google")
    description = gettext_noop(
        "Linked by signing in at Google, which also sends your guests their invitations."
    )
    capabilities = Capabilities(writes=True, invites=True, meets=True, notifies=True, names_events=False)
    sign_in = SIGN_IN

    def account_line(self, account: Account) -> str:
        return self.label

    def find_calendars(self, account: Account, deadline_seconds: float) -> list[FoundCalendar]:
        with Api(account, deadline_seconds) as api:
            return calendar_list.find_calendars(api, clock.now())

    def read_busy(
        self, account: Account, window_start: datetime, window_end: datetime, deadline_seconds: float
    ) -> Reading:
        with Api(account, deadline_seconds) as api:
            return busy.read_busy(api, account.calendars, window_start, window_end)

    def put_event(
        self, account: Account, calendar_id: str, event: CalendarEvent, ref: EventRef, deadline_seconds: float
    ) -> Placed:
        with Api(account, deadline_seconds) as api:
            return events.put(api, calendar_id, event, ref)

    def remove_event(
        self,
        account: Account,
        calendar_id: str,
        ref: EventRef,
        deadline_seconds: float,
        *,
        handed_on: bool = False,
    ) -> None:
        with Api(account, deadline_seconds) as api:
            events.remove(api, calendar_id, ref, handed_on=handed_on)

    def look_at_event(
        self, account: Account, calendar_id: str, ref: EventRef, deadline_seconds: float
    ) -> Placed | None:
        with Api(account, deadline_seconds) as api:
            return events.look(api, calendar_id, ref)

    def busy_beside(
        self,
        account: Account,
        calendar_id: str,
        ref: EventRef,
        window_start: datetime,
        window_end: datetime,
        deadline_seconds: float,
    ) -> list[BusyEvent]:
        with Api(account, deadline_seconds) as api:
            return beside.busy_beside(api, calendar_id, ref, window_start, window_end)

    def disconnect(self, account: Account, deadline_seconds: float) -> None:
        give_back(account, Deadline(deadline_seconds))

    def watch(
        self, account: Account, calendar_id: str, channel: ChannelRequest, deadline_seconds: float
    ) -> Watching:
        with Api(account, deadline_seconds) as api:
            return channels.watch(api, calendar_id, channel)

    def stop_watching(self, account: Account, name: str, resource: str, deadline_seconds: float) -> None:
        with Api(account, deadline_seconds) as api:
            channels.stop(api, name, resource)

    def notice(self, headers: Mapping[str, str]) -> Notice | None:
        return channels.notice_of(headers)
