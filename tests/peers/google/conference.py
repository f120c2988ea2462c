"""Google Meet: a link that is asked for, is made a while later, or is not made."""

import secrets

from .records import Calendar, Json
from .refusals import Refused
from .state import State

FIELDS = ("conferenceData", "hangoutLink")
LETTERS = "abcdefghijkmnopqrstuvwxyz"


def with_conference(google: State, calendar: Calendar, version: int, old: Json, new: Json) -> Json:
    """The event with the conference that it had, or that is asked for; only version 1 may ask."""
    had, wanted = old.get("conferenceData"), new.get("conferenceData")
    rest = {name: value for name, value in new.items() if name not in FIELDS}
    if version != 1 or wanted == had or _request_id(wanted) == _request_id(had) != "":
        return rest | {name: old[name] for name in FIELDS if name in old}
    calendar.pending.pop(new["id"], None)
    if not wanted:
        return rest
    _check(wanted, calendar)
    return rest | _requested(google, calendar, _request_id(wanted), new["id"])


def read_once(google: State, calendar: Calendar, event: Json) -> Json:
    """The event after one more read: a pending conference may be made by it."""
    left = calendar.pending.pop(event["id"], 0)
    if left > 1:
        calendar.pending[event["id"]] = left - 1
    if left != 1:
        return event
    return event | _made(google, event["conferenceData"]["createRequest"]) | {"etag": google.new_etag()}


def _check(wanted: Json, calendar: Calendar) -> None:
    if not _request_id(wanted):
        raise Refused("invalid", "A new conference needs a createRequest with a requestId.")
    kind = wanted["createRequest"].get("conferenceSolutionKey", {}).get("type", "hangoutsMeet")
    if kind not in calendar.conferences:
        raise Refused("invalid", "Invalid conference type value.")


def _requested(google: State, calendar: Calendar, request_id: str, event_id: str) -> Json:
    request = {"requestId": request_id, "conferenceSolutionKey": {"type": "hangoutsMeet"}}
    if not google.meet.reads:
        return _made(google, request)
    calendar.pending[event_id] = google.meet.reads
    return {"conferenceData": {"createRequest": {**request, "status": {"statusCode": "pending"}}}}


def _made(google: State, request: Json) -> Json:
    """What an event has once its conference is made, or could not be."""
    data: Json = {"createRequest": {**request, "status": {"statusCode": google.meet.outcome}}}
    if google.meet.outcome != "success":
        return {"conferenceData": data}
    code = "-".join("".join(secrets.choice(LETTERS) for _ in range(size)) for size in (3, 4, 3))
    link = f"https://meet.google.com/{code}"
    data["entryPoints"] = [{"entryPointType": "video", "uri": link, "label": link.removeprefix("https://")}]
    data["conferenceSolution"] = {"key": {"type": "hangoutsMeet"}, "name": "Google Meet"}
    return {"conferenceData": data | {"conferenceId": code}, "hangoutLink": link}


def _request_id(data: Json | None) -> str:
    return (data or {}).get("createRequest", {}).get("requestId", "")
