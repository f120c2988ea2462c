"""HubSpot as a provider: what it is asked, what its answers mean, and that nothing is written twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import BASE
from tests.peers.hubspot import HubSpot
from tests.peers.hubspot.faults import SLOW_SECONDS
from tests.peers.hubspot_site import with_hubspot
from website.config import put_in_force
from website.providers.crm import CRM_PROVIDERS, linked_crm
from website.providers.crm.errors import (
    CrmError,
    CrmLimited,
    CrmMissing,
    CrmRefused,
    CrmRejected,
    CrmTooSlow,
    CrmUnreachable,
)
from website.providers.crm.hubspot.api import path_of
from website.providers.crm.records import (
    CANCELLED,
    SCHEDULED,
    CrmMeeting,
    FoundContact,
    FoundOwner,
    Person,
    Written,
)

DANA = "dana@prospect.example"
SECONDS = 20.0
CRM = CRM_PROVIDERS["hubspot"]
NINE = datetime(2027, 2, 2, 8, tzinfo=UTC)
MEETING = CrmMeeting(
    id="",
    uid="u1@firsthand",
    address="https://meet.acme.example/bookings/7",
    title="Product demo: Dana – Ana",
    lines=("Dana <dana@prospect.example>", "Size: 3 & more"),
    location="Video call",
    start=NINE,
    end=NINE.replace(minute=30),
    outcome=SCHEDULED,
)
PERSON = Person(DANA, "Dana Prospect")


@pytest.fixture(autouse=True)
def _linked(hubspot: HubSpot) -> Iterator[None]:
    put_in_force(with_hubspot(BASE, hubspot))
    yield
    put_in_force(BASE)


def test_it_is_linked_by_its_token() -> None:
    assert linked_crm() is CRM
    put_in_force(BASE)
    assert linked_crm() is None


@pytest.mark.parametrize(
    ("prefix", "objects", "owners"),
    [
        ("/crm/v3", "/crm/v3/objects/contacts/a%40b%2F", "/crm/v3/owners"),
        ("/crm/objects/2026-03", "/crm/objects/2026-03/contacts/a%40b%2F", "/crm/owners/2026-03"),
        ("/proxy/crm/v3/objects", "/proxy/crm/v3/objects/contacts/a%40b%2F", "/proxy/crm/v3/owners"),
    ],
)
def test_the_prefix_covers_objects_and_owners(
    hubspot: HubSpot, prefix: str, objects: str, owners: str
) -> None:
    put_in_force(replace(with_hubspot(BASE, hubspot), hubspot_api_prefix=prefix))
    assert (path_of("objects", "contacts", "a@b/"), path_of("owners")) == (objects, owners)


def test_the_dated_paths_work_as_well(hubspot: HubSpot) -> None:
    put_in_force(replace(with_hubspot(BASE, hubspot), hubspot_api_prefix="/crm/objects/2026-03"))
    owner = hubspot.add_owner("ana@acme.example", "Ana Alves")
    number = hubspot.add_contact(DANA, owner)
    assert list(CRM.find_contacts(DANA, SECONDS)) == [FoundContact(number, owner)]
    assert list(CRM.owners(SECONDS)) == [FoundOwner(owner, "ana@acme.example", "Ana Alves")]
    CRM.write_meeting(PERSON, MEETING, SECONDS)
    assert {one.path.partition("?")[0].split("/")[3] for one in hubspot.calls} == {"2026-03"}


@pytest.mark.rule("R22")
@pytest.mark.parametrize("known", ["own", "further", "nobody"])
def test_whoever_it_is_the_same_is_asked(hubspot: HubSpot, known: str) -> None:
    owner = hubspot.add_owner("ana@acme.example")
    first = {"own": DANA, "further": "dana@home.example", "nobody": "else@prospect.example"}[known]
    number = hubspot.add_contact(first, owner, *([DANA] if known == "further" else []))
    found = list(CRM.find_contacts(DANA, SECONDS))
    assert found == ([FoundContact(number, owner)] if known != "nobody" else [])
    calls = sorted((one.method, one.path.partition("?")[0]) for one in hubspot.calls)
    assert calls == [
        ("GET", f"/crm/v3/objects/contacts/{DANA}"),
        ("POST", "/crm/v3/objects/contacts/search"),
    ]


def test_an_address_that_only_resembles_it_is_not_found(hubspot: HubSpot) -> None:
    hubspot.add_contact("other@home.example", "", "prospect@dana.example", "example@prospect.dana")
    assert list(CRM.find_contacts(DANA, SECONDS)) == []


def test_a_contact_and_another_that_has_the_address_too_are_both_found(hubspot: HubSpot) -> None:
    numbers = {hubspot.add_contact(DANA), hubspot.add_contact("dana@home.example", "", DANA)}
    assert {one.id for one in CRM.find_contacts(DANA, SECONDS)} == numbers


@pytest.mark.parametrize("kind", ["search secondly", "error", "cut", "html"])
def test_a_search_that_fails_is_no_failure_where_the_reading_answered(hubspot: HubSpot, kind: str) -> None:
    hubspot.fail(kind, on="search")
    assert list(CRM.find_contacts("nobody@prospect.example", SECONDS)) == []
    number = hubspot.add_contact(DANA)
    assert list(CRM.find_contacts(DANA, SECONDS)) == [FoundContact(number)]


def test_a_search_that_is_too_slow_is_none_either(hubspot: HubSpot) -> None:
    hubspot.fail("slow", on="search")
    number = hubspot.add_contact(DANA)
    assert list(CRM.find_contacts(DANA, SLOW_SECONDS / 2)) == [FoundContact(number)]


def test_a_reading_that_fails_is_no_failure_where_the_search_found_somebody(hubspot: HubSpot) -> None:
    number = hubspot.add_contact(DANA)
    hubspot.fail("error", on="GET")
    assert list(CRM.find_contacts(DANA, SECONDS)) == [FoundContact(number)]
    with pytest.raises(CrmUnreachable):
        CRM.find_contacts("nobody@prospect.example", SECONDS)


FAILURES: list[tuple[str, int | None, type[CrmError], int | None]] = [
    ("unauthorized", None, CrmRefused, None),
    ("missing scope", None, CrmRefused, None),
    ("ten secondly", None, CrmLimited, 10),
    ("ten secondly", 7, CrmLimited, 7),
    ("daily", None, CrmLimited, 3600),
    ("search secondly", None, CrmLimited, 1),
    ("not found", None, CrmMissing, None),
    ("locked", None, CrmUnreachable, 2),
    ("error", None, CrmUnreachable, None),
    ("bad gateway", None, CrmUnreachable, None),
    ("unavailable", 20, CrmUnreachable, 20),
    ("cut", None, CrmUnreachable, None),
    ("truncated", None, CrmUnreachable, None),
    ("html", None, CrmUnreachable, None),
]


@pytest.mark.parametrize(("kind", "retry_after", "error", "seconds"), FAILURES)
def test_what_a_failure_means(
    hubspot: HubSpot, kind: str, retry_after: int | None, error: type[CrmError], seconds: int | None
) -> None:
    hubspot.fail(kind, retry_after=retry_after)
    for ask in (lambda: CRM.find_contacts(DANA, SECONDS), lambda: CRM.owners(SECONDS)):
        with pytest.raises(error) as raised:
            ask()
        assert type(raised.value) is error
        assert getattr(raised.value, "retry_after_seconds", None) == seconds
        assert DANA not in str(raised.value) and hubspot.token not in str(raised.value)


def test_nobody_waits_past_the_deadline(hubspot: HubSpot) -> None:
    hubspot.fail("slow")  # it answers in the end
    with pytest.raises(CrmTooSlow):
        CRM.find_contacts(DANA, 0.3)


def test_owners_come_page_by_page_archived_ones_too_and_queues_are_nobody(hubspot: HubSpot) -> None:
    hubspot.owners_at_once = 2
    here = [hubspot.add_owner(f"{name}@acme.example", name) for name in ("ana", "ben", "cleo")]
    gone = hubspot.add_owner("dora@acme.example", "dora", archived=True)
    hubspot.add_owner("", "Inbound", type="QUEUE")
    found = {one.id: one.archived for one in CRM.owners(SECONDS)}
    assert found == dict.fromkeys(here, False) | {gone: True}


def test_the_rights_that_a_token_lacks(hubspot: HubSpot) -> None:
    assert list(CRM.lacking_rights(SECONDS)) == []
    hubspot.scopes -= {"crm.objects.contacts.write", "crm.objects.owners.read"}
    assert list(CRM.lacking_rights(SECONDS)) == ["crm.objects.owners.read", "crm.objects.contacts.write"]
    hubspot.token = "another"
    with pytest.raises(CrmRefused):
        CRM.lacking_rights(SECONDS)
    assert hubspot.contacts == {}


@pytest.mark.rule("R25")
def test_a_person_who_is_unknown_becomes_a_contact_with_the_meeting(hubspot: HubSpot) -> None:
    owner = hubspot.add_owner("ana@acme.example")
    written = CRM.write_meeting(replace(PERSON, new_owner=owner), replace(MEETING, owner_id=owner), SECONDS)
    (contact,), (meeting,) = hubspot.contacts.values(), hubspot.meetings.values()
    assert written == Written(meeting.id, contact.id)
    assert contact.values == {
        "email": DANA, "firstname": "Dana", "lastname": "Prospect", "hubspot_owner_id": owner,
    }  # fmt: skip
    assert meeting.links == [contact.id]
    assert meeting.values == {
        "hs_timestamp": "2027-02-02T08:00:00Z",
        "hs_meeting_title": "Product demo: Dana – Ana",
        "hs_meeting_body": "Dana &lt;dana@prospect.example&gt;<br>Size: 3 &amp; more",
        "hs_meeting_location": "Video call",
        "hs_meeting_start_time": "2027-02-02T08:00:00Z",
        "hs_meeting_end_time": "2027-02-02T08:30:00Z",
        "hs_meeting_outcome": "SCHEDULED",
        "hs_meeting_external_url": "https://meet.acme.example/bookings/7#u1@firsthand",
        "hubspot_owner_id": owner,
    }


@pytest.mark.rule("R25")
@pytest.mark.parametrize("owned", [False, True])
def test_an_owner_is_given_where_there_is_none_and_never_replaced(hubspot: HubSpot, owned: bool) -> None:
    ana, ben = hubspot.add_owner("ana@acme.example"), hubspot.add_owner("ben@acme.example")
    number = hubspot.add_contact(DANA, ben if owned else "")
    CRM.write_meeting(replace(PERSON, new_owner=ana), MEETING, SECONDS)
    assert hubspot.contacts[number].values["hubspot_owner_id"] == (ben if owned else ana)
    assert len(hubspot.asked("PATCH")) == (0 if owned else 1)
    order = [one.method for one in hubspot.calls]
    assert owned or order[:2] == ["GET", "PATCH"]  # read right before


def test_a_person_known_by_a_further_address_is_not_made_twice(hubspot: HubSpot) -> None:
    ana = hubspot.add_owner("ana@acme.example")
    number = hubspot.add_contact("dana@home.example", "", DANA)
    assert CRM.write_meeting(replace(PERSON, new_owner=ana), MEETING, SECONDS).contact_id == number
    assert [*hubspot.contacts] == [number]
    assert hubspot.contacts[number].values["hubspot_owner_id"] == ana


@pytest.mark.rule("R32")
@pytest.mark.parametrize("at_once", [500, 1])
@pytest.mark.parametrize("on", ["POST /crm/v3/objects/meetings", "POST /crm/v3/objects/contacts"])
def test_what_was_written_and_not_heard_of_is_found_again(hubspot: HubSpot, on: str, at_once: int) -> None:
    hubspot.associations_at_once = at_once
    other = replace(MEETING, uid="before@firsthand")
    CRM.write_meeting(PERSON, other, SECONDS)
    if "contacts" in on:
        hubspot.contacts.clear()
    hubspot.fail("lost", times=1, on=on)
    with pytest.raises(CrmUnreachable):
        CRM.write_meeting(PERSON, MEETING, SECONDS)
    if at_once == 1:
        hubspot.index()
    written = CRM.write_meeting(PERSON, MEETING, SECONDS)
    assert (len(hubspot.meetings), len(hubspot.contacts)) == (2, 1)
    assert hubspot.meetings[written.meeting_id].values["hs_meeting_external_url"].endswith("#u1@firsthand")


def test_a_meeting_is_changed_where_it_stands(hubspot: HubSpot) -> None:
    written = CRM.write_meeting(PERSON, MEETING, SECONDS)
    changed = replace(MEETING, id=written.meeting_id, outcome=CANCELLED, title="Another")
    assert CRM.write_meeting(PERSON, changed, SECONDS) == Written(written.meeting_id)
    (meeting,) = hubspot.meetings.values()
    assert (meeting.values["hs_meeting_outcome"], meeting.values["hs_meeting_title"]) == (
        "CANCELED",
        "Another",
    )
    hubspot.meetings.clear()
    with pytest.raises(CrmMissing):
        CRM.write_meeting(PERSON, changed, SECONDS)


def test_a_contact_that_goes_while_it_is_written_is_tried_again(hubspot: HubSpot) -> None:
    hubspot.fail("not found", times=1, on="POST /crm/v3/objects/meetings")
    with pytest.raises(CrmUnreachable):
        CRM.write_meeting(PERSON, MEETING, SECONDS)
    CRM.write_meeting(PERSON, MEETING, SECONDS)
    assert (len(hubspot.contacts), len(hubspot.meetings)) == (1, 1)


def test_what_hubspot_does_not_take_is_no_use_to_try_again(hubspot: HubSpot) -> None:
    with pytest.raises(CrmRejected) as raised:
        CRM.write_meeting(replace(PERSON, email="dana@localhost"), MEETING, SECONDS)
    assert "dana" not in str(raised.value)
    assert hubspot.complaints and hubspot.meetings == {}
    hubspot.complaints.clear()


def test_answers_that_lack_what_they_should_have_are_no_answers(hubspot: HubSpot, monkeypatch: Any) -> None:
    hubspot.add_contact(DANA)
    monkeypatch.setattr("tests.peers.hubspot.records.Record.json", lambda *_: {"id": "1"})
    with pytest.raises(CrmUnreachable):
        CRM.find_contacts(DANA, SECONDS)
