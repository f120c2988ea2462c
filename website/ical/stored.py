"""One event as it stands in a calendar, however its owner's program has written it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from website.ical.feed import FeedTooLarge, NotACalendar
from website.ical.write import WRITTEN
from website.ical.zones import instant, settle_times

MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """`[start, end)` are aware UTC datetimes. `written` is what the event says of the times that we gave it
    (`website.ical.write.WRITTEN`), empty where it says nothing."""

    start: datetime
    end: datetime
    title: str = ""
    description: str = ""
    location: str = ""
    cancelled: bool = False
    written: str = ""


def parse_event(data: bytes, *, uid: str, timezone: str) -> StoredEvent | None:
    """As `website.ical.read.read_event`, without its deadline. Raises NotACalendar, FeedTooLarge."""
    if len(data) > MAX_BYTES:
        raise FeedTooLarge("The event is larger than 2 MB.")
    try:
        calendar = Calendar.from_ical(data)
        found = [event for event in calendar.walk("VEVENT") if str(event.get("UID", "")) == uid]
        # Of a meeting that its host made a series of, the series is what stands; its exceptions come after it.
        found.sort(key=lambda event: "RECURRENCE-ID" in event)
        return _stored(found[0], ZoneInfo(timezone)) if found else None
    except Exception as error:  # the parser lets its dependencies' errors through
        raise NotACalendar("The event cannot be read.") from error


def _stored(event: Any, zone: ZoneInfo) -> StoredEvent:
    settle_times(event, zone)
    return StoredEvent(
        start=instant(event.start, zone),
        end=instant(event.end, zone),
        title=str(event.get("SUMMARY", "")),
        description=str(event.get("DESCRIPTION", "")),
        location=str(event.get("LOCATION", "")),
        cancelled=str(event.get("STATUS", "")).strip().upper() == "CANCELLED",
        written=str(event.get(WRITTEN, "")),
    )
