"""When an event is: timed or all day, and how that is shown."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .records import Calendar, Json
from .refusals import Refused


def zone(name: str) -> ZoneInfo:
    """The zone of this IANA name. Raises Refused."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Refused("invalid", f"Invalid time zone: {name}") from None


def written(moment: datetime, where: ZoneInfo) -> str:
    """A time as Google writes it: in a zone, to the second."""
    return moment.astimezone(where).isoformat(timespec="seconds").replace("+00:00", "Z")


def span(event: Json, calendar: Calendar) -> tuple[datetime, datetime]:
    """Start and end as aware datetimes; whole days are those of the calendar's zone."""
    where = ZoneInfo(calendar.time_zone)
    return _instant(event["start"], where), _instant(event["end"], where)


def check_times(event: Json, calendar: Calendar) -> None:
    """Raises Refused unless both ends are days, or both are times, in order."""
    kinds = [{"date", "dateTime"} & set(event.get(end, {})) for end in ("start", "end")]
    if kinds[0] != kinds[1] or len(kinds[0]) != 1:
        raise Refused("invalid", "Invalid start or end time.")
    for end in ("start", "end"):
        zone(event[end].get("timeZone", "UTC"))
    start, end = span(event, calendar)
    if end < start or (kinds[0] == {"date"} and end == start):
        raise Refused("timeRangeEmpty")


def shown_times(event: Json, calendar: Calendar, where: ZoneInfo) -> Json:
    """`start` and `end` as they are answered: times in the asked zone, whatever zone they came in."""
    shown = {}
    for end in ("start", "end"):
        when = event[end]
        if "dateTime" in when:
            moment = written(datetime.fromisoformat(when["dateTime"]), where)
            when = {"dateTime": moment, "timeZone": when.get("timeZone", calendar.time_zone)}
        shown[end] = when
    return shown


def _instant(when: Json, where: ZoneInfo) -> datetime:
    if "date" in when:
        return datetime.fromisoformat(when["date"]).replace(tzinfo=where)
    return datetime.fromisoformat(when["dateTime"])
