"""How tests talk to the stand-in for Google: by Google's own client, and without any client's help."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import requests
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build

from tests.peers.google import Google
from tests.peers.google.records import full_scope
from tests.peers.google.tokens import challenge

ADA = "ada@acme.example"
LIST, BUSY, OWNED = map(
    full_scope, ("calendar.calendarlist.readonly", "calendar.events.freebusy", "calendar.events.owned")
)
LINK = f"openid email {LIST} {BUSY} {OWNED}"
SCOPES = (LIST, BUSY, OWNED)
EVENTS = "/calendars/primary/events"
NINE, TEN, ELEVEN = (datetime(2027, 2, 1, hour, tzinfo=UTC) for hour in (9, 10, 11))
MEET = {"createRequest": {"requestId": "first", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}
BACK = "http://localhost/back"
VERIFIER = "v" * 43


def client_of(google: Google, email: str = ADA, *scopes: str) -> Any:
    """Google's own client with a token of this account."""
    token = google.grant(email, *(scopes or SCOPES))["access_token"]
    options = {"api_endpoint": google.calendar_url + "/"}
    credentials = Credentials(token)
    return build("calendar", "v3", credentials=credentials, client_options=options, static_discovery=True)


def meeting(**fields: Any) -> dict[str, Any]:
    """The body of an event from nine to ten."""
    when = {"start": {"dateTime": "2027-02-01T09:00:00Z"}, "end": {"dateTime": "2027-02-01T10:00:00Z"}}
    return {"summary": "Demo", **when, **fields}


class Caller:
    """Asks the API without any client's help, so that it can ask wrongly."""

    def __init__(self, google: Google, *scopes: str) -> None:
        self.google = google
        self.token = google.grant(ADA, *(scopes or SCOPES))["access_token"]

    def __call__(self, verb: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {self.token}",
            **{n.replace("_", "-"): v for n, v in headers.items()},
        }
        return requests.request(verb, self.google.calendar_url + path, json=body, headers=headers, timeout=5)


def reason(answer: requests.Response) -> tuple[int, str]:
    """Status and reason of a refusal in the shape of Google's APIs."""
    error = answer.json()["error"]
    assert error["code"] == answer.status_code
    return answer.status_code, error["errors"][0]["reason"]


def question(**other: str) -> str:
    """A right question for authorization, with some of its parameters changed; empty ones are left out."""
    asked = {
        "client_id": "a-site.apps.googleusercontent.com",
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": LINK,
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "S256",
        "access_type": "offline",
    } | other
    return "/o/oauth2/v2/auth?" + urlencode({name: value for name, value in asked.items() if value})


def exchange(google: Google, **form: str) -> requests.Response:
    """What the token endpoint says to a code."""
    whole = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER, **form}
    auth = (google.client_id, google.client_secret)
    return requests.post(google.base + "/token", data=whole, auth=auth, timeout=5)
