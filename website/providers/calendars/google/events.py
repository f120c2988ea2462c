"""Putting meetings into a calendar, and taking them out, so that doing it again changes nothing (R32)."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from website.config import in_force

from ..errors import CalendarUnreachable, EventChanged, EventGone
from ..records import CalendarEvent, EventRef, Placed
from .access import BUSY, EVENTS
from .api import Answer, Api, Json, path_of, understood
from .event_content import CANCELLED, changes, is_ours, new_event, placed, tells_guests, was_moved

MOST_GENERATIONS = 10
MOST_TRIES = 3
GONE = (404, 410)
DUPLICATE, CONFLICT, WRONG = 409, 412, 400


def put(api: Api, calendar_id: str, event: CalendarEvent, ref: EventRef) -> Placed:
    """Creates the event, or changes what differs from what we last wrote."""
    timezone = api.account.timezone
    for _ in range(MOST_TRIES):
        resource, known = _standing(api, calendar_id, event, ref)
        with understood():
            if was_moved(resource, event, ref, timezone):
                raise EventChanged("The event was moved in the calendar.")
            body = changes(resource, event, known, timezone)
            if not body:
                return placed(resource, known, timezone)
        answer = _patch(api, calendar_id, resource, body)
        if answer.status in GONE:
            raise EventGone("The event is no longer in the calendar.")
        if answer.ok:
            with understood():
                return placed(answer.body, known, timezone)
    raise CalendarUnreachable("The event keeps being changed by somebody else.")


def remove(api: Api, calendar_id: str, ref: EventRef, *, handed_on: bool) -> None:
    """Deletes the event, telling its guests; where we do not know that it was created, that too is found out.

    Of a meeting that was `handed_on`, guests with a Google calendar are not told: the event vanishes from it. In other
    calendars it would stay for ever if nobody told them.
    """
    telling = "externalOnly" if handed_on else "all"
    if ref.external_id:
        _delete(api, calendar_id, ref.external_id, telling)
        return
    for known in _generations(api, calendar_id, ref):
        resource = _get(api, calendar_id, known.external_id)
        if resource is None:
            return
        with understood():
            ours = is_ours(resource, known)
        if ours:
            _delete(api, calendar_id, known.external_id, telling)
            return


def look(api: Api, calendar_id: str, ref: EventRef) -> Placed | None:
    """The event as it stands, None when it is gone."""
    known = ref if ref.external_id else next(_generations(api, calendar_id, ref))
    resource = _get(api, calendar_id, known.external_id)
    with understood():
        if resource is None or resource["status"] == CANCELLED:
            return None
        return placed(resource, known, api.account.timezone)


def _generations(api: Api, calendar_id: str, ref: EventRef) -> Iterator[EventRef]:
    """The ids that an event may have, in their order: one that was deleted stays taken for ever.

    They differ from calendar to calendar, so that no guest takes the event of one host for that of another.
    """
    place = f"{in_force().base_url}/{api.account.id}/{calendar_id}/{ref.key}"
    for generation in range(ref.generation, ref.generation + MOST_GENERATIONS):
        event_id = uuid5(NAMESPACE_URL, f"{place}/{generation}").hex
        yield replace(ref, generation=generation, external_id=event_id)


def _standing(api: Api, calendar_id: str, event: CalendarEvent, ref: EventRef) -> tuple[Json, EventRef]:
    """The event as it stands, created if it does not yet. Raises EventGone."""
    if ref.external_id:
        resource = _get(api, calendar_id, ref.external_id)
        with understood():
            if resource is None or resource["status"] == CANCELLED:
                raise EventGone("The event is no longer in the calendar.")
            return resource, ref
    for known in _generations(api, calendar_id, ref):
        answer = _insert(api, calendar_id, event, known)
        resource = answer.body if answer.ok else _get(api, calendar_id, known.external_id)
        with understood():
            if resource is not None and is_ours(resource, known):
                return resource, known
    raise CalendarUnreachable("Google takes none of our ids for this event.")


def _insert(api: Api, calendar_id: str, event: CalendarEvent, ref: EventRef) -> Answer:
    address = path_of("calendars", calendar_id, "events")
    return _write(api, "POST", address, new_event(event, ref), bool(event.guests))


def _patch(api: Api, calendar_id: str, resource: Json, body: Json) -> Answer:
    with understood():
        address, etag = path_of("calendars", calendar_id, "events", resource["id"]), resource["etag"]
    return _write(api, "PATCH", address, body, tells_guests(resource, body), etag)


def _write(api: Api, verb: str, address: str, body: Json, telling: bool, etag: str = "") -> Answer:
    """Writes an event; without its video meeting where the calendar allows none."""
    query = {"sendUpdates": "all" if telling else "none", "conferenceDataVersion": "1"}
    allowed = (CONFLICT, *GONE) if verb == "PATCH" else (DUPLICATE,)
    if "conferenceData" in body:
        answer = api.ask(EVENTS, verb, address, query=query, body=body, etag=etag, allowed=(*allowed, WRONG))
        if answer.status != WRONG:
            return answer
        body = {name: value for name, value in body.items() if name != "conferenceData"}
    return api.ask(EVENTS, verb, address, query=query, body=body, etag=etag, allowed=allowed)


def _get(api: Api, calendar_id: str, event_id: str) -> Json | None:
    """The event with this id, also a cancelled one; None if there never was one."""
    answer = api.ask(BUSY, "GET", path_of("calendars", calendar_id, "events", event_id), allowed=GONE)
    if answer.status == 404:
        return None
    return {"status": CANCELLED} if answer.status == 410 else answer.body


def _delete(api: Api, calendar_id: str, event_id: str, telling: str) -> None:
    address = path_of("calendars", calendar_id, "events", event_id)
    api.ask(EVENTS, "DELETE", address, query={"sendUpdates": telling}, allowed=GONE)
