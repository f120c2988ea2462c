"""Contacts as another system sends them: made, or changed in what it names (R20, R25)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from ..extensions import db
from ..models import Contact, User
from ..sentences import Sentence
from .contact import contact_ids_of, normal_email
from .contact_address import AddressTaken, keep_from_others, put_addresses
from .link import users_by_email
from .transaction import in_transaction

MOST = 500
PLAIN = ("name", "phone", "company")
CREATED, UPDATED, UNCHANGED, CONFLICT, REFUSED = "created", "updated", "unchanged", "conflict", "refused"
ATTEMPTS = 3
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Push:
    """One contact as it is sent: `email` is any address of theirs, `values` what is named of name, phone, company,
    owner (a user's address, or None for nobody) and addresses (all further ones). With `replace_owner` the owner
    counts whoever it was before, without it only where there was none."""

    email: str
    values: Mapping[str, Any] = field(default_factory=dict)
    replace_owner: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: CREATED, UPDATED, UNCHANGED, or nothing stored: CONFLICT where an address is another
    contact's, REFUSED where something cannot be. `errors` are sentences by field."""

    email: str
    status: str
    errors: Mapping[str, list[str]] = field(default_factory=dict)


def push_contacts(pushes: Sequence[Push], *, now: datetime) -> list[Outcome]:
    """Stores what can be of all these, together; the same again changes nothing. Returns what became of each, in their
    order: a later one finds what an earlier one did."""
    return _unless_somebody_was_faster(lambda: _Pushed(pushes, now).all(pushes))


def _unless_somebody_was_faster(work: Callable[[], Result]) -> Result:
    """Runs it in a transaction. Whoever took an address at the same moment is found the next time."""
    for _ in range(ATTEMPTS - 1):
        try:
            return in_transaction(work)
        except (IntegrityError, AddressTaken):
            continue
    return in_transaction(work)


class _Pushed:
    """A batch at work: whom each address belongs to so far, and the users by address. Inside a transaction."""

    def __init__(self, pushes: Iterable[Push], now: datetime) -> None:
        self._now = now
        named = {email for push in pushes for email in (push.email, *push.values.get("addresses", ()))}
        ids = contact_ids_of(named)
        rows = {contact.id: contact for contact in db.session.scalars(_locked(set(ids.values())))}
        self._known = {email: rows[number] for email, number in ids.items() if number in rows}
        # Whoever pushes the same at this moment waits for us, and neither of us for the other.
        keep_from_others({normal_email(email) for email in named} - set(ids))
        owners = {push.values["owner"] for push in pushes if push.values.get("owner")}
        self._users: Mapping[str, User] = users_by_email(sorted(owners))

    def all(self, pushes: Iterable[Push]) -> list[Outcome]:
        return [self._one(push) for push in pushes]

    def _one(self, push: Push) -> Outcome:
        email = normal_email(push.email)
        owner = push.values.get("owner")
        if owner and normal_email(owner) not in self._users:
            said = Sentence("There is no user %(email)s.", email=owner)
            return Outcome(push.email, REFUSED, {"owner": [said]})
        contact = self._known.get(email)
        taken = self._taken(push, contact)
        if taken:
            return Outcome(push.email, CONFLICT, {"addresses": taken})
        if contact is not None:
            return Outcome(push.email, UPDATED if self._changed(contact, push) else UNCHANGED)
        self._make(email, push)
        return Outcome(push.email, CREATED)

    def _taken(self, push: Push, contact: Contact | None) -> list[str]:
        belongs_to = (
            (email, self._known.get(normal_email(email))) for email in push.values.get("addresses", ())
        )
        return [
            Sentence("%(email)s is another contact's.", email=email)
            for email, other in belongs_to
            if other is not None and other is not contact
        ]

    def _make(self, email: str, push: Push) -> None:
        contact = Contact(source="api", created_at=self._now)
        self._set(contact, push)
        self._be_known_as(contact, email, set(map(normal_email, push.values.get("addresses", ()))) - {email})

    def _changed(self, contact: Contact, push: Push) -> bool:
        """Whether anything did."""
        changed = self._set(contact, push)
        if "addresses" not in push.values:
            return changed
        # The address by which the contact was found stays: the same again must find it.
        wanted = {normal_email(email) for email in (*push.values["addresses"], push.email)} - {contact.email}
        if wanted == {row.email for row in contact.addresses}:
            return changed
        self._be_known_as(contact, contact.email, wanted)
        return True

    def _set(self, contact: Contact, push: Push) -> bool:
        """Whether it was otherwise before."""
        values = {key: push.values[key] for key in PLAIN if key in push.values}
        if "owner" in push.values and (push.replace_owner or contact.owner_id is None):
            owner = push.values["owner"]
            values["owner_id"] = self._users[normal_email(owner)].id if owner else None
        changed = {key for key, value in values.items() if getattr(contact, key) != value}
        for key in changed:
            setattr(contact, key, values[key])
        return bool(changed)

    def _be_known_as(self, contact: Contact, email: str, further: set[str]) -> None:
        """What one contact of a batch gives up, another one may get."""
        put_addresses(contact, email, further)
        before = {address for address, known in self._known.items() if known is contact}
        for address in before - {email} - further:
            del self._known[address]
        self._known |= dict.fromkeys((email, *further), contact)


def _locked(ids: set[int]) -> Any:
    wanted = (Contact.id.in_(ids), Contact.forgotten_at.is_(None))
    found = select(Contact).where(*wanted).order_by(Contact.id)
    return found.with_for_update().options(selectinload(Contact.addresses))
