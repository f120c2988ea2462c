"""Contacts: who an address belongs to, and who owns them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, select, union_all

from ..email_addresses import normal_email as normal_email
from ..extensions import db
from ..models import Contact, ContactAddress, Link, User
from .crm import NOT_ASKED, CrmAnswer, ask_crm
from .ownership import Known, owner_by


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever looks at a page: an address, if one is known, and what the organisation knows of it.

    `owner_source` is a key of the receipt's `OWNER_SOURCES`, `crm` what came of asking the CRM, a key of its
    `CRM_OUTCOMES`. `personal` is set when a personal link says who it is (R21); only then may the page name the owner
    (R22).
    """

    email: str | None = None
    name: str = ""
    contact_id: int | None = None
    owner_id: int | None = None
    personal: bool = False
    owner_source: str = ""
    crm: str = ""


NOBODY = Visitor()


# Its own address comes first, should two contacts ever hold the same.
_KNOWN_AS = union_all(
    select(Contact.id, Contact.owner_id).where(Contact.email == bindparam("address")),
    select(Contact.id, Contact.owner_id)
    .join(ContactAddress, ContactAddress.contact_id == Contact.id)
    .where(ContactAddress.email == bindparam("address")),
)


def recognise(email: str | None, link: Link) -> Visitor:
    """The visitor of a link behind a typed address (R21). It may ask the CRM: never inside a transaction."""
    if not email:
        return NOBODY
    return recognise_by(email, link, ask_crm(normal_email(email), link))


def recognise_by(email: str, link: Link, crm: CrmAnswer) -> Visitor:
    """The visitor of a link behind a typed address, by what the CRM answered before (R21, R27)."""
    address = normal_email(email)
    row = db.session.execute(_KNOWN_AS, {"address": address}).first()
    contact_id, its_owner = (row.id, row.owner_id) if row else (None, None)
    owner_id, source = owner_by(Known(address, contact_id, its_owner, link, crm))
    return Visitor(address, "", contact_id, owner_id, owner_source=source, crm=crm.outcome)


def recognise_contact(contact_id: int, link: Link, crm: CrmAnswer = NOT_ASKED) -> Visitor | None:
    """The visitor of a personal link, None when the contact is gone (R21)."""
    contact = db.session.get(Contact, contact_id)
    if contact is None or contact.forgotten_at is not None:
        return None
    found = recognise_by(contact.email, link, crm)
    return replace(found, name=contact.name, contact_id=contact.id, personal=True)


def contact_ids_of(emails: Iterable[str]) -> dict[str, int]:
    """The contacts that these addresses belong to, by address in the form in which addresses are compared."""
    wanted = {normal_email(email) for email in emails}
    further = select(ContactAddress.email, ContactAddress.contact_id).where(ContactAddress.email.in_(wanted))
    own = select(Contact.email, Contact.id).where(Contact.email.in_(wanted))
    # Its own address comes last, and stays.
    return {email: number for found in (further, own) for email, number in db.session.execute(found)}


def owner_of(visitor: Visitor) -> User | None:
    """The user who owns the visitor's contact."""
    return db.session.get(User, visitor.owner_id) if visitor.owner_id is not None else None


def contact_known_as(email: str) -> Contact | None:
    """The contact with this address, be it the first or a further one."""
    row = db.session.execute(_KNOWN_AS, {"address": normal_email(email)}).first()
    return db.session.get(Contact, row.id) if row else None


def contact_for_booking(email: str, name: str, *, owner_id: int | None, now: datetime) -> Contact:
    """The contact of a booking: created when unknown; `owner_id`, if given, becomes owner of an unowned one and
    never replaces an owner (R25). Inside a transaction."""
    contact = contact_known_as(email) or _new_contact(normal_email(email), name, now)
    if contact.owner_id is None:
        contact.owner_id = owner_id
    return contact


def _new_contact(address: str, name: str, now: datetime) -> Contact:
    """A contact who booked, unless somebody made the address a further one of another contact at this moment."""
    made = Contact(email=address, name=name, source="booking", created_at=now)
    db.session.add(made)
    # From here on nobody else can take the address: whoever was before us is seen by now.
    db.session.flush()
    further = db.session.get(ContactAddress, address)
    if further is None:
        return made
    db.session.delete(made)
    return further.contact
