"""calendarList: the calendars that an account has on its list."""

from .asked import Asked, page
from .records import Account, Calendar, Json
from .refusals import Refused
from .state import State

ROLES = ("freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner")


def list_calendars(google: State, asked: Asked) -> Json:
    """calendarList.list"""
    least = ROLES.index(asked.query.get("minAccessRole", "freeBusyReader"))
    entries = [
        _entry(google.calendars[calendar_id], asked.account)
        for calendar_id, role in asked.account.roles.items()
        if ROLES.index(role) >= least
    ]
    return {
        "kind": "calendar#calendarList",
        "etag": google.new_etag(),
        **page(entries, asked.query, 100, google),
    }


def get_calendar(google: State, asked: Asked) -> Json:
    """calendarList.get"""
    calendar_id = asked.find_id(asked.path["calendarId"])
    if calendar_id not in asked.account.roles:
        raise Refused("notFound")
    return _entry(google.calendars[calendar_id], asked.account)


def _entry(calendar: Calendar, account: Account) -> Json:
    primary = calendar.id == account.email
    return {
        "kind": "calendar#calendarListEntry",
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.time_zone,
        "accessRole": account.roles[calendar.id],
        "selected": True,
        "defaultReminders": [{"method": "popup", "minutes": 10}] if primary else [],
        "conferenceProperties": {"allowedConferenceSolutionTypes": list(calendar.conferences)},
        **({"primary": True} if primary else {"dataOwner": calendar.owner}),
    }
