"""Whom the rows of a file are about: users as owners, and contacts that are there already.

Everything for some rows is read at once, and written at once. Inside a transaction.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from ..extensions import db
from ..models import Contact, ContactAddress, CrmOwner, User
from ..sentences import Sentence

NO_SUCH_USER = Sentence(
    "Nobody of your team is called this. Write a user’s e-mail address, or leave the cell empty."
)
SEVERAL_USERS = Sentence("Several users are called this. Write the e-mail address of one of them.")
INACTIVE_USER = Sentence("This user is not active any more. Name somebody who is, or leave the cell empty.")


class TakenMeanwhile(Exception):
    """Somebody took one of the addresses between our look and our writing: a second look finds whose it is."""


class Owners:
    """The users by what a file may call them: their address or name, or those by which the CRM knows them."""

    def __init__(self) -> None:
        users = db.session.execute(select(User.id, User.email, User.name, User.active)).all()
        self._active = {user.id for user in users if user.active}
        self._named: dict[str, set[int]] = {}
        for user in users:
            self._know(user.id, user.email, user.name)
        crm = select(CrmOwner.user_id, CrmOwner.email, CrmOwner.name).where(CrmOwner.user_id.is_not(None))
        known = dict(self._named)
        for owner in db.session.execute(crm):
            self._know(owner.user_id, *(word for word in owner[1:] if _plain(word) not in known))

    def _know(self, user_id: int, *words: str) -> None:
        for word in filter(None, map(_plain, words)):
            self._named.setdefault(word, set()).add(user_id)

    def find(self, word: str) -> int | Sentence:
        """The number of the user who is called that, or what is wrong with it."""
        found = self._named.get(_plain(word), set())
        active = found & self._active
        if len(active) == 1:
            return next(iter(active))
        if active:
            return SEVERAL_USERS
        return INACTIVE_USER if found else NO_SUCH_USER


def _plain(word: str) -> str:
    return " ".join(word.casefold().split())


@dataclass(slots=True)
class Person:
    """A contact as it stands, or will stand: `id` is None for one that is new."""

    id: int | None
    email: str
    name: str
    phone: str
    company: str
    owner_id: int | None
    changed: bool = False
    further: list[str] = field(default_factory=list)

    def change(self, **values: object) -> None:
        """Takes values over, but empty ones."""
        for key, value in values.items():
            if value and value != getattr(self, key):
                setattr(self, key, value)
                self.changed = True


class People:
    """The contacts that some addresses belong to, and those that are made of them. `by_address` is everybody by each
    address that was asked for; a person's `further` are the addresses to be added."""

    def __init__(self, addresses: Collection[str]) -> None:
        self.by_address: dict[str, Person] = {}
        self._new = list[Person]()
        people = dict[int, Person]()
        columns = (Contact.id, Contact.email, Contact.name, Contact.phone, Contact.company, Contact.owner_id)
        as_further = select(ContactAddress.contact_id, ContactAddress.email)
        links = db.session.execute(as_further.where(ContactAddress.email.in_(addresses))).all()
        wanted = Contact.email.in_(addresses) | Contact.id.in_([link.contact_id for link in links])
        # A booking may give one of them an owner at this moment: they are locked before they are looked at.
        found = (
            select(*columns)
            .where(wanted, Contact.forgotten_at.is_(None))
            .order_by(Contact.id)
            .with_for_update()
        )
        for row in db.session.execute(found):
            people[row.id] = self.by_address[row.email] = Person(*row)
        for link in links:
            if link.contact_id in people:
                self.by_address.setdefault(link.email, people[link.contact_id])

    def add(self, person: Person) -> None:
        """Makes a person known who was not."""
        self._new.append(person)
        self.by_address[person.email] = person

    def add_addresses(self, person: Person, addresses: Iterable[str]) -> None:
        """Makes a person known by further addresses, of which none is somebody else's."""
        new = [address for address in addresses if address not in self.by_address]
        person.further += new
        person.changed = person.changed or bool(new)
        self.by_address.update(dict.fromkeys(new, person))

    def write(self, now: datetime) -> None:
        """Stores whoever is new, and what changed. Raises TakenMeanwhile, or IntegrityError for the same reason."""
        if self._new:
            db.session.execute(insert(Contact), [_new_row(person, now) for person in self._new])
            # From here on nobody else can take these; who took one as a further address before is seen by now.
            _check_free([person.email for person in self._new])
        changed = {id(person): person for person in self.by_address.values() if person.id and person.changed}
        if changed:
            db.session.execute(
                update(Contact), [_row(person) | {"id": person.id} for person in changed.values()]
            )
        self._write_addresses([*self._new, *changed.values()])

    def _write_addresses(self, people: list[Person]) -> None:
        people = [person for person in people if person.further]
        if not people:
            return
        made = select(Contact.email, Contact.id).where(Contact.email.in_([person.email for person in people]))
        ids = {row.email: row.id for row in db.session.execute(made)}
        rows = [
            {"email": address, "contact_id": ids[person.email]}
            for person in people
            for address in person.further
        ]
        db.session.execute(insert(ContactAddress), rows)
        _keep_from_others([str(row["email"]) for row in rows])


def _check_free(addresses: Collection[str]) -> None:
    taken = select(ContactAddress.email).where(ContactAddress.email.in_(addresses)).limit(1)
    if db.session.scalar(taken) is not None:
        raise TakenMeanwhile


def _keep_from_others(addresses: Collection[str]) -> None:
    """As `contact_address` does for one: whoever makes one a first address at this moment waits for our commit, and
    finds it taken then."""
    db.session.execute(insert(Contact), [{"email": address} for address in addresses])
    db.session.execute(
        delete(Contact).where(Contact.email.in_(addresses)).execution_options(synchronize_session=False)
    )


def _row(person: Person) -> dict[str, object]:
    return {key: getattr(person, key) for key in ("email", "name", "phone", "company", "owner_id")}


def _new_row(person: Person, now: datetime) -> dict[str, object]:
    return _row(person) | {"source": "import", "created_at": now}
