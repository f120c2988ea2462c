"""Contacts as a CSV file, with the columns that our own import knows by name."""

from collections.abc import Iterable, Iterator
from itertools import chain

from ..csv_cells import csv_lines
from ..models import Contact

COLUMNS = ("email", "name", "phone", "company", "owner", "addresses")


def csv_of(contacts: Iterable[Contact]) -> Iterator[str]:
    """The lines of the file, the first with the names of the columns; several addresses stand in one cell, with a
    semicolon between."""
    return csv_lines(chain([COLUMNS], map(_cells, contacts)))


def _cells(contact: Contact) -> tuple[str, ...]:
    owner = contact.owner.email if contact.owner else ""
    further = "; ".join(one.email for one in contact.addresses)
    return contact.email, contact.name, contact.phone, contact.company, owner, further
