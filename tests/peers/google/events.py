"""events: insert, get, patch, update, delete, list."""

from .asked import Asked, page
from .conference import read_once
from .event_reading import fits, shown
from .event_writing import OURS, USUAL, cancel, given, keep, merged, new_event
from .invitations import invite
from .records import Calendar, Json
from .refusals import Refused
from .state import State
from .times import span


def insert(google: State, asked: Asked) -> Json:
    """Creates an event, with an id that the client may choose."""
    calendar = asked.calendar(google, writing=True)
    return _kept(google, asked, calendar, {}, new_event(google, calendar, asked.account, asked.body))


def get(google: State, asked: Asked) -> Json:
    """An event, also a deleted one."""
    calendar = asked.calendar(google)
    event = read_once(google, calendar, _found(calendar, asked))
    calendar.events[event["id"]] = event
    return shown(event, calendar, asked)


def patch(google: State, asked: Asked) -> Json:
    """Changes what is named."""
    calendar, old = _changeable(google, asked)
    return _kept(google, asked, calendar, old, merged(old, given(asked.body)))


def update(google: State, asked: Asked) -> Json:
    """Replaces an event; what is not named is gone."""
    calendar, old = _changeable(google, asked)
    fixed = {name: old[name] for name in OURS if name in old}
    return _kept(google, asked, calendar, old, {**USUAL, **given(asked.body), **fixed})


def delete(google: State, asked: Asked) -> None:
    """Deletes an event, once."""
    calendar = asked.calendar(google, writing=True)
    old = _found(calendar, asked)
    if old["status"] == "cancelled":
        raise Refused("deleted")
    _check_etag(old, asked)
    cancel(google, calendar, old)
    invite(google, calendar, _send_updates(asked), old, {})


def list_events(google: State, asked: Asked) -> Json:
    """The events that fit, in the order that was asked for."""
    calendar = asked.calendar(google)
    order = asked.query.get("orderBy")
    if order == "startTime" and not asked.query.get("singleEvents"):
        raise Refused("invalid", "The requested ordering is not available for the particular query.")
    found = [event for event in calendar.events.values() if fits(event, calendar, asked)]
    if order:
        found.sort(key=lambda event: span(event, calendar) if order == "startTime" else event["updated"])
    return {
        "kind": "calendar#events",
        "etag": google.new_etag(),
        "updated": google.stamp(),
        "summary": calendar.summary,
        "timeZone": asked.query.get("timeZone", calendar.time_zone),
        "accessRole": asked.account.roles[calendar.id],
        "defaultReminders": [],
        **page([shown(event, calendar, asked) for event in found], asked.query, 250, google),
    }


def _found(calendar: Calendar, asked: Asked) -> Json:
    if asked.path["eventId"] not in calendar.events:
        raise Refused("notFound")
    return calendar.events[asked.path["eventId"]]


def _changeable(google: State, asked: Asked) -> tuple[Calendar, Json]:
    calendar = asked.calendar(google, writing=True)
    event = _found(calendar, asked)
    if event["status"] == "cancelled":
        raise Refused("forbidden")
    if not event["organizer"].get("self"):
        raise Refused("forbiddenForNonOrganizer")
    _check_etag(event, asked)
    return calendar, event


def _check_etag(event: Json, asked: Asked) -> None:
    if asked.if_match not in (None, "*", event["etag"]):
        raise Refused("conditionNotMet")


def _kept(google: State, asked: Asked, calendar: Calendar, old: Json, new: Json) -> Json:
    new = keep(google, calendar, old, new, asked.query.get("conferenceDataVersion", 0))
    invite(google, calendar, _send_updates(asked), old, new)
    return shown(new, calendar, asked)


def _send_updates(asked: Asked) -> str:
    return asked.query.get("sendUpdates", "none")
