"""What a meeting of ours is as an event of Google's, and the way back.

An event carries, on the host's copy alone, whose it is and a fingerprint of each part as we last wrote it. So a
later change touches only the parts that changed with us, and leaves alone what the host changed in the others.
"""

import hashlib
import html
import json
from datetime import UTC, datetime, time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ..records import CalendarEvent, EventRef, Placed
from .api import Json

KEY, GENERATION, WRITTEN = "firsthandKey", "firsthandGeneration", "firsthandWritten"
WHEN = "when"
CANCELLED = "cancelled"
Interval = tuple[datetime, datetime]


def new_event(event: CalendarEvent, ref: EventRef) -> Json:
    """The body of an event that does not stand in the calendar yet, with the id of `ref`."""
    fields = {name: value for name, value in _fields(event).items() if value}
    return {
        "id": ref.external_id,
        **fields,
        **_times(event),
        **_marks(event, ref),
        "guestsCanInviteOthers": False,
        "reminders": {"useDefault": True},
        **(_meet(event, ref) if event.meeting else {}),
    }


def changes(resource: Json, event: CalendarEvent, ref: EventRef, timezone: str) -> Json:
    """The body of a patch that makes the event say what it is to say; empty where it does."""
    before, after = _written(resource), _fingerprints(event)
    body = {name: value or None for name, value in _fields(event).items() if before.get(name) != after[name]}
    if "attendees" in body:
        body["attendees"] = _attendees(resource, event)
    if when(resource, timezone) != (event.start, event.end):
        body |= {name: {"date": None, **value} for name, value in _times(event).items()}
    if body and event.meeting and not _has_meeting(resource):
        body |= _meet(event, ref)
    return body | _marks(event, ref) if body or before != after else {}


def was_moved(resource: Json, event: CalendarEvent, ref: EventRef, timezone: str) -> bool:
    """Whether somebody else gave the event another time since `ref.etag`, and not the one it is to have."""
    stands = when(resource, timezone)
    as_written = _digest(_named(stands)) == _written(resource).get(WHEN)
    return not as_written and stands != (event.start, event.end) and str(resource["etag"]) != ref.etag


def tells_guests(resource: Json, body: Json) -> bool:
    """Whether a patch is of any concern to guests, and there are or were some."""
    visible = set(body) - {"extendedProperties"}
    return bool(visible and (resource.get("attendees") or body.get("attendees")))


def is_ours(resource: Json, ref: EventRef) -> bool:
    """Whether an event that has the id which we chose stands for this booking, and still stands."""
    marks = resource.get("extendedProperties", {}).get("private", {})
    return bool(resource["status"] != CANCELLED and marks.get(KEY) == ref.key)


def placed(resource: Json, ref: EventRef, timezone: str) -> Placed:
    """How an event stands."""
    start, end = when(resource, timezone)
    known = EventRef(ref.key, ref.generation, resource["id"], resource["iCalUID"], resource["etag"])
    address, link = resource.get("htmlLink", ""), resource.get("hangoutLink", "")
    return Placed(known, start, end, address, link, _meeting_state(resource) == "pending")


def when(resource: Json, timezone: str) -> Interval:
    """`[start, end)` of an event in UTC; whole days are those of `timezone` (IANA), as an event does not say its
    calendar's."""
    return _instant(resource["start"], timezone), _instant(resource["end"], timezone)


def _instant(moment: Json, timezone: str) -> datetime:
    if "dateTime" in moment:
        return datetime.fromisoformat(moment["dateTime"]).astimezone(UTC)
    day, zone = datetime.fromisoformat(moment["date"]).date(), ZoneInfo(timezone)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _times(event: CalendarEvent) -> Json:
    zone = ZoneInfo(event.timezone)
    return {
        name: {"dateTime": moment.astimezone(zone).isoformat(), "timeZone": event.timezone}
        for name, moment in (("start", event.start), ("end", event.end))
    }


def _fields(event: CalendarEvent) -> Json:
    """The parts that can change, apart from the times; empty ones are to be absent. A description is HTML to Google,
    and ours is not. A meeting that Google makes says itself where it is."""
    source = {"title": event.title, "url": event.address}
    return {
        "summary": event.title,
        "description": html.escape(event.description, quote=False),
        "location": "" if event.meeting else event.location,
        "attendees": [_guest(email, name) for email, name in _named_once(event)],
        "source": source if urlsplit(event.address).scheme in ("http", "https") else {},
    }


def _named_once(event: CalendarEvent) -> list[tuple[str, str]]:
    return list({email.lower(): (email, name) for email, name in reversed(event.guests)}.values())[::-1]


def _guest(email: str, name: str) -> Json:
    return {"email": email, "responseStatus": "needsAction", **({"displayName": name} if name else {})}


def _attendees(resource: Json, event: CalendarEvent) -> list[Json]:
    """A patch replaces all attendees: whoever stays keeps their answer, and the host's own entry stays."""
    present = {one.get("email", "").lower(): one for one in resource.get("attendees", [])}
    wanted = {guest["email"].lower(): guest for guest in _fields(event)["attendees"]}
    hosts = [one for email, one in present.items() if one.get("self") and email not in wanted]
    return hosts + [present.get(email, guest) for email, guest in wanted.items()]


def _marks(event: CalendarEvent, ref: EventRef) -> Json:
    written = " ".join(f"{name}={digest}" for name, digest in sorted(_fingerprints(event).items()))
    private = {KEY: ref.key, GENERATION: str(ref.generation), WRITTEN: written}
    return {"extendedProperties": {"private": private}}


def _written(resource: Json) -> dict[str, str]:
    """The fingerprints of what we last wrote, by part."""
    text = resource.get("extendedProperties", {}).get("private", {}).get(WRITTEN, "")
    return {name: digest for name, _, digest in (part.partition("=") for part in text.split())}


def _fingerprints(event: CalendarEvent) -> dict[str, str]:
    parts = {**_fields(event), WHEN: _named((event.start, event.end))}
    return {name: _digest(value) for name, value in parts.items()}


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _named(interval: Interval) -> list[str]:
    return [moment.astimezone(UTC).isoformat() for moment in interval]


def _meet(event: CalendarEvent, ref: EventRef) -> Json:
    """A request with an id that was used is passed over, so each version of an event has its own."""
    key = {"type": "hangoutsMeet"}
    request = {"requestId": f"{ref.external_id}-{event.sequence}", "conferenceSolutionKey": key}
    return {"conferenceData": {"createRequest": request}}


def _has_meeting(resource: Json) -> bool:
    return bool(resource.get("conferenceData")) and _meeting_state(resource) != "failure"


def _meeting_state(resource: Json) -> str:
    request = resource.get("conferenceData", {}).get("createRequest", {})
    return str(request.get("status", {}).get("statusCode", ""))
