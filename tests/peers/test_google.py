"""The stand-in for Google does what Google does, as far as Google's own client can tell."""

from datetime import date
from typing import Any

import pytest

from tests.peers.google import Google
from tests.peers.google_clients import ADA, ELEVEN, MEET, NINE, TEN, client_of, meeting


@pytest.fixture
def client(google: Google) -> Any:
    google.add_account(ADA, domain="acme.example", time_zone="Europe/Paris")
    return client_of(google)


def insert(client: Any, *, sendUpdates: str = "all", version: int = 0, **fields: Any) -> Any:  # noqa: N803
    """Puts a meeting into the primary calendar."""
    named = {"calendarId": "primary", "sendUpdates": sendUpdates, "conferenceDataVersion": version}
    return client.events().insert(**named, body=meeting(**fields)).execute()


def busy(client: Any, *names: str, **more: Any) -> Any:
    """The free/busy of the day by calendar."""
    window = {"timeMin": "2027-02-01T00:00:00Z", "timeMax": "2027-02-02T00:00:00Z", **more}
    body = {**window, "items": [{"id": name} for name in names or ("primary",)]}
    return client.freebusy().query(body=body).execute()["calendars"]


def test_calendars_come_page_by_page(google: Google, client: Any) -> None:
    google.add_calendar(ADA, "team@group.calendar.google.com", "Team")
    google.add_account("ben@acme.example")
    google.share("ben@acme.example", ADA, "freeBusyReader")
    google.page_size = 2
    request, pages = client.calendarList().list(), []
    while request:
        pages.append(request.execute())
        request = client.calendarList().list_next(request, pages[-1])
    entries = [(item["id"], item["accessRole"]) for page in pages for item in page["items"]]
    assert [len(page["items"]) for page in pages] == [2, 1]
    assert entries == [
        (ADA, "owner"),
        ("team@group.calendar.google.com", "owner"),
        ("ben@acme.example", "freeBusyReader"),
    ]


def test_the_primary_calendar_says_its_zone_and_that_meet_may_be_used(client: Any) -> None:
    entry = client.calendarList().get(calendarId="primary").execute()
    assert (entry["id"], entry["primary"], entry["timeZone"]) == (ADA, True, "Europe/Paris")
    assert entry["conferenceProperties"]["allowedConferenceSolutionTypes"] == ["hangoutsMeet"]


def test_an_event_lives_from_invitation_to_cancellation(google: Google, client: Any) -> None:
    made = insert(client, id="booking1", attendees=[{"email": "guest@else.example"}])
    assert (made["id"], made["iCalUID"], made["sequence"]) == ("booking1", "booking1@google.com", 0)
    assert made["start"] == {"dateTime": "2027-02-01T10:00:00+01:00", "timeZone": "Europe/Paris"}
    assert made["organizer"] == {"email": ADA, "self": True}

    named = {"calendarId": "primary", "eventId": "booking1", "sendUpdates": "all"}
    later = {"start": {"dateTime": "2027-02-01T09:30:00Z"}}
    moved = client.events().patch(**named, body=later).execute()
    assert moved["sequence"] == 1
    assert moved["etag"] != made["etag"]
    assert moved["attendees"] == made["attendees"]

    assert client.events().delete(**named).execute() == ""
    gone = client.events().get(calendarId="primary", eventId="booking1").execute()
    assert gone["status"] == "cancelled"
    assert google.events(ADA) == []
    mails = [(mail.kind, mail.guest, mail.send_updates) for mail in google.invitations]
    assert mails == [(kind, "guest@else.example", "all") for kind in ("request", "update", "cancel")]


def test_guests_that_come_and_go_are_told_so(google: Google, client: Any) -> None:
    insert(client, id="booking1", attendees=[{"email": "one@else.example"}, {"email": "two@else.example"}])
    google.invitations.clear()
    guests = {"attendees": [{"email": "two@else.example"}, {"email": "three@else.example"}]}
    client.events().patch(calendarId="primary", eventId="booking1", sendUpdates="all", body=guests).execute()
    assert [mail[:3] for mail in google.invitations] == [
        ("request", "booking1", "three@else.example"),
        ("cancel", "booking1", "one@else.example"),
    ]


