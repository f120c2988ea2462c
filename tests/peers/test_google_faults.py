"""Everything that can go wrong with Google goes wrong on demand, for as many calls as were asked for."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from tests.peers.google import Google
from tests.peers.google.refusals import REFUSALS
from tests.peers.google_clients import ADA, EVENTS, Caller, meeting, reason

LIST = "/users/me/calendarList"
REASONS = [
    ("authError", 401, "authError"),
    ("insufficientPermissions", 403, "insufficientPermissions"),
    ("accessNotConfigured", 403, "accessNotConfigured"),
    ("rateLimitExceeded", 403, "rateLimitExceeded"),
    ("userRateLimitExceeded", 403, "userRateLimitExceeded"),
    ("quotaExceeded", 403, "quotaExceeded"),
    ("forbiddenForNonOrganizer", 403, "forbiddenForNonOrganizer"),
    ("domainPolicy", 403, "domainPolicy"),
    ("notFound", 404, "notFound"),
    ("duplicate", 409, "duplicate"),
    ("deleted", 410, "deleted"),
    ("fullSyncRequired", 410, "fullSyncRequired"),
    ("conditionNotMet", 412, "conditionNotMet"),
    ("tooManyRequests", 429, "rateLimitExceeded"),
    ("backendError", 500, "backendError"),
    ("unavailable", 503, "backendError"),
]


@pytest.fixture
def call(google: Google) -> Caller:
    google.add_account(ADA)
    return Caller(google)


@pytest.mark.parametrize(("kind", "status", "why"), REASONS)
def test_a_refusal_comes_once_and_changes_nothing(
    google: Google, call: Caller, kind: str, status: int, why: str
) -> None:
    google.fail(kind)
    assert reason(call("POST", EVENTS, meeting())) == (status, why)
    assert google.events(ADA) == []
    assert call("POST", EVENTS, meeting()).ok


def test_a_refusal_may_say_how_long_to_wait(google: Google, call: Caller) -> None:
    google.fail("tooManyRequests", retry_after=7)
    google.fail("tooManyRequests")
    answers = [call("GET", LIST) for _ in range(3)]
    assert [answer.headers.get("Retry-After") for answer in answers] == ["7", None, None]
    assert [answer.status_code for answer in answers] == [429, 429, 200]


def test_only_the_named_method_fails_as_often_as_said(google: Google, call: Caller) -> None:
    google.fail("backendError", 2, method="calendar.events.insert")
    statuses = [call(*each).status_code for each in [("GET", LIST), *[("POST", EVENTS, meeting())] * 3]]
    assert statuses == [200, 500, 500, 200]


@pytest.mark.parametrize(("kind", "stands"), [("lost_before", 0), ("lost_after", 1)])
@pytest.mark.parametrize("seconds", [0, 30])
def test_a_lost_answer_leaves_the_effect_or_not(
    google: Google, call: Caller, kind: str, stands: int, seconds: int
) -> None:
    google.fail(kind, seconds=seconds)
    url, bearer = google.calendar_url + EVENTS, {"Authorization": f"Bearer {call.token}"}
    with pytest.raises(requests.ReadTimeout if seconds else requests.ConnectionError):
        requests.post(url, json=meeting(), headers=bearer, timeout=0.3)
    assert len(google.events(ADA)) == stands
    assert [c.status for c in google.calls_of("calendar")] == [None]


def test_a_slow_answer_is_a_right_one(google: Google, call: Caller) -> None:
    google.fail("slow", seconds=0.4)
    url, bearer = google.calendar_url + LIST, {"Authorization": f"Bearer {call.token}"}
    with pytest.raises(requests.ReadTimeout):
        requests.get(url, headers=bearer, timeout=0.1)
    google.fail("slow", seconds=0.05)
    assert call("GET", LIST).ok


def test_an_answer_may_break_off(google: Google, call: Caller) -> None:
    google.fail("truncated")
    answer = call("GET", LIST)
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_somebody_elses_page_may_answer(google: Google, call: Caller) -> None:
    google.fail("html")
    answer = call("GET", LIST)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")


def test_everything_is_down_until_it_heals(google: Google, call: Caller) -> None:
    google.fail("down")
    for url in (google.metadata_url, google.calendar_url + LIST, google.base + "/o/oauth2/v2/auth"):
        for _ in range(2):
            with pytest.raises(requests.ConnectionError):
                requests.get(url, timeout=5)
    google.heal()
    assert call("GET", LIST).ok


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("invalid_grant", 400, "invalid_grant"),
        ("backendError", 500, "internal_failure"),
        ("unavailable", 503, "internal_failure"),
    ],
)
def test_the_token_endpoint_fails_in_its_own_words(
    google: Google, kind: str, status: int, error: str
) -> None:
    google.add_account(ADA)
    google.fail(kind, method="token")
    form = {"grant_type": "refresh_token", "refresh_token": google.grant(ADA)["refresh_token"]}
    client = (google.client_id, google.client_secret)
    answers = [requests.post(google.base + "/token", data=form, auth=client, timeout=5) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status, 200]
    assert answers[0].json()["error"] == error


def test_another_process_can_ask_for_faults(google: Google, call: Caller) -> None:
    faults = google.base + "/_test/faults"
    asked: dict[str, Any] = {"kind": "unavailable", "times": None, "method": "calendar.calendarList"}
    assert requests.post(faults, json=asked, timeout=5).ok
    assert [call("GET", LIST).status_code for _ in range(3)] == [503] * 3
    assert requests.delete(faults, timeout=5).ok
    assert call("GET", LIST).ok
    assert requests.post(faults, json={"kind": "sunshine"}, timeout=5).status_code == 400


def test_an_unknown_fault_is_refused(google: Google) -> None:
    with pytest.raises(ValueError, match=r"unknown kind 'sunshine'; there are: .*backendError"):
        google.fail("sunshine")


def test_every_refusal_of_the_table_can_be_asked_for(google: Google, call: Caller) -> None:
    for kind, (status, why, *_) in REFUSALS.items():
        google.fail(kind)
        assert reason(call("GET", LIST)) == (status, why)


def test_calls_are_counted_with_account_and_time(google: Google, call: Caller) -> None:
    google.clock = lambda: datetime(2027, 2, 1, tzinfo=UTC)
    call.token = google.grant(ADA, "calendar.events")["access_token"]
    call("POST", EVENTS + "?sendUpdates=none", meeting())
    (made,) = google.calls_of("calendar.events.insert")
    assert (made.account, made.at, made.status) == (ADA, google.clock(), 200)
    assert (made.query, made.body) == ({"sendUpdates": "none"}, meeting())
