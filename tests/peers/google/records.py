"""Who and what there is: accounts, calendars, and the rows of the log."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

Json = dict[str, Any]
API = "https://www.googleapis.com/auth/"


@dataclass
class Account:
    """A person's account; `domain` is that of a Workspace, `claims` is laid over the claims of its ID tokens."""

    email: str
    name: str
    domain: str | None
    sub: str
    email_verified: bool = True
    claims: Json = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    """The calendars on its list, by id, and what it may do there."""


@dataclass
class Calendar:
    """A calendar; `conferences` are the kinds that it allows.

    `broken`: the reason why its free/busy fails; `omitted` leaves it out of the answer.
    """

    id: str
    summary: str
    time_zone: str
    owner: str
    conferences: tuple[str, ...] = ("hangoutsMeet",)
    broken: str | None = None
    events: dict[str, Json] = field(default_factory=dict)
    """By id; deleted ones stay, cancelled."""
    pending: dict[str, int] = field(default_factory=dict)
    """How many more reads until an event's conference is made."""


@dataclass
class Call:
    """A request that came; `account` is an e-mail, `status` stays None where none was sent."""

    method: str
    at: datetime
    query: Json
    body: Any = None
    account: str | None = None
    status: int | None = None


class Invitation(NamedTuple):
    """A mail that Google sends to a guest: `kind` is request, update or cancel."""

    kind: str
    event_id: str
    guest: str
    send_updates: str


@dataclass
class Channel:
    """A push channel: `ends` is when it expires, `messages` how many notices it has sent."""

    id: str
    resource_id: str
    resource_uri: str
    address: str
    token: str | None
    ends: datetime
    messages: int = 0


@dataclass
class Meet:
    """How the making of conferences goes: at last to `outcome`, after being pending for `reads` reads."""

    outcome: str = "success"
    reads: int = 0


def full_scope(name: str) -> str:
    """The whole name of a scope of which the last part is given, such as `calendar.events`."""
    return name if "/" in name else API + name


def new_event_id() -> str:
    """An id as Google makes them."""
    return "".join(secrets.choice("0123456789abcdefghijklmnopqrstuv") for _ in range(26))
