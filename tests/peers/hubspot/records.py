"""What an account of HubSpot's holds, and which values its properties take."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .refusals import wrong_property

Values = dict[str, str]
MADE = "2026-01-05T09:00:00.000Z"
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
OUTCOMES = ("SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED")


@dataclass
class Record:
    """A contact or a meeting; `links` are the ids of what it stands with, `indexed`: the search knows it."""

    id: str
    values: Values
    links: list[str] = field(default_factory=list)
    indexed: bool = True

    def json(self, wanted: list[str]) -> dict[str, Any]:
        values: dict[str, str | None] = {name: self.values.get(name) for name in wanted}
        values |= {"hs_object_id": self.id, "createdate": MADE, "lastmodifieddate": MADE}
        return {"id": self.id, "properties": values, "createdAt": MADE, "updatedAt": MADE, "archived": False}


@dataclass
class Owner:
    """Whoever can own records. Their `userId` is another number."""

    id: str
    email: str
    first: str
    last: str
    archived: bool = False
    type: str = "PERSON"

    def json(self) -> dict[str, Any]:
        user = int(self.id) + 5000
        return {
            "id": self.id,
            "email": self.email,
            "type": self.type,
            "firstName": self.first,
            "lastName": self.last,
            "userId": None if self.archived else user,
            "userIdIncludingInactive": user,
            "createdAt": MADE,
            "updatedAt": MADE,
            "archived": self.archived,
        }


def _any(_name: str, _text: str, _owners: Mapping[str, Owner]) -> None:
    """Takes whatever comes."""


def _email(name: str, text: str, _owners: Mapping[str, Owner]) -> None:
    if not EMAIL.fullmatch(text):
        raise wrong_property(name, "INVALID_EMAIL", f"Email address {text} is invalid")


def _owner(name: str, text: str, owners: Mapping[str, Owner]) -> None:
    if text and (text not in owners or owners[text].archived):
        raise wrong_property(name, "INVALID_OWNER_ID", f"{text} is not a valid owner id")


def _instant(name: str, text: str, _owners: Mapping[str, Owner]) -> None:
    try:
        at = datetime.fromtimestamp(int(text) / 1000, UTC) if text.isdigit() else datetime.fromisoformat(text)
    except ValueError:
        at = datetime(1, 1, 1)
    if at.tzinfo is None:
        raise wrong_property(name, "INVALID_LONG", f"{text} was not a valid long.")


def _outcome(name: str, text: str, _owners: Mapping[str, Owner]) -> None:
    if text not in OUTCOMES:
        raise wrong_property(name, "INVALID_OPTION", f"{text} was not one of the allowed options: {OUTCOMES}")


Check = Callable[[str, str, Mapping[str, Owner]], None]
PROPERTIES: dict[str, dict[str, Check]] = {
    "contacts": {
        "email": _email,
        "firstname": _any,
        "lastname": _any,
        "hubspot_owner_id": _owner,
        "hs_additional_emails": _any,
    },
    "meetings": {
        "hs_timestamp": _instant,
        "hs_meeting_title": _any,
        "hs_meeting_body": _any,
        "hs_meeting_location": _any,
        "hs_meeting_start_time": _instant,
        "hs_meeting_end_time": _instant,
        "hs_meeting_outcome": _outcome,
        "hs_meeting_external_url": _any,
        "hubspot_owner_id": _owner,
    },
}


def check(kind: str, values: Mapping[str, Any], owners: Mapping[str, Owner]) -> None:
    """Refuses what HubSpot would not take as values of a contact or a meeting."""
    for name, text in values.items():
        if name not in PROPERTIES[kind]:
            raise wrong_property(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
        if not isinstance(text, str):
            raise wrong_property(name, "INVALID_TYPE", f"{name} is no text")
        PROPERTIES[kind][name](name, text, owners)
