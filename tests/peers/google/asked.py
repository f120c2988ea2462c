"""One request as a handler of the calendar API sees it."""

from dataclasses import dataclass

from .records import Account, Calendar, Json, full_scope
from .refusals import Refused
from .state import State

OWNED = frozenset(map(full_scope, ("calendar.events.owned", "calendar.events.owned.readonly")))
DETAILS = frozenset(
    map(full_scope, ("calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly"))
)


@dataclass(frozen=True)
class Asked:
    """A request that was found right: `scopes` are those of its token that open the method."""

    account: Account
    scopes: frozenset[str]
    path: dict[str, str]
    query: Json
    body: Json
    if_match: str | None

    def find_id(self, asked: str) -> str:
        """The id of a calendar that may be called `primary`."""
        return self.account.email if asked == "primary" else asked

    def calendar(self, google: State, writing: bool = False) -> Calendar:
        """The calendar in the path. Raises Refused if it is not on the account's list, or must not be written."""
        calendar = google.calendars.get(self.find_id(self.path["calendarId"]))
        role = self.account.roles.get(calendar.id) if calendar else None
        if calendar is None or role is None:
            raise Refused("notFound")
        if self.scopes <= OWNED and role != "owner":
            raise Refused("insufficientPermissions")
        if writing and role not in ("writer", "owner"):
            raise Refused("requiredAccessLevel")
        return calendar

    def sees_details(self, calendar: Calendar) -> bool:
        """Whether more than times may be shown of a calendar's events."""
        role = self.account.roles[calendar.id]
        enough = DETAILS | OWNED if role == "owner" else DETAILS
        return role != "freeBusyReader" and bool(self.scopes & enough)


def page(items: list, query: Json, usual: int, google: State) -> Json:
    """One page of a list, as `items` and the token of the next. Raises Refused for a token that is none."""
    token = query.get("pageToken", "page-0")
    if not token.startswith("page-") or not token[5:].isdecimal():
        raise Refused("invalid", "Invalid page token value.")
    start = int(token[5:])
    end = start + min(query.get("maxResults", usual), google.page_size)
    return {"items": items[start:end], **({"nextPageToken": f"page-{end}"} if end < len(items) else {})}
