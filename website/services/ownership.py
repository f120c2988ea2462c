"""Who owns a contact, by everything that may say so: a table of sources, the first that names somebody counts (R20)."""

from collections.abc import Callable
from dataclasses import dataclass

from ..models import Link
from .crm import CrmAnswer


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to go by: the address in the form in which addresses are compared, the contact and its owner where
    it is known, the link that is asked for, and what the CRM answered."""

    address: str
    contact_id: int | None
    owner_id: int | None
    link: Link
    crm: CrmAnswer


def _by_crm(known: Known) -> int | None:
    return known.crm.owner_id


def _by_contact(known: Known) -> int | None:
    return known.owner_id


# Keys of OWNER_SOURCES of the receipt, in the order in which they are heeded.
SOURCES: tuple[tuple[str, Callable[[Known], int | None]], ...] = (("crm", _by_crm), ("contact", _by_contact))


def owner_by(known: Known) -> tuple[int | None, str]:
    """The user who counts as owner, and the key of the source that says so; None and nothing where none does."""
    for key, ask in SOURCES:
        owner_id = ask(known)
        if owner_id is not None:
            return owner_id, key
    return None, ""
