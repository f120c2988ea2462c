"""What Google would not take, the stand-in does not take either, and it remembers that it was asked."""

from typing import Any

import pytest
import requests

from tests.peers.google import Google
from tests.peers.google_clients import ADA, EVENTS, MEET, NINE, SCOPES, TEN, Caller, meeting, reason

WINDOW = {"timeMin": "2027-02-01T00:00:00Z", "timeMax": "2027-02-02T00:00:00Z"}
AT = "2027-02-01T09:00:00Z"


@pytest.fixture
def call(google: Google) -> Caller:
    google.add_account(ADA, time_zone="Europe/Paris")
    return Caller(google)


WRONG = {
    "bogus sendUpdates": ("POST", EVENTS + "?sendUpdates=everyone", meeting(), "sendUpdates"),
    "conference version 2": ("POST", EVENTS + "?conferenceDataVersion=2", meeting(), "conferenceDataVersion"),
    "no number": ("POST", EVENTS + "?conferenceDataVersion=one", meeting(), "conferenceDataVersion"),
    "unknown parameter": ("POST", EVENTS + "?notify=true", meeting(), "'notify' was unexpected"),
    "repeated parameter": ("POST", EVENTS + "?sendUpdates=all&sendUpdates=all", meeting(), "sendUpdates"),
    "misspelt field": ("POST", EVENTS, meeting(attendee=[]), "'attendee' was unexpected"),
    "misspelt time": ("POST", EVENTS, meeting(start={"datetime": AT}), "'datetime' was unexpected"),
    "time without offset": ("POST", EVENTS, meeting(start={"dateTime": AT[:-1]}), "is not a 'date-time'"),
    "no start": ("POST", EVENTS, {"end": {"dateTime": AT}}, "'start' is a required property"),
    "unknown answer": ("POST", EVENTS, meeting(attendees=[{"email": "a@b", "responseStatus": "yes"}]), "'yes' is not"),
    "unknown visibility": ("POST", EVENTS, meeting(visibility="secret"), "'secret' is not one of"),
    "number as text": ("POST", EVENTS, meeting(sequence="1"), "is not of type 'integer'"),
    "property that is no text": ("POST", EVENTS, meeting(extendedProperties={"private": {"n": 1}}), "type 'string'"),
    "body where none belongs": ("DELETE", EVENTS + "/abcde", {}, "is not of type 'null'"),
    "free/busy without offset": ("POST", "/freeBusy", {**WINDOW, "timeMin": "2027-02-01"}, "is not a 'date-time'"),
    "list without offset": ("GET", EVENTS + "?timeMin=2027-02-01T00:00:00", None, "is not a 'date-time'"),
    "no truth": ("GET", EVENTS + "?singleEvents=1", None, "is not of type 'boolean'"),
    "order of series": ("GET", EVENTS + "?orderBy=startTime", None, "ordering"),
    "page token of nobody": ("GET", EVENTS + "?pageToken=3", None, "page token"),
    "upper case in an id": ("POST", EVENTS, meeting(id="ABCDE"), "Invalid resource id"),
    "letters beyond v": ("POST", EVENTS, meeting(id="wxyz0"), "Invalid resource id"),
    "short id": ("POST", EVENTS, meeting(id="abcd"), "Invalid resource id"),
    "long id": ("POST", EVENTS, meeting(id="a" * 1025), "Invalid resource id"),
    "id and iCalUID": ("POST", EVENTS, meeting(id="abcde", iCalUID="x@y"), "not both"),
    "unknown zone": ("POST", EVENTS, meeting(start={"dateTime": AT, "timeZone": "Paris"}), "Invalid time zone"),
    "day and time": ("POST", EVENTS, meeting(start={"date": "2027-02-01"}), "Invalid start or end"),
    "guest without address": ("POST", EVENTS, meeting(attendees=[{"displayName": "A"}]), "Invalid attendee email"),
    "kind of conference": (
        "POST",
        EVENTS + "?conferenceDataVersion=1",
        meeting(conferenceData={"createRequest": {"requestId": "1", "conferenceSolutionKey": {"type": "addOn"}}}),
        "Invalid conference type",
    ),
    "conference of another event": (
        "POST",
        EVENTS + "?conferenceDataVersion=1",
        meeting(conferenceData={"conferenceId": "abc-defg-hij"}),
        "createRequest",
    ),
    "reminders twice": (
        "POST",
        EVENTS,
        meeting(reminders={"useDefault": True, "overrides": [{"method": "popup", "minutes": 5}]}),
        "default reminders",
    ),
    "reminder too early": (
        "POST",
        EVENTS,
        meeting(reminders={"overrides": [{"method": "popup", "minutes": 40321}]}),
        "reminder",
    ),
    "series": ("POST", EVENTS, meeting(recurrence=["RRULE:FREQ=DAILY"]), "stand-in"),
    "too many calendars at once": ("POST", "/freeBusy", {**WINDOW, "calendarExpansionMax": 51}, "calendarExpansionMax"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_request_is_refused_and_complained_of(google: Google, call: Caller, case: str) -> None:
    verb, path, body, said = WRONG[case]
    answer = call(verb, path, body)
    assert answer.status_code == (501 if case == "series" else 400)
    assert said in answer.json()["error"]["message"]
    (complaint,) = google.complaints
    assert said in complaint
    assert google.events(ADA) == []
    google.complaints.clear()


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({"timeMax": "2027-02-01T00:00:00Z"}, "timeRangeEmpty"),
        ({"timeMax": "2027-04-05T00:00:00Z"}, "timeRangeTooLong"),
        ({"timeMax": "2027-04-04T00:00:00Z"}, None),
    ],
)
def test_free_busy_has_a_longest_window(
    google: Google, call: Caller, window: dict[str, str], expected: str | None
) -> None:
    answer = call("POST", "/freeBusy", {**WINDOW, **window, "items": [{"id": "primary"}]})
    assert answer.status_code == 200 if expected is None else reason(answer) == (400, expected)
    assert len(google.complaints) == (expected is not None)
    google.complaints.clear()


