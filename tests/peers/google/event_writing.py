"""What Google makes of an event that it is given, and when it refuses it."""

import re

from .conference import with_conference
from .records import Account, Calendar, Json, new_event_id
from .refusals import Refused
from .state import State
from .times import check_times, span

OURS = ("kind", "etag", "id", "iCalUID", "created", "updated", "creator", "organizer", "htmlLink", "hangoutLink",
        "sequence")  # fmt: skip
USUAL = {"status": "confirmed", "eventType": "default", "reminders": {"useDefault": True}}
LONGEST_REMINDER = 40_320


def new_event(google: State, calendar: Calendar, creator: Account, body: Json) -> Json:
    """An event with all that Google adds to it, not yet kept. Raises Refused for an id that cannot be."""
    event_id = body.get("id", new_event_id())
    if not re.fullmatch("[0-9a-v]{5,1024}", event_id):
        raise Refused("invalid", "Invalid resource id value.")
    if "id" in body and "iCalUID" in body:
        raise Refused("invalid", "Give either id or iCalUID, not both.")
    if event_id in calendar.events:
        raise Refused("duplicate")
    return {
        **USUAL,
        **given(body),
        "kind": "calendar#event",
        "id": event_id,
        "iCalUID": body.get("iCalUID", f"{event_id}@google.com"),
        "sequence": 0,
        "created": google.stamp(),
        "creator": {"email": creator.email} | ({"self": True} if creator.email == calendar.id else {}),
        "organizer": {"email": calendar.id, "self": True},
        "htmlLink": f"{google.base}/calendar/event?eid={event_id}",
    }


def given(body: Json) -> Json:
    """What a client may say of an event; the rest is Google's and is passed over."""
    return {name: value for name, value in body.items() if name not in OURS}


def merged(old: Json, patch: Json) -> Json:
    """A patch laid over what was (RFC 7396): null takes away, lists are replaced whole."""
    new = dict(old)
    for name, value in patch.items():
        if value is None:
            new.pop(name, None)
        else:
            new[name] = merged(old.get(name, {}), value) if isinstance(value, dict) else value
    return new


def keep(google: State, calendar: Calendar, old: Json, new: Json, conference_version: int = 0) -> Json:
    """Puts an event into its calendar, new (`old` empty) or changed. Raises Refused."""
    _check(new, calendar)
    new = with_conference(google, calendar, conference_version, old, new)
    moved = bool(old) and span(old, calendar) != span(new, calendar)
    new |= {"sequence": new["sequence"] + moved, "etag": google.new_etag(), "updated": google.stamp()}
    if "attendees" in new:
        new["attendees"] = [_attendee(attendee, new, calendar) for attendee in new["attendees"]]
    calendar.events[new["id"]] = new
    return new


def cancel(google: State, calendar: Calendar, event: Json) -> None:
    """Deletes an event: it can still be got, and its id stays taken."""
    calendar.pending.pop(event["id"], None)
    news = {"status": "cancelled", "etag": google.new_etag(), "updated": google.stamp()}
    calendar.events[event["id"]] = event | news


def _attendee(attendee: Json, event: Json, calendar: Calendar) -> Json:
    flags = {"self": calendar.id, "organizer": event["organizer"]["email"]}
    true = {name: True for name, email in flags.items() if email == attendee["email"]}
    return {"responseStatus": "needsAction", **attendee, **true}


def _check(event: Json, calendar: Calendar) -> None:
    if event["status"] == "cancelled" or "recurrence" in event:
        raise Refused("notImplemented", "This stand-in neither deletes by status nor repeats events.")
    check_times(event, calendar)
    if not all(re.fullmatch(r"[^@\s]+@[^@\s]+", a.get("email", "")) for a in event.get("attendees", [])):
        raise Refused("invalid", "Invalid attendee email.")
    if not event.get("source", {}).get("url", "https:").startswith(("http:", "https:")):
        raise Refused("invalid", "Invalid source URL.")
    _check_reminders(event.get("reminders", {}))


def _check_reminders(reminders: Json) -> None:
    overrides = reminders.get("overrides", [])
    if overrides and reminders.get("useDefault"):
        raise Refused("invalid", "Cannot specify both default reminders and overrides at the same time.")
    whole = all(
        "method" in reminder and 0 <= reminder.get("minutes", -1) <= LONGEST_REMINDER
        for reminder in overrides
    )
    if len(overrides) > 5 or not whole:
        raise Refused("invalid", "Invalid reminder overrides.")
