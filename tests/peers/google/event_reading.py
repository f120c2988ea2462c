"""Which events a list shows, and how much of each is seen."""

from datetime import datetime

from .asked import Asked
from .records import Calendar, Json
from .times import shown_times, span, zone

WITHOUT_DETAILS = ("kind", "etag", "id", "iCalUID", "status", "htmlLink", "updated", "sequence", "transparency",
                   "eventType")  # fmt: skip
_time = datetime.fromisoformat


def shown(event: Json, calendar: Calendar, asked: Asked) -> Json:
    """The event as this client may see it, its times in the asked zone or the calendar's."""
    where = zone(asked.query.get("timeZone", calendar.time_zone))
    seen = event
    if not asked.sees_details(calendar):
        seen = {name: event[name] for name in WITHOUT_DETAILS if name in event} | {"visibility": "private"}
    return seen | shown_times(event, calendar, where)


def fits(event: Json, calendar: Calendar, asked: Asked) -> bool:
    """Whether a list that was asked for so holds the event."""
    query = asked.query
    start, end = span(event, calendar)
    return (
        (event["status"] != "cancelled" or query.get("showDeleted", "updatedMin" in query))
        and ("timeMin" not in query or end > _time(query["timeMin"]))
        and ("timeMax" not in query or start < _time(query["timeMax"]))
        and event["iCalUID"] == query.get("iCalUID", event["iCalUID"])
        and event["eventType"] in query.get("eventTypes", [event["eventType"]])
        and ("updatedMin" not in query or _time(event["updated"]) >= _time(query["updatedMin"]))
        and _marks(event, calendar, asked) >= set(query.get("privateExtendedProperty", []))
    )


def _marks(event: Json, calendar: Calendar, asked: Asked) -> set[str]:
    if not asked.sees_details(calendar):
        return set()
    return {
        f"{name}={value}" for name, value in event.get("extendedProperties", {}).get("private", {}).items()
    }