def test_free_busy_of_more_than_fifty_calendars_says_nothing_of_any(google: Google, call: Caller) -> None:
    items = [{"id": "primary"}, *({"id": f"c{number}"} for number in range(50))]
    answer = call("POST", "/freeBusy", {**WINDOW, "items": items}).json()
    assert answer["calendars"]["primary"]["errors"][0]["reason"] == "tooManyCalendarsRequested"
    assert len(google.complaints) == 1
    google.complaints.clear()


def test_an_id_stays_taken_by_an_event_that_was_deleted(google: Google, call: Caller) -> None:
    assert call("POST", EVENTS, meeting(id="abcde")).status_code == 200
    assert reason(call("POST", EVENTS, meeting(id="abcde"))) == (409, "duplicate")
    assert call("DELETE", EVENTS + "/abcde").status_code == 204
    assert reason(call("POST", EVENTS, meeting(id="abcde"))) == (409, "duplicate")
    assert reason(call("DELETE", EVENTS + "/abcde")) == (410, "deleted")
    assert reason(call("PATCH", EVENTS + "/abcde", {"summary": "Back"})) == (403, "forbidden")
    assert call("GET", EVENTS + "/abcde").json()["status"] == "cancelled"
    assert google.events(ADA) == []


@pytest.mark.parametrize(
    ("verb", "body"), [("PATCH", {"summary": "B"}), ("PUT", meeting()), ("DELETE", None)]
)
def test_a_change_of_what_others_changed_meanwhile_is_refused(call: Caller, verb: str, body: Any) -> None:
    etag = call("POST", EVENTS, meeting(id="abcde")).headers["ETag"]
    newer = call("PATCH", EVENTS + "/abcde", {"summary": "A"}, If_Match=etag).json()["etag"]
    assert reason(call(verb, EVENTS + "/abcde", body, If_Match=etag)) == (412, "conditionNotMet")
    assert call("GET", EVENTS + "/abcde").json()["summary"] == "A"
    assert call(verb, EVENTS + "/abcde", body, If_Match=newer).ok


@pytest.mark.parametrize("verb", ["GET", "PATCH", "PUT", "DELETE"])
def test_an_event_or_calendar_that_is_not_there_is_not_found(call: Caller, verb: str) -> None:
    body = meeting() if verb in ("PATCH", "PUT") else None
    assert reason(call(verb, EVENTS + "/nosuch", body)) == (404, "notFound")
    assert reason(call(verb, "/calendars/nobody/events/nosuch", body)) == (404, "notFound")


