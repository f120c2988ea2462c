"""Contacts as a CSV file, with columns that our own import knows by their names."""

from collections.abc import Iterable, Iterator

from ..csv_cells import csv_lines
from ..models import Contact

COLUMNS = ("email", "name", "phone", "company", "owner", "addresses")


def csv_of(contacts: Iterable[Contact]) -> Iterator[str]:
    """The lines of the file; several addresses stand in one cell, with a semicolon between."""
    yield from csv_lines(_rows(contacts))


def _rows(contacts: Iterable[Contact]) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    yield from map(_cells, contacts)


def _cells(contact: Contact) -> tuple[str, ...]:
    owner = contact.owner.email if contact.owner else ""
    further = "; ".join(one.email for one in contact.addresses)
    return contact.email, contact.name, contact.phone, contact.company, owner, further
