"""HubSpot's own client asks the stand-in, and every answer is what its models know."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hubspot import Client
from hubspot.crm import contacts, objects, owners
from hubspot.crm.contacts import models as contact_models
from hubspot.crm.objects.meetings import models as meeting_models
from hubspot.crm.owners import models as owner_models

from tests.peers.hubspot import HubSpot
from tests.peers.hubspot.calls import TO_CONTACT

DANA = "dana@prospect.example"
MEETING = {
    "hs_timestamp": "2027-02-02T09:00:00Z",
    "hs_meeting_title": "Product demo",
    "hs_meeting_outcome": "SCHEDULED",
    "hs_meeting_external_url": "https://meet.acme.example/bookings/1#x",
}
ApiException = (
    contacts.exceptions.ApiException, owners.exceptions.ApiException, objects.meetings.exceptions.ApiException
)  # fmt: skip


@pytest.fixture
def client(hubspot: HubSpot) -> Iterator[Client]:
    """It sets how much its libraries log, for the whole process: that is set back."""
    library = logging.getLogger("urllib3")
    before = library.level
    yield Client.create(access_token=hubspot.token, host=hubspot.url, retry=False)
    library.setLevel(before)


def sent(model: Any, api: Any) -> Any:
    """What was sent over the line for a model that the client read: it knows every field, and lost none."""
    return api.api_client.sanitize_for_serialization(model)


def test_a_contact_read_by_address(hubspot: HubSpot, client: Client) -> None:
    owner = hubspot.add_owner("ana@acme.example")
    number = hubspot.add_contact(DANA, owner)
    api = client.crm.contacts.basic_api
    found = api.get_by_id(DANA, id_property="email", properties=["email", "hubspot_owner_id"])
    assert isinstance(found, contact_models.SimplePublicObjectWithAssociations)
    assert (found.id, found.properties["hubspot_owner_id"], found.archived) == (number, owner, False)
    assert found.associations is None
    assert {"email", "hs_object_id", "createdate"} < {*found.properties}


def test_a_contact_with_its_meetings_page_by_page(hubspot: HubSpot, client: Client) -> None:
    number = hubspot.add_contact(DANA)
    meetings = client.crm.objects.meetings
    for _time in range(3):
        link = {"to": {"id": number}, "types": [TO_CONTACT]}
        meetings.basic_api.create({"properties": MEETING, "associations": [link]})
    hubspot.associations_at_once = 2
    found = client.crm.contacts.basic_api.get_by_id(number, associations=["meetings"])
    listed = found.associations["meetings"]
    assert isinstance(listed, contact_models.CollectionResponseAssociatedId)
    assert [row.id for row in listed.results] == [*hubspot.meetings][:2]
    assert listed.paging.next.after == listed.results[-1].id
    read = {
        "inputs": [{"id": row.id} for row in listed.results],
        "properties": ["hs_meeting_external_url"],
        "propertiesWithHistory": [],
    }
    rows = meetings.batch_api.read(read)
    assert isinstance(rows, meeting_models.BatchResponseSimplePublicObject)
    assert {row.properties["hs_meeting_external_url"] for row in rows.results} == {
        MEETING["hs_meeting_external_url"]
    }
    gone = meetings.batch_api.read(read | {"inputs": [{"id": "1"}]})
    assert isinstance(gone, meeting_models.BatchResponseSimplePublicObjectWithErrors)
    assert (gone.results, gone.num_errors) == ([], 1)


def test_contacts_and_meetings_searched_once_the_index_knows_them(hubspot: HubSpot, client: Client) -> None:
    api = client.crm.contacts
    made = api.basic_api.create({"properties": {"email": DANA}, "associations": []})
    assert isinstance(made, contact_models.SimplePublicObject)
    wanted = {"filters": [{"propertyName": "email", "operator": "EQ", "value": DANA}]}
    search = {"filterGroups": [wanted], "properties": ["email"], "limit": 2}
    assert api.search_api.do_search(search).total == 0
    hubspot.index()
    found = api.search_api.do_search(search)
    assert isinstance(found, contact_models.CollectionResponseWithTotalSimplePublicObjectForwardPaging)
    assert [(row.id, row.properties["email"]) for row in found.results] == [(made.id, DANA)]
    meetings = client.crm.objects.meetings
    meetings.basic_api.create({"properties": MEETING, "associations": []})
    hubspot.index()
    one = {"propertyName": "hs_meeting_title", "operator": "EQ", "value": "Product demo"}
    assert meetings.search_api.do_search({"filterGroups": [{"filters": [one]}]}).total == 1


def test_what_is_changed(hubspot: HubSpot, client: Client) -> None:
    owner, number = hubspot.add_owner("ana@acme.example"), hubspot.add_contact(DANA)
    contact = client.crm.contacts.basic_api.update(number, {"properties": {"hubspot_owner_id": owner}})
    assert (
        contact.properties["hubspot_owner_id"] == hubspot.contacts[number].values["hubspot_owner_id"] == owner
    )
    meetings = client.crm.objects.meetings.basic_api
    made = meetings.create({"properties": MEETING, "associations": []})
    changed = meetings.update(made.id, {"properties": {"hs_meeting_outcome": "NO_SHOW"}})
    assert isinstance(changed, meeting_models.SimplePublicObject)
    assert hubspot.meetings[made.id].values == MEETING | {"hs_meeting_outcome": "NO_SHOW"}


def test_owners_page_by_page_and_those_who_left(hubspot: HubSpot, client: Client) -> None:
    hubspot.owners_at_once = 2
    here = [hubspot.add_owner(f"{name}@acme.example", f"{name} Alves") for name in ("ana", "ben", "cleo")]
    gone = hubspot.add_owner("dora@acme.example", "Dora", archived=True)
    api = client.crm.owners.owners_api
    page = api.get_page(limit=500, archived=False)
    assert isinstance(page, owner_models.CollectionResponsePublicOwnerForwardPaging)
    rest = api.get_page(limit=500, archived=False, after=page.paging.next.after)
    rows = [*page.results, *rest.results]
    assert [row.id for row in rows] == here and rest.paging is None
    assert all(str(row.user_id) != row.id and row.type == "PERSON" for row in rows)
    left = api.get_page(archived=True).results
    assert [(row.id, row.archived, row.user_id) for row in left] == [(gone, True, None)]
    assert [row["firstName"] for row in sent(rows, api)] == ["ana", "ben", "cleo"]


REFUSALS = [
    ("unauthorized", 401, "INVALID_AUTHENTICATION"),
    ("missing scope", 403, "MISSING_SCOPES"),
    ("not found", 404, "OBJECT_NOT_FOUND"),
    ("ten secondly", 429, "RATE_LIMITS"),
    ("daily", 429, "RATE_LIMITS"),
    ("search secondly", 429, "RATE_LIMITS"),
    ("locked", 423, "LOCKED"),
    ("error", 500, "INTERNAL_ERROR"),
    ("bad gateway", 502, "INTERNAL_ERROR"),
    ("unavailable", 503, "INTERNAL_ERROR"),
]


@pytest.mark.parametrize(("kind", "status", "category"), REFUSALS)
def test_a_refusal_is_an_error_as_the_client_knows_it(
    hubspot: HubSpot, client: Client, kind: str, status: int, category: str
) -> None:
    hubspot.fail(kind, times=1)
    assert refused(client, lambda: client.crm.contacts.basic_api.get_by_id("1")) == (status, category)


def refused(client: Client, call: Any) -> tuple[int, str]:
    with pytest.raises(ApiException) as raised:
        call()
    error = client.crm.contacts.basic_api.api_client.deserialize(Body(raised.value.body), "Error")
    assert isinstance(error, contact_models.Error)
    return raised.value.status, error.category


class Body:
    """What the client's reader wants of a response."""

    def __init__(self, data: str) -> None:
        self.data = data