def test_a_calendar_that_was_shared_no_longer_is_gone(google: Google, call: Caller) -> None:
    google.add_calendar(ADA, "team", "Team")
    google.unshare("team", ADA)
    assert reason(call("GET", "/users/me/calendarList/team")) == (404, "notFound")
    assert reason(call("POST", "/calendars/team/events", meeting())) == (404, "notFound")


def test_an_invitation_of_somebody_else_cannot_be_changed(google: Google, call: Caller) -> None:
    invited = google.add_event(ADA, NINE, TEN, response="accepted")
    expected = (403, "forbiddenForNonOrganizer")
    assert reason(call("PATCH", f"{EVENTS}/{invited}", {"summary": "Mine"})) == expected


@pytest.mark.parametrize(
    ("scopes", "verb", "path"),
    [
        (("calendar.events",), "POST", "/freeBusy"),
        (("calendar.events.owned",), "POST", "/freeBusy"),
        (("calendar.freebusy",), "GET", EVENTS),
        (("calendar.events.freebusy",), "GET", "/users/me/calendarList"),
        (("calendar.events.freebusy", "calendar.calendarlist.readonly"), "POST", EVENTS),
        (("calendar.app.created",), "POST", EVENTS),
    ],
)
def test_a_token_without_the_scope_is_refused(
    google: Google, call: Caller, scopes: tuple[str, ...], verb: str, path: str
) -> None:
    answer = Caller(google, *scopes)(verb, path, meeting() if verb == "POST" else None)
    assert reason(answer) == (403, "insufficientPermissions")
    assert answer.json()["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    assert "insufficient_scope" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("role", "scope", "expected"),
    [
        ("reader", "calendar.events", (403, "requiredAccessLevel")),
        ("writer", "calendar.events.owned", (403, "insufficientPermissions")),
        ("writer", "calendar.events", None),
    ],
)
def test_a_calendar_of_others_needs_a_role_and_a_wider_scope(
    google: Google, call: Caller, role: str, scope: str, expected: tuple[int, str] | None
) -> None:
    google.add_account("ben@acme.example")
    google.share("ben@acme.example", ADA, role)
    answer = Caller(google, scope)("POST", "/calendars/ben@acme.example/events", meeting())
    assert answer.ok if expected is None else reason(answer) == expected


def test_a_token_that_is_unknown_expired_or_revoked_opens_nothing(google: Google, call: Caller) -> None:
    path = "/users/me/calendarList"
    assert call("GET", path).ok
    google.expire_access_tokens(ADA)
    assert reason(call("GET", path)) == (401, "authError")
    call.token = google.grant(ADA, *SCOPES)["access_token"]
    assert call("GET", path).ok
    google.revoke(ADA)
    assert reason(call("GET", path)) == (401, "authError")
    call.token = "ya29.made-up"
    assert reason(call("GET", path)) == (401, "authError")
    assert reason(requests.get(google.calendar_url + path, timeout=5)) == (401, "authError")


@pytest.mark.parametrize(("body", "kind"), [("{", "application/json"), ("{}", "text/plain")])
def test_a_body_that_is_not_json_or_does_not_say_so_is_refused(
    google: Google, call: Caller, body: str, kind: str
) -> None:
    headers = {"Authorization": f"Bearer {call.token}", "Content-Type": kind}
    answer = requests.post(google.calendar_url + EVENTS, data=body, headers=headers, timeout=5)
    assert reason(answer) == (400, "parseError")
    google.complaints.clear()


def test_a_method_that_is_not_there_is_complained_of(google: Google, call: Caller) -> None:
    assert call("GET", "/calendars/primary/event").status_code == 404
    assert call("GET", "/colors").status_code == 501
    assert call("GET", EVENTS + "?syncToken=x").status_code == 501
    assert call("POST", EVENTS + "?sendNotifications=true", meeting()).status_code == 501
    assert len(google.complaints) == 4
    google.complaints.clear()


def test_an_answer_of_the_stand_in_that_google_would_not_give_is_complained_of(
    google: Google, call: Caller
) -> None:
    call("POST", EVENTS, meeting(id="abcde", conferenceData=MEET))
    google.calendars[ADA].events["abcde"]["startTime"] = "nine"
    call("GET", EVENTS + "/abcde")
    (complaint,) = google.complaints
    assert "answered wrongly" in complaint
    assert "startTime" in complaint
    google.complaints.clear()
