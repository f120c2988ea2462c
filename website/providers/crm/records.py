"""What goes to a CRM and comes from it, in plain values."""

from dataclasses import dataclass
from datetime import datetime

# How a meeting stands.
SCHEDULED, COMPLETED, NO_SHOW, CANCELLED = "scheduled", "completed", "no_show", "cancelled"


@dataclass(frozen=True, slots=True)
class FoundContact:
    """A contact as the CRM knows it; `owner_id` is the owner's id in the CRM, empty for nobody."""

    id: str
    owner_id: str = ""


@dataclass(frozen=True, slots=True)
class FoundOwner:
    """Somebody who can own contacts in the CRM. `archived`: no longer."""

    id: str
    email: str
    name: str
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever meets us. `new_owner` is the owner's id in the CRM that a contact without one gets there, empty for
    none."""

    email: str
    name: str
    new_owner: str = ""


@dataclass(frozen=True, slots=True)
class CrmMeeting:
    """A booking as it is to stand in the CRM. `id` is the meeting's there, empty while that is not known: then it is
    found by `uid`, should it stand there already. `address` is our page of it; `owner_id` the host's id there, empty
    where that is not known; `outcome` one of SCHEDULED, COMPLETED, NO_SHOW, CANCELLED. Times are aware."""

    id: str
    uid: str
    address: str
    title: str
    lines: tuple[str, ...]
    location: str
    start: datetime
    end: datetime
    outcome: str
    owner_id: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """Where it stands in the CRM now; `contact_id` is empty where that was not looked at."""

    meeting_id: str
    contact_id: str = ""
