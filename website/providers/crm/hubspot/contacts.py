"""Contacts in HubSpot: found by e-mail address, made, and given an owner where they have none."""

import logging
import re
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from ..errors import CrmError, CrmMissing, CrmRejected, CrmTooSlow, CrmUnreachable
from ..records import FoundContact, Person
from .api import OBJECTS, TOO_SLOW, Answer, Api, Json, path_of, understood

log = logging.getLogger(__name__)

MOST_AT_ONCE = 32
OWNER = "hubspot_owner_id"
FURTHER = "hs_additional_emails"
# More than are ever looked at: the search also finds addresses that only resemble the one that is looked for.
FOUND_AT_MOST = 10
EXISTING = re.compile(r"Existing ID: (\d+)")

_pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="crm")
Found = Sequence[FoundContact] | CrmError


def find(api: Api, address: str) -> Sequence[FoundContact]:
    """The contacts with this address, by reading it directly and by searching among further addresses.

    Both are asked at once and waited for, whoever it is (R22). A search that fails is made up for by the direct
    reading, and the other way round where the search finds somebody.
    """
    asked = [_pool.submit(ask, api, address) for ask in (_read, _search)]
    wait(asked, timeout=api.left())
    direct, searched = (_outcome(one) for one in asked)
    if isinstance(searched, CrmMissing) and not direct:
        raise searched  # no search is missing where the paths are right, so the contact may not be either
    if isinstance(direct, CrmError):
        if isinstance(searched, CrmError) or not searched:
            raise direct
        return searched
    more = () if isinstance(searched, CrmError) else searched
    return list({contact.id: contact for contact in (*more, *direct)}.values())


def _outcome(asked: "Future[list[FoundContact]]") -> Found:
    """What came of one of the two. A thread that hangs where no deadline reaches it is left behind."""
    asked.cancel()
    if not asked.done() or asked.cancelled():
        return CrmTooSlow(TOO_SLOW)
    error = asked.exception()
    if error is None:
        return asked.result()
    if not isinstance(error, CrmError):
        log.error("a contact was not found in a way that nobody expected: %s", type(error).__name__)
        return CrmUnreachable("HubSpot could not be asked.")
    return error


def _read(api: Api, address: str) -> list[FoundContact]:
    query = {"idProperty": "email", "properties": f"email,{OWNER}"}
    answer = api.ask("GET", path_of(OBJECTS, "contacts", address), query=query, allowed=(404,))
    with understood():
        return [_contact(answer.body)] if answer.status != 404 else []


def _search(api: Api, address: str) -> list[FoundContact]:
    groups = [
        {"filters": [{"propertyName": "email", "operator": "EQ", "value": address}]},
        {"filters": [{"propertyName": FURTHER, "operator": "CONTAINS_TOKEN", "value": address}]},
    ]
    body = {"filterGroups": groups, "properties": ["email", FURTHER, OWNER], "limit": FOUND_AT_MOST}
    answer = api.ask("POST", path_of(OBJECTS, "contacts", "search"), body=body)
    with understood():
        return [_contact(row) for row in answer.body["results"] if address in _addresses(row)]


def _contact(row: Json) -> FoundContact:
    return FoundContact(str(row["id"]), row["properties"].get(OWNER) or "")


def _addresses(row: Json) -> set[str]:
    values = row["properties"]
    listed = [values.get("email") or "", *(values.get(FURTHER) or "").split(";")]
    return {one.strip().lower() for one in listed}


@dataclass(frozen=True, slots=True)
class KnownContact:
    """A contact and the ids of the meetings that stand with it; `more`: there are others beside."""

    id: str
    meeting_ids: tuple[str, ...] = ()
    more: bool = False


def settle(api: Api, person: Person) -> KnownContact:
    """The person's contact, made where there is none; who owns it is read right before it is given an owner, and an
    owner is never replaced (R25)."""
    answer = _with_meetings(api, person.email, by="email", allowed=(404,))
    if answer.status == 404:
        made = _make(api, person)
        if isinstance(made, KnownContact):
            return made
        answer = _with_meetings(api, made)
    with understood():
        contact, known = _contact(answer.body), _known(answer.body)
    if person.new_owner and not contact.owner_id:
        body = {"properties": {OWNER: person.new_owner}}
        api.ask("PATCH", path_of(OBJECTS, "contacts", contact.id), body=body)
    return known


def _with_meetings(api: Api, name: str, by: str = "", allowed: Sequence[int] = ()) -> Answer:
    query = {"properties": f"email,{OWNER}", "associations": "meetings"} | ({"idProperty": by} if by else {})
    return api.ask("GET", path_of(OBJECTS, "contacts", name), query=query, allowed=allowed)


def _make(api: Api, person: Person) -> KnownContact | str:
    """The new contact; the id of one that has the address already, as a further one."""
    first, _space, last = person.name.strip().partition(" ")
    values = {"email": person.email, "firstname": first, "lastname": last.strip(), OWNER: person.new_owner}
    body = {"properties": {name: text for name, text in values.items() if text}, "associations": []}
    answer = api.ask("POST", path_of(OBJECTS, "contacts"), body=body, allowed=(409,))
    if answer.status != 409:
        with understood():
            return KnownContact(made_id(answer.body))
    existing = EXISTING.search(str(answer.body.get("message", "")))
    if existing is None:
        raise CrmRejected("HubSpot does not accept what is to be written.")
    return existing[1]


def made_id(body: Json) -> str:
    """The id of what was just made: the dated versions of the API put the object one level deeper."""
    return str(body["id"] if "id" in body else body["createdResourceId"])


def _known(body: Json) -> KnownContact:
    meetings = body.get("associations", {}).get("meetings", {})
    ids = tuple(dict.fromkeys(str(row["id"]) for row in meetings.get("results", ())))
    return KnownContact(str(body["id"]), ids, more="paging" in meetings)