@pytest.mark.parametrize(
    ("told", "mails"),
    [("none", []), ("externalOnly", ["x@else.example"]), ("all", ["ben@acme.example", "x@else.example"])],
)
def test_only_those_who_should_be_told_get_mail(
    google: Google, client: Any, told: str, mails: list[str]
) -> None:
    google.add_account("ben@acme.example")
    guests = [{"email": ADA}, {"email": "ben@acme.example"}, {"email": "x@else.example"}]
    insert(client, sendUpdates=told, attendees=guests)
    assert [mail.guest for mail in google.invitations] == mails


def test_an_update_leaves_only_what_it_names(client: Any) -> None:
    made = insert(client, location="Room 1", description="Long")
    named = {"calendarId": "primary", "eventId": made["id"]}
    put = client.events().update(**named, body=meeting(description="Short")).execute()
    assert put["description"] == "Short"
    assert "location" not in put
    assert put["iCalUID"] == made["iCalUID"]


def test_a_patch_takes_away_what_is_null_and_keeps_the_rest(client: Any) -> None:
    made = insert(client, location="Room 1", extendedProperties={"private": {"a": "1", "b": "2"}})
    body = {"location": None, "extendedProperties": {"private": {"a": "3"}}}
    patched = client.events().patch(calendarId="primary", eventId=made["id"], body=body).execute()
    assert "location" not in patched
    assert patched["extendedProperties"]["private"] == {"a": "3", "b": "2"}


def test_events_are_found_by_property_and_time_page_by_page(google: Google, client: Any) -> None:
    for number in range(3):
        insert(
            client,
            id=f"booking{number}",
            extendedProperties={"private": {"origin": "site", "n": str(number)}},
        )
    google.add_event(ADA, NINE, TEN)
    google.page_size = 2
    named = {"calendarId": "primary", "singleEvents": True, "privateExtendedProperty": ["origin=site"]}
    request, ids = client.events().list(**named, timeMin="2027-02-01T09:59:00Z"), []
    while request:
        page = request.execute()
        ids += [event["id"] for event in page["items"]]
        request = client.events().list_next(request, page)
    assert ids == ["booking0", "booking1", "booking2"]
    both = (
        client.events().list(calendarId="primary", privateExtendedProperty=["origin=site", "n=1"]).execute()
    )
    assert [event["id"] for event in both["items"]] == ["booking1"]
    assert client.events().list(calendarId="primary", timeMin="2027-02-01T10:00:00Z").execute()["items"] == []


def test_deleted_events_are_listed_where_that_is_asked(google: Google, client: Any) -> None:
    google.delete_event(ADA, google.add_event(ADA, NINE, TEN))
    kept = google.add_event(ADA, NINE, TEN)
    since = google.calendars[ADA].events[kept]["updated"]
    asked: list[dict[str, Any]] = [{}, {"showDeleted": True}, {"updatedMin": since}]
    pages = [client.events().list(calendarId="primary", **more).execute()["items"] for more in asked]
    assert [[event["status"] for event in page] for page in pages] == [
        ["confirmed"],
        ["cancelled", "confirmed"],
        ["cancelled", "confirmed"],
    ]


def test_busy_times_are_merged_and_in_the_asked_zone(google: Google, client: Any) -> None:
    google.add_event(ADA, NINE, TEN)
    google.add_event(ADA, TEN, ELEVEN)
    blocks = busy(client, timeZone="Europe/Paris")["primary"]["busy"]
    assert blocks == [{"start": "2027-02-01T10:00:00+01:00", "end": "2027-02-01T12:00:00+01:00"}]


def test_a_calendar_that_cannot_be_read_is_an_error_inside_a_good_answer(google: Google, client: Any) -> None:
    google.add_calendar(ADA, "broken", "Broken").broken = "internalError"
    google.add_calendar(ADA, "omitted", "Omitted").broken = "omitted"
    found = busy(client, "primary", "unknown", "broken", "omitted")
    assert "errors" not in found["primary"]
    assert found["unknown"]["errors"] == [{"domain": "global", "reason": "notFound"}]
    assert found["broken"]["errors"][0]["reason"] == "internalError"
    assert "omitted" not in found


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"status": "tentative"},
        {"response": "tentative"},
        {"response": "accepted"},
        {"eventType": "outOfOffice"},
    ],
)
def test_what_blocks_time(google: Google, client: Any, fields: dict[str, Any]) -> None:
    google.add_event(ADA, NINE, TEN, **fields)
    assert len(busy(client)["primary"]["busy"]) == 1