def test_two_contacts_cannot_have_one_address(hubspot: HubSpot, client: Client) -> None:
    hubspot.add_contact("dana@home.example", "", DANA)
    body = {"properties": {"email": DANA}, "associations": []}
    assert refused(client, lambda: client.crm.contacts.basic_api.create(body)) == (409, "CONFLICT")


def test_a_token_with_fewer_scopes_and_a_wrong_one(hubspot: HubSpot, client: Client) -> None:
    hubspot.scopes.remove("crm.objects.owners.read")
    assert refused(client, lambda: client.crm.owners.owners_api.get_page()) == (403, "MISSING_SCOPES")
    hubspot.token = "another"
    assert refused(client, lambda: client.crm.owners.owners_api.get_page()) == (401, "INVALID_AUTHENTICATION")


WRONG = [
    {"hs_meeting_outcome": "CANCELLED"},
    {"hs_timestamp": "tomorrow"},
    {"hs_timestamp": "2027-02-02T09:00:00"},
    {"hubspot_owner_id": "5"},
    {"uid": "x"},
]


@pytest.mark.parametrize("values", WRONG)
def test_values_that_hubspot_does_not_take_are_refused_and_told(
    hubspot: HubSpot, client: Client, values: dict[str, str]
) -> None:
    body = {"properties": MEETING | values, "associations": []}
    made = client.crm.objects.meetings.basic_api
    assert refused(client, lambda: made.create(body)) == (400, "VALIDATION_ERROR")
    assert len(hubspot.complaints) == 1 and hubspot.meetings == {}
    hubspot.complaints.clear()


def test_an_owner_is_named_by_id_not_by_user_id(hubspot: HubSpot, client: Client) -> None:
    owner, number = hubspot.add_owner("ana@acme.example"), hubspot.add_contact(DANA)
    user_id = str(client.crm.owners.owners_api.get_page().results[0].user_id)
    change = client.crm.contacts.basic_api.update
    assert refused(client, lambda: change(number, {"properties": {"hubspot_owner_id": user_id}}))[0] == 400
    change(number, {"properties": {"hubspot_owner_id": owner}})
    hubspot.complaints.clear()
