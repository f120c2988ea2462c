"""The calls that are answered: contacts, meetings, owners."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug import Request, Response

from .account import Account
from .bodies import body_of, limit_of, query_of, search_of
from .records import MADE, PROPERTIES, Record, check
from .refusals import exists, invalid, not_found

READ, WRITE, OWNERS = "crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.owners.read"
CONTACTS, MEETINGS = "contacts", "meetings"
TO_CONTACT = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 200}
Json = dict[str, Any]


def _answer(body: Json, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json;charset=utf-8")


def get_contact(account: Account, request: Request, name: str) -> Response:
    query = query_of(request, ["idProperty", "properties", "associations"])
    by = query.get("idProperty", "")
    if by not in ("", "email"):
        raise invalid(f"{by} is not a unique property")
    found = account.by_email(name) if by else account.contacts.get(name)
    if found is None:
        raise not_found()
    body = found.json(_wanted(query, CONTACTS))
    if query.get("associations"):
        body |= {"associations": _associations(account, found)} if found.links else {}
    return _answer(body)


def _associations(account: Account, contact: Record) -> Json:
    shown = contact.links[: account.associations_at_once]
    rows: Json = {"results": [{"id": one, "type": "contact_to_meeting_event"} for one in shown]}
    if len(contact.links) > len(shown):
        rows["paging"] = {"next": {"after": shown[-1], "link": f"{account.base}/crm/v3/objects/contacts"}}
    return {MEETINGS: rows}


def _wanted(query: Mapping[str, str], kind: str) -> list[str]:
    return _known([name for name in query.get("properties", "").split(",") if name], kind)


def _known(names: list[str], kind: str) -> list[str]:
    assert {*names} <= {*PROPERTIES[kind]}, f"unknown properties were asked for: {names}"
    return names


def list_contacts(account: Account, request: Request) -> Response:
    most = limit_of(query_of(request, ["limit"]).get("limit", "10"), 100)
    return _answer({"results": [one.json(["email"]) for one in [*account.contacts.values()][:most]]})


def make_contact(account: Account, request: Request) -> Response:
    values = body_of(request, ["properties", "associations"])["properties"]
    check(CONTACTS, values, account.owners)
    known = account.holding(values["email"]) if "email" in values else []
    if known:
        raise exists(known[0].id)
    made = account.add(account.contacts, values)
    return _answer(made.json([*values]), 201)


def change_contact(account: Account, request: Request, name: str) -> Response:
    return _change(account, request, account.contacts, CONTACTS, name)


def _change(account: Account, request: Request, rows: Mapping[str, Record], kind: str, name: str) -> Response:
    values = body_of(request, ["properties"])["properties"]
    check(kind, values, account.owners)
    if name not in rows:
        raise not_found()
    rows[name].values |= values
    return _answer(rows[name].json([*values]))


def search_contacts(account: Account, request: Request) -> Response:
    return _search(request, account.contacts, CONTACTS)


def search_meetings(account: Account, request: Request) -> Response:
    return _search(request, account.meetings, MEETINGS)


def _search(request: Request, rows: Mapping[str, Record], kind: str) -> Response:
    body = search_of(request)
    found = [one for one in rows.values() if one.indexed and any(_all(one, g) for g in body["filterGroups"])]
    wanted = _known(body.get("properties", []), kind)
    shown = [one.json(wanted) for one in found[: body.get("limit", 10)]]
    return _answer({"total": len(found), "results": shown})


def _all(record: Record, group: Json) -> bool:
    return all(_holds(record.values.get(one["propertyName"], ""), one) for one in group["filters"])


def _holds(text: str, one: Json) -> bool:
    """CONTAINS_TOKEN looks at words, and an address is several of them: what only resembles it is found as well."""
    if one["operator"] == "EQ":
        return text.lower() == one["value"].lower()
    return {*re.findall(r"\w+", one["value"].lower())} <= {*re.findall(r"\w+", text.lower())} and bool(text)


def make_meeting(account: Account, request: Request) -> Response:
    body = body_of(request, ["properties", "associations"])
    values = body["properties"]
    check(MEETINGS, values, account.owners)
    if "hs_timestamp" not in values:
        raise invalid("hs_timestamp is required")
    contacts = []
    for one in body["associations"]:
        if {*one} != {"to", "types"} or one["types"] != [TO_CONTACT]:
            raise invalid("invalid association")
        contacts.append(account.contacts.get(one["to"]["id"]))
    if None in contacts:
        raise not_found()
    made = account.add(account.meetings, values)
    made.links = [contact.id for contact in contacts if contact]
    for contact in filter(None, contacts):
        contact.links.append(made.id)
    return _answer(made.json([*values]), 201)


def change_meeting(account: Account, request: Request, name: str) -> Response:
    return _change(account, request, account.meetings, MEETINGS, name)


def read_meetings(account: Account, request: Request) -> Response:
    body = body_of(request, ["inputs", "properties", "propertiesWithHistory"])
    if not 1 <= len(body["inputs"]) <= 100:
        raise invalid("between 1 and 100 inputs")
    found = [account.meetings.get(one["id"]) for one in body["inputs"]]
    wanted = _known(body["properties"], MEETINGS)
    done = {"status": "COMPLETE", "startedAt": MADE, "completedAt": MADE}
    rows = [one.json(wanted) for one in found if one]
    if None not in found:
        return _answer(done | {"results": rows})
    error = {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some"}
    error |= {"context": {}, "links": {}, "errors": []}
    return _answer(done | {"results": rows, "numErrors": 1, "errors": [error]}, 207)


def list_owners(account: Account, request: Request) -> Response:
    query = query_of(request, ["limit", "archived", "after", "email"])
    most, archived = (
        limit_of(query.get("limit", "100"), 500),
        query.get("archived", "false").lower() == "true",
    )
    rows = [one for one in account.owners.values() if one.archived == archived]
    start = next((number for number, one in enumerate(rows) if one.id == query.get("after")), 0)
    end = start + min(most, account.owners_at_once)
    body: Json = {"results": [one.json() for one in rows[start:end]]}
    if end < len(rows):
        after = rows[end].id
        body["paging"] = {"next": {"after": after, "link": f"{account.base}/crm/v3/owners?after={after}"}}
    return _answer(body)


Call = Callable[..., Response]
# The method and path below the area, the scope that it takes, and what answers.
CALLS: tuple[tuple[str, str, str, Call], ...] = (
    ("GET", "objects/contacts", READ, list_contacts),
    ("POST", "objects/contacts", WRITE, make_contact),
    ("POST", "objects/contacts/search", READ, search_contacts),
    ("GET", "objects/contacts/<name>", READ, get_contact),
    ("PATCH", "objects/contacts/<name>", WRITE, change_contact),
    ("POST", "objects/meetings", WRITE, make_meeting),
    ("POST", "objects/meetings/search", READ, search_meetings),
    ("POST", "objects/meetings/batch/read", READ, read_meetings),
    ("PATCH", "objects/meetings/<name>", WRITE, change_meeting),
    ("GET", "owners", OWNERS, list_owners),
)
