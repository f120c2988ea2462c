"""Personal links for many contacts at once, for letters to all of them (R21)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from ..extensions import db
from ..models import Contact, Link, User
from ..sentences import Sentence
from ..tokens import signer
from .contact import contact_ids_of, normal_email
from .contact_list import Wanted, numbers_of
from .errors import BadRequest
from .personal_link import check_days, check_may_give, expiry, insert_rows
from .transaction import in_transaction

MOST = 100_000
# Few enough that nobody waits long for the write lock.
BATCH = 1000
LONGEST = 254
_ADDRESS = re.compile(r"[^\s,;:\"'<>()\[\]]+@[^\s,;:\"'<>()\[\]]+")


class Named(NamedTuple):
    """The contacts that a text names, each once, and what in it is no contact's address."""

    ids: list[int]
    unknown: list[str]


class Line(NamedTuple):
    """A personal link that was made: whom for, who owns them, and its `for=` token."""

    email: str
    name: str
    owner: str
    token: str


def contacts_named_in(*texts: str) -> Named:
    """The contacts whose addresses stand in these texts: several on a line, or beside other columns, whose names may be
    the first line. Raises BadRequest for more than MOST."""
    addresses, unknown = _addresses_in(texts)
    _check_count(addresses, "emails")
    known: dict[str, int] = {}
    for some in _batches(addresses):
        known |= contact_ids_of(some)
    ids = dict.fromkeys(known[normal_email(one)] for one in addresses if normal_email(one) in known)
    return Named([*ids], [*(one for one in addresses if normal_email(one) not in known), *unknown])


def _addresses_in(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """The addresses, once each, and the lines without one."""
    addresses: dict[str, None] = {}
    without = []
    for text in texts:
        for number, line in enumerate(line.strip() for line in text.strip().splitlines()):
            found = [one for one in _ADDRESS.findall(line) if len(one) <= LONGEST and one.isprintable()]
            addresses |= dict.fromkeys(found)
            if line and number and not found:
                without.append(line[:LONGEST])
    return [*addresses], without


def contacts_found(wanted: Wanted) -> list[int]:
    """The contacts that a list would show. Raises BadRequest for more than MOST."""
    ids = numbers_of(wanted, MOST + 1)
    _check_count(ids, "whom")
    return ids


def _check_count(found: Sequence[object], field: str) -> None:
    if len(found) > MOST:
        raise BadRequest(field, Sentence("Make at most %(most)s at once.", most=f"{MOST:,}"))


def give_to_many(
    link: Link, contact_ids: Sequence[int], *, days: int, by: User, now: datetime
) -> Iterator[Line]:
    """Makes a personal link for each contact, batch by batch, as they are read. Raises NotAllowed and BadRequest before
    any is made."""
    check_may_give(link, by)
    check_days(days)
    return _given(link.id, contact_ids, expiry(now, days), by, now)


def _given(
    link_id: int, contact_ids: Sequence[int], expires_at: datetime, by: User, now: datetime
) -> Iterator[Line]:
    by_id = by.id
    for some in _batches(contact_ids):

        def work(some: Sequence[int] = some) -> list[Line]:
            rows = db.session.execute(
                _CONTACTS.where(Contact.id.in_(some), Contact.forgotten_at.is_(None))
            ).all()
            made = insert_rows(link_id, [row.id for row in rows], expires_at=expires_at, by_id=by_id, now=now)
            return [
                Line(row.email, row.name, row.owner or "", signer.personal(number, expires_at))
                for row, number in zip(rows, made, strict=True)
            ]

        yield from in_transaction(work)


_CONTACTS = (
    select(Contact.id, Contact.email, Contact.name, User.name.label("owner"))
    .outerjoin(User, User.id == Contact.owner_id)
    .order_by(Contact.email)
)


def _batches(everything: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (everything[begin : begin + BATCH] for begin in range(0, len(everything), BATCH))
