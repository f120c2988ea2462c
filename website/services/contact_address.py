"""The addresses of contacts: no address is that of two people, whoever adds one at the same moment."""

from collections.abc import Collection

from sqlalchemy import delete, insert

from ..email_addresses import normal_email
from ..extensions import db
from ..models import Contact, ContactAddress
from .contact import contact_known_as
from .errors import Refused


class AddressTaken(Refused):
    """An address is another contact's."""

    def __init__(self, address: str, contact: Contact) -> None:
        super().__init__("an address is another contact's")
        self.address, self.contact_id, self.name = address, contact.id, contact.name or contact.email


def check_free(addresses: Collection[str], contact_id: int | None) -> None:
    """Raises AddressTaken where one of the addresses is that of another contact than this one."""
    for address in map(normal_email, addresses):
        other = contact_known_as(address)
        if other is not None and other.id != contact_id:
            raise AddressTaken(address, other)


def put_addresses(contact: Contact, email: str, addresses: Collection[str]) -> None:
    """Makes `email` the contact's address and `addresses` the further ones, in place of what it had; a contact that is
    new is stored. Inside a transaction.

    Raises AddressTaken; IntegrityError where somebody took one of them at this very moment: a second attempt says who.
    """
    first = normal_email(email)
    wanted = {normal_email(address) for address in addresses} - {first}
    check_free([first, *wanted], contact.id)
    _be_known_as(contact, first)
    kept = [one for one in contact.addresses if one.email in wanted]
    new = sorted(wanted - {one.email for one in kept})
    if new or len(kept) < len(contact.addresses):
        contact.addresses = [*kept, *(ContactAddress(email=address) for address in new)]
        db.session.flush()
    keep_from_others(new)


def _be_known_as(contact: Contact, first: str) -> None:
    """What was a further address may become the first, and the other way round."""
    if contact.id is not None and contact.email == first:
        return
    if contact.id is not None:
        contact.addresses = [one for one in contact.addresses if one.email != first]
    contact.email = first
    db.session.add(contact)
    # From here on nobody else can take it as a first address; who took it as a further one before is seen by now.
    db.session.flush()
    further = db.session.get(ContactAddress, first)
    if further is not None:
        raise AddressTaken(first, further.contact)


def keep_from_others(addresses: Collection[str]) -> None:
    """Keeps addresses that are nobody's first one from becoming so at this moment: whoever tries to waits for our
    commit, and finds them taken then. That holds on every engine, without a lock of its own, and in an order in which
    nobody waits for somebody who waits. Inside a transaction. Raises IntegrityError where somebody was faster."""
    if not addresses:
        return
    table, empty = Contact.__table__, dict.fromkeys(("name", "phone", "company", "source", "crm_id"), "")
    rows = [{"email": address, **empty} for address in sorted(addresses)]
    db.session.execute(insert(table), rows)  # type: ignore[arg-type]
    db.session.execute(delete(table).where(table.c.email.in_(addresses)))  # type: ignore[arg-type]
