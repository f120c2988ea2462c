"""Meetings in HubSpot: each booking stands there once, found again by the UID in the address of its page here."""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape

from ..errors import CrmMissing, CrmUnreachable
from ..records import CANCELLED, COMPLETED, NO_SHOW, SCHEDULED, CrmMeeting, Person, Written
from . import contacts
from .api import OBJECTS, Api, Json, path_of, understood
from .contacts import KnownContact, made_id

MEETINGS = "meetings"
# The documented property for the meeting's address elsewhere: it leads reps here, and the UID behind the # finds it.
ADDRESS = "hs_meeting_external_url"
OUTCOMES = {SCHEDULED: "SCHEDULED", COMPLETED: "COMPLETED", NO_SHOW: "NO_SHOW", CANCELLED: "CANCELED"}
TO_CONTACT = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 200}
A_BATCH = 100


def write(api: Api, person: Person, meeting: CrmMeeting) -> Written:
    """Makes the meeting stand there once. One whose id is known is changed; else it is looked for first among the
    person's meetings, which unlike the search know what was written a moment ago."""
    if meeting.id:
        _change(api, meeting.id, meeting)
        return Written(meeting.id)
    try:
        return _write_new(api, person, meeting)
    except CrmMissing:
        # Something went while it was written: the next attempt begins anew.
        raise CrmUnreachable("HubSpot does not answer as it should.") from None


def _write_new(api: Api, person: Person, meeting: CrmMeeting) -> Written:
    contact = contacts.settle(api, person)
    found = _standing(api, contact, meeting)
    if found:
        _change(api, found, meeting)
        return Written(found, contact.id)
    return Written(_make(api, contact.id, meeting), contact.id)


def _change(api: Api, meeting_id: str, meeting: CrmMeeting) -> None:
    api.ask("PATCH", path_of(OBJECTS, MEETINGS, meeting_id), body={"properties": _properties(meeting)})


def _make(api: Api, contact_id: str, meeting: CrmMeeting) -> str:
    body = {
        "properties": _properties(meeting),
        "associations": [{"to": {"id": contact_id}, "types": [TO_CONTACT]}],
    }
    answer = api.ask("POST", path_of(OBJECTS, MEETINGS), body=body)
    with understood():
        return made_id(answer.body)


def _standing(api: Api, contact: KnownContact, meeting: CrmMeeting) -> str:
    """The id of the meeting, where an attempt whose answer was lost has made it; empty where it does not stand."""
    for row in _candidates(api, contact, meeting):
        if str(row["properties"].get(ADDRESS) or "").endswith(f"#{meeting.uid}"):
            return str(row["id"])
    return ""


def _candidates(api: Api, contact: KnownContact, meeting: CrmMeeting) -> Iterator[Json]:
    """The contact's meetings; where there are more than HubSpot lists at once, what the search finds too."""
    for first in range(0, len(contact.meeting_ids), A_BATCH):
        inputs = [{"id": one} for one in contact.meeting_ids[first : first + A_BATCH]]
        body: Json = {"inputs": inputs, "properties": [ADDRESS], "propertiesWithHistory": []}
        answer = api.ask("POST", path_of(OBJECTS, MEETINGS, "batch", "read"), body=body)
        with understood():
            yield from answer.body["results"]
    if contact.more:
        wanted = {"propertyName": ADDRESS, "operator": "EQ", "value": _address(meeting)}
        body = {"filterGroups": [{"filters": [wanted]}], "properties": [ADDRESS], "limit": 1}
        answer = api.ask("POST", path_of(OBJECTS, MEETINGS, "search"), body=body)
        with understood():
            yield from answer.body["results"]


def _address(meeting: CrmMeeting) -> str:
    return f"{meeting.address}#{meeting.uid}"


def _properties(meeting: CrmMeeting) -> dict[str, str]:
    values = {
        "hs_timestamp": _instant(meeting.start),
        "hs_meeting_title": meeting.title,
        # It is shown as HTML there.
        "hs_meeting_body": "<br>".join(map(escape, meeting.lines)),
        "hs_meeting_location": meeting.location,
        "hs_meeting_start_time": _instant(meeting.start),
        "hs_meeting_end_time": _instant(meeting.end),
        "hs_meeting_outcome": OUTCOMES[meeting.outcome],
        ADDRESS: _address(meeting),
    }
    return values | ({contacts.OWNER: meeting.owner_id} if meeting.owner_id else {})


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
