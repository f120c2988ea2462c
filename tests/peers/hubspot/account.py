"""An account of HubSpot's: its records, who may ask, and what was asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from threading import Event, Lock

from .faults import Faults
from .records import Owner, Record

ALL_SCOPES = ("crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.owners.read")


@dataclass(frozen=True)
class Asked:
    """One call: its method, path with query, and body."""

    method: str
    path: str
    body: str


class Account:
    """What tests fill and look at. `calls` are all so far, `complaints` what HubSpot would not take."""

    def __init__(self) -> None:
        self.base, self.token = "", "pat-eu1-of-the-stand-in"
        self.scopes = {*ALL_SCOPES}
        self.contacts: dict[str, Record] = {}
        self.meetings: dict[str, Record] = {}
        self.owners: dict[str, Owner] = {}
        self.calls: list[Asked] = []
        self.complaints: list[str] = []
        self.associations_at_once, self.owners_at_once = 500, 500
        self.stopping, self.lock = Event(), Lock()
        self.faults = Faults(self.stopping)
        self._numbers = count(1001)

    def add(self, rows: dict[str, Record], values: Mapping[str, str]) -> Record:
        """A new record, which the search does not know yet."""
        record = Record(str(next(self._numbers)), dict(values), indexed=False)
        rows[record.id] = record
        return record

    def add_owner(self, email: str, name: str = "", *, archived: bool = False, type: str = "PERSON") -> str:
        """Somebody who can own records; returns the id."""
        first, _space, last = name.partition(" ")
        owner = Owner(str(next(self._numbers)), email, first, last, archived, type)
        self.owners[owner.id] = owner
        return owner.id

    def add_contact(self, email: str, owner: str = "", *further: str) -> str:
        """A contact that the search knows, with further addresses; returns the id."""
        values = {"email": email, "hs_additional_emails": ";".join(further), "hubspot_owner_id": owner}
        record = self.add(self.contacts, {name: text for name, text in values.items() if text})
        record.indexed = True
        return record.id

    def index(self) -> None:
        """A few moments later: the search knows everything."""
        for record in (*self.contacts.values(), *self.meetings.values()):
            record.indexed = True

    def by_email(self, email: str) -> Record | None:
        """The contact whose own address it is; reading by a further one is not known to work."""
        own = (one for one in self.contacts.values() if one.values.get("email", "").lower() == email.lower())
        return next(own, None)

    def holding(self, email: str) -> list[Record]:
        """Every contact with an address, further ones included."""
        return [
            one
            for one in self.contacts.values()
            if email.lower()
            in (one.values.get("email", ""), *one.values.get("hs_additional_emails", "").split(";"))
        ]

    def asked(self, method: str = "", part: str = "") -> list[Asked]:
        """The calls so far of a method whose path holds a part."""
        return [one for one in self.calls if one.method.startswith(method) and part in one.path]
