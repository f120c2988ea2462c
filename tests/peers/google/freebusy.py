"""freebusy.query: when calendars are busy, without saying why."""

from datetime import datetime, timedelta

from .asked import Asked
from .records import Calendar, Json
from .refusals import Refused
from .state import State
from .times import span, written, zone

MOST_CALENDARS = 50
LONGEST = timedelta(days=62)
Block = tuple[datetime, datetime]


def query(google: State, asked: Asked) -> Json:
    """A calendar that cannot be read has `errors`, inside an answer that is otherwise good."""
    start, end = _window(asked.body)
    where = zone(asked.body.get("timeZone", "UTC"))
    names = _names(google, asked)
    answers = {}
    for name, reason in names.items():
        blocks = [] if reason else _blocks(google.calendars[asked.find_id(name)], start, end)
        answers[name] = {"busy": [{"start": written(a, where), "end": written(b, where)} for a, b in blocks]}
        if reason:
            answers[name]["errors"] = [{"domain": "global", "reason": reason}]
    window = {"timeMin": written(start, where), "timeMax": written(end, where)}
    return {"kind": "calendar#freeBusy", **window, "calendars": answers}


def _window(body: Json) -> Block:
    if "timeMin" not in body or "timeMax" not in body:
        raise Refused("required", "Missing timeMin or timeMax parameter.")
    start, end = (datetime.fromisoformat(body[name]) for name in ("timeMin", "timeMax"))
    if end <= start:
        raise Refused("timeRangeEmpty")
    if end - start > LONGEST:
        raise Refused("timeRangeTooLong")
    return start, end


def _names(google: State, asked: Asked) -> dict[str, str | None]:
    """The calendars to speak of, as they were called, each with the reason why it fails."""
    names = [item["id"] for item in asked.body.get("items", []) if "id" in item]
    most = asked.body.get("calendarExpansionMax", MOST_CALENDARS)
    if most > MOST_CALENDARS:
        raise Refused("invalid", "calendarExpansionMax is too large.")
    if len(names) > most:
        google.complain("calendar.freebusy.query", f"{len(names)} calendars, of which {most} are allowed")
        return dict.fromkeys(names, "tooManyCalendarsRequested")
    reasons = {name: _failure(google.calendars.get(asked.find_id(name)), asked) for name in names}
    return {name: reason for name, reason in reasons.items() if reason != "omitted"}


def _failure(calendar: Calendar | None, asked: Asked) -> str | None:
    if calendar is None or calendar.id not in asked.account.roles:
        return "notFound"
    return calendar.broken


def _blocks(calendar: Calendar, start: datetime, end: datetime) -> list[Block]:
    """The busy times in `[start, end)`, in order; what touches is one block."""
    blocks: list[Block] = []
    spans = (span(event, calendar) for event in calendar.events.values() if _blocks_time(event, calendar))
    for first, last in sorted((max(a, start), min(b, end)) for a, b in spans if a < end and b > start):
        if blocks and first <= blocks[-1][1]:
            blocks[-1] = (blocks[-1][0], max(last, blocks[-1][1]))
        else:
            blocks.append((first, last))
    return blocks


def _blocks_time(event: Json, calendar: Calendar) -> bool:
    declined = any(
        attendee["email"] == calendar.id and attendee.get("responseStatus") == "declined"
        for attendee in event.get("attendees", [])
    )
    return event["status"] != "cancelled" and event.get("transparency") != "transparent" and not declined
