"""Which calendars an account has."""

from datetime import UTC, datetime, timedelta

from ..records import FoundCalendar
from .access import BUSY, CALENDARS, EVENTS
from .api import Api, Json, path_of, understood
from .busy import PRIMARY

MEET = "hangoutsMeet"
TRIED = timedelta(days=1)


def find_calendars(api: Api, now: datetime) -> list[FoundCalendar]:
    """All calendars on the account's list; where that may not be seen, the primary one alone."""
    if CALENDARS.name not in api.account.scopes:
        return [_primary(api, now)]
    writes = EVENTS.name in api.account.scopes
    found, page = list[FoundCalendar](), ""
    while True:
        query = {"maxResults": "250", **({"pageToken": page} if page else {})}
        answer = api.ask(CALENDARS, "GET", path_of("users", "me", "calendarList"), query=query).body
        with understood():
            found += [_found(entry, writes) for entry in answer.get("items", [])]
        page = answer.get("nextPageToken", "")
        if not page:
            return found


def _found(entry: Json, writes: bool) -> FoundCalendar:
    solutions = entry.get("conferenceProperties", {}).get("allowedConferenceSolutionTypes", [])
    return FoundCalendar(
        entry["id"],
        entry.get("summaryOverride") or entry.get("summary") or entry["id"],
        timezone=entry.get("timeZone", ""),
        writable=writes and entry["accessRole"] == "owner",
        primary=bool(entry.get("primary")),
        meets=MEET in solutions,
    )


def _primary(api: Api, now: datetime) -> FoundCalendar:
    """The primary calendar as a list of its events describes it. Whether it allows Meet is not said there: as a rule
    it does."""
    start = now.astimezone(UTC).replace(microsecond=0)
    query = {"maxResults": "1", "timeMin": start.isoformat(), "timeMax": (start + TRIED).isoformat()}
    answer = api.ask(BUSY, "GET", path_of("calendars", PRIMARY, "events"), query=query).body
    return FoundCalendar(
        PRIMARY,
        answer.get("summary") or "Primary calendar",
        timezone=answer.get("timeZone", ""),
        writable=EVENTS.name in api.account.scopes,
        primary=True,
        meets=True,
    )