@pytest.mark.parametrize("fields", [{"transparency": "transparent"}, {"response": "declined"}])
def test_what_leaves_time_free(google: Google, client: Any, fields: dict[str, Any]) -> None:
    google.add_event(ADA, NINE, TEN, **fields)
    google.delete_event(ADA, google.add_event(ADA, NINE, TEN))
    assert busy(client)["primary"]["busy"] == []


def test_a_whole_day_is_one_of_the_calendars_zone(google: Google, client: Any) -> None:
    google.add_event(ADA, date(2027, 2, 1), date(2027, 2, 2))
    blocks = busy(client, timeMin="2027-01-31T00:00:00Z", timeMax="2027-02-03T00:00:00Z")["primary"]["busy"]
    assert blocks == [{"start": "2027-01-31T23:00:00Z", "end": "2027-02-01T23:00:00Z"}]


def test_an_event_dragged_in_google_is_seen_moved(google: Google, client: Any) -> None:
    made = insert(client)
    google.move_event(ADA, made["id"], TEN, ELEVEN)
    seen = client.events().get(calendarId="primary", eventId=made["id"], timeZone="UTC").execute()
    assert (seen["start"]["dateTime"], seen["sequence"]) == ("2027-02-01T10:00:00Z", 1)
    assert seen["etag"] != made["etag"]


def test_a_meet_link_is_made(client: Any) -> None:
    made = insert(client, version=1, conferenceData=MEET)
    assert made["conferenceData"]["createRequest"]["status"]["statusCode"] == "success"
    assert made["hangoutLink"] == made["conferenceData"]["entryPoints"][0]["uri"]


def test_a_meet_link_is_pending_for_a_while(google: Google, client: Any) -> None:
    google.meet.reads = 2
    made = insert(client, version=1, conferenceData=MEET)
    read = client.events().get(calendarId="primary", eventId=made["id"])
    states = [made, read.execute(), read.execute(), read.execute()]
    codes = [event["conferenceData"]["createRequest"]["status"]["statusCode"] for event in states]
    assert codes == ["pending", "pending", "success", "success"]
    assert ["hangoutLink" in event for event in states] == [False, False, True, True]
    assert states[2]["hangoutLink"] == states[3]["hangoutLink"]


def test_a_meet_link_may_fail(google: Google, client: Any) -> None:
    google.meet.outcome = "failure"
    made = insert(client, version=1, conferenceData=MEET)
    assert made["conferenceData"]["createRequest"]["status"]["statusCode"] == "failure"
    assert "hangoutLink" not in made


def test_a_meet_link_is_only_made_for_clients_that_know_of_them(client: Any) -> None:
    assert "conferenceData" not in insert(client, version=0, conferenceData=MEET)


def test_a_meet_link_that_is_taken_away_while_pending_stays_away(google: Google, client: Any) -> None:
    google.meet.reads = 1
    made = insert(client, version=1, conferenceData=MEET)
    named = {"calendarId": "primary", "eventId": made["id"]}
    client.events().patch(**named, conferenceDataVersion=1, body={"conferenceData": None}).execute()
    assert "conferenceData" not in client.events().get(**named).execute()


def test_a_change_keeps_the_meet_link_and_the_same_request_makes_no_new_one(client: Any) -> None:
    made = insert(client, version=1, conferenceData=MEET)
    named = {"calendarId": "primary", "eventId": made["id"]}
    without = client.events().patch(**named, body={"summary": "New"}).execute()
    again = client.events().patch(**named, conferenceDataVersion=1, body={"conferenceData": MEET}).execute()
    assert made["hangoutLink"] == without["hangoutLink"] == again["hangoutLink"]


def test_without_a_right_to_details_only_times_are_seen(google: Google, client: Any) -> None:
    google.add_account("ben@acme.example")
    google.add_event("ben@acme.example", NINE, TEN, summary="Secret")
    google.share("ben@acme.example", ADA, "reader")
    (event,) = client.events().list(calendarId="ben@acme.example").execute()["items"]
    assert "summary" not in event
    assert event["start"]["dateTime"] == "2027-02-01T09:00:00Z"
    wider = client_of(google, ADA, "calendar.events.readonly")
    (event,) = wider.events().list(calendarId="ben@acme.example").execute()["items"]
    assert event["summary"] == "Secret"
