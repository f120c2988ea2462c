"""What else is busy where a meeting of ours stands: free/busy joins both into one block, a list of events does not."""

from collections.abc import Iterator
from datetime import datetime

from website.ical.feed import BusyEvent

from ..records import EventRef
from .access import EVENTS
from .api import Api, Json, path_of, understood
from .event_content import CANCELLED, when

PAGE = "250"


def busy_beside(api: Api, calendar_id: str, ref: EventRef, start: datetime, end: datetime) -> list[BusyEvent]:
    """The events that block in `[start, end)`, without the one that `ref` means (R4, R5).

    Asked for with the right to write, which whoever holds an event of ours in the calendar has: with free/busy's own
    nobody sees which invitations were declined.
    """
    found = list[BusyEvent]()
    for page in _pages(api, calendar_id, start, end):
        with understood():
            timezone = page.get("timeZone") or api.account.timezone
            for event in page.get("items", []):
                if event["id"] != ref.external_id and _blocks(event, calendar_id):
                    found.append(BusyEvent(*when(event, timezone), event["iCalUID"]))
    return found


def _pages(api: Api, calendar_id: str, start: datetime, end: datetime) -> Iterator[Json]:
    """Repeating events come as single ones, cut to the window by Google; the ends are exclusive."""
    asked = {
        "timeMin": start.isoformat(),
        "timeMax": end.isoformat(),
        "singleEvents": "true",
        "maxResults": PAGE,
    }
    page = ""
    while True:
        query = asked | ({"pageToken": page} if page else {})
        answer = api.ask(EVENTS, "GET", path_of("calendars", calendar_id, "events"), query=query).body
        yield answer
        page = answer.get("nextPageToken", "")
        if not page:
            return


def _blocks(event: Json, calendar_id: str) -> bool:
    """R5. The calendar's owner is a guest of their own, marked as such."""
    declined = any(
        (guest.get("self") or guest.get("email") == calendar_id) and guest.get("responseStatus") == "declined"
        for guest in event.get("attendees", [])
    )
    return event["status"] != CANCELLED and event.get("transparency") != "transparent" and not declined
