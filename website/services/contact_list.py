"""Contacts, found by words and filters, a page at a time.

A list may have a million rows: each page begins behind the contact that the one before ended with, and matches are
counted no further than people count. Addresses and domains are looked up; only words are looked for in every row.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import joinedload, selectinload

from ..email_addresses import normal_domain
from ..extensions import db
from ..models import Company, Contact, ContactAddress
from ..models.contact import ADDRESS_DOMAIN, CONTACT_DOMAIN
from ..sentences import gettext_noop
from .contact import contact_known_as
from .listing import A_PAGE

MOST_COUNTED = 10_000
MOST_WORDS = 6
BATCH = 500
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_DOMAIN = re.compile(r"@?[^\s@]+\.[^\s@]+")


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of contacts that an index has: by these columns, which always have a value, all up or all down."""

    label: str
    columns: tuple[ColumnElement[Any], ...]
    down: bool = False


SORTS: dict[str, Sort] = {
    "address": Sort(gettext_noop("By address"), (Contact.email.expression,)),
    "name": Sort(gettext_noop("By name"), (func.lower(Contact.name), Contact.id.expression)),
    "newest": Sort(gettext_noop("Newest first"), (Contact.id.expression,), down=True),
}
# Where contacts come from.
SOURCES: dict[str, str] = {
    "booking": gettext_noop("Booked a meeting"),
    "hand": gettext_noop("Added by hand"),
    "import": gettext_noop("Imported from a file"),
    "api": gettext_noop("Added by a program"),
    "crm": gettext_noop("Came from the CRM"),
    "file": gettext_noop("Stands in the workspace file"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which contacts: `words` are looked for in name, addresses and company; `owner_id` or `unowned`; `source` is a key
    of `SOURCES`, `company` the name or the domain of one, `sort` a key of `SORTS`."""

    words: str = ""
    owner_id: int | None = None
    unowned: bool = False
    source: str = ""
    company: str = ""
    sort: str = "address"


@dataclass(frozen=True, slots=True)
class Page:
    """Contacts in their order, how many there are, at most one more than `MOST_COUNTED`, and whether there are others
    before and behind these."""

    rows: list[Contact] = field(default_factory=list)
    count: int = 0
    earlier: bool = False
    later: bool = False


def contacts_like(wanted: Wanted, *, after: int | None = None, before: int | None = None) -> Page:
    """A page of contacts: the one behind the contact with the number `after`, the one in front of `before`, or the
    first. A contact who is not there any more leads to the first."""
    sort, (found, count) = SORTS[wanted.sort], _counted(wanted)
    anchor = after if after is not None else before
    key = _key(sort, anchor) if anchor is not None else None
    if key is not None and after is not None:
        rows = _read(found.where(_beyond(sort, key, forward=True)), sort, forward=True)
        return Page(rows[:A_PAGE], count, earlier=True, later=len(rows) > A_PAGE)
    if key is not None:
        rows = _read(found.where(_beyond(sort, key, forward=False)), sort, forward=False)
        if len(rows) > A_PAGE:
            return Page(rows[A_PAGE - 1 :: -1], count, earlier=True, later=True)
    rows = _read(found, sort, forward=True)
    return Page(rows[:A_PAGE], count, later=len(rows) > A_PAGE)


def _counted(wanted: Wanted) -> tuple[Select[Contact], int]:
    """What finds the contacts, and how many there are. Rows are gone through once at most: where that found few, the
    rest is asked for by number; where it found many, the next ones in any order are not far."""
    found = _found(wanted)
    some = found.with_only_columns(Contact.id).limit(MOST_COUNTED + 1)
    if not wanted.words:
        count = db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
        return _found(wanted, many=True) if count > MOST_COUNTED else found, count
    numbers = db.session.scalars(some).all()
    few = select(Contact).where(Contact.id.in_(numbers))
    return few if len(numbers) <= MOST_COUNTED else _found(wanted, many=True), len(numbers)


def every_contact(wanted: Wanted) -> Iterator[Contact]:
    """All contacts that are wanted, in the order in which they came, read in short transactions."""
    found, last = _found(wanted).order_by(Contact.id).limit(BATCH), 0
    also = (joinedload(Contact.owner), selectinload(Contact.addresses))
    while rows := db.session.scalars(found.where(Contact.id > last).options(*also)).all():
        last = rows[-1].id
        yield from rows
        db.session.rollback()


def numbers_of(wanted: Wanted, most: int) -> list[int]:
    """The numbers of the contacts that are wanted, in the order in which they came, and of no more than so many."""
    found = _found(wanted).with_only_columns(Contact.id).order_by(Contact.id).limit(most)
    return list(db.session.scalars(found))


def _read(found: Select[Contact], sort: Sort, *, forward: bool) -> list[Contact]:
    order = [column.desc() if sort.down == forward else column.asc() for column in sort.columns]
    owners = joinedload(Contact.owner)
    return list(db.session.scalars(found.order_by(*order).limit(A_PAGE + 1).options(owners)))


def _key(sort: Sort, contact_id: int) -> Sequence[Any] | None:
    """Where a contact stands in an order."""
    return db.session.execute(select(*sort.columns).where(Contact.id == contact_id)).first()


def _beyond(sort: Sort, key: Sequence[Any], *, forward: bool) -> ColumnElement[bool]:
    """Behind, or in front of, a place in an order. Of a pair, SQLite looks up the first part only if it is told so."""
    first, border = sort.columns[0], tuple_(*(literal(value) for value in key))
    place: ColumnElement[Any] = tuple_(*sort.columns)
    if sort.down == forward:
        return and_(first <= key[0], place < border)
    return and_(first >= key[0], place > border)


def _found(wanted: Wanted, *, many: bool = False) -> Select[Contact]:
    """The contacts that are wanted. Where there are many, each is looked at on the way, in place of all at first."""
    found = select(Contact).where(Contact.forgotten_at.is_(None))
    if wanted.owner_id is not None or wanted.unowned:
        found = found.where(Contact.owner_id == wanted.owner_id)
    if wanted.source:
        found = found.where(Contact.source == wanted.source)
    if wanted.company:
        found = found.where(_of_company(wanted.company, many))
    return found.where(_about(wanted.words, many)) if wanted.words else found


def _of_company(company: str, many: bool) -> ColumnElement[bool]:
    """Whose company is called so, or whose address lies in a domain that is called so, or is this one."""
    called = func.lower(literal(company))
    named = db.session.scalars(select(Company.domain).where(func.lower(Company.name) == called))
    said = _on_the_way(func.lower(Contact.company), many) == called
    return _in_domains([normal_domain(company), *named], many, said)


def _in_domains(domains: Sequence[str], many: bool, *others: ColumnElement[bool]) -> ColumnElement[bool]:
    """Who has an address in one of the domains, or meets one of the other conditions."""
    own = (_on_the_way(CONTACT_DOMAIN, many).in_(domains), *others)
    further = select(ContactAddress.contact_id).where(ADDRESS_DOMAIN.in_(domains))
    if many:
        return or_(*own, Contact.id.in_(further))
    each = (select(Contact.id).where(one).correlate(None) for one in own)
    return Contact.id.in_(union_all(*each, further))


def _on_the_way(column: ColumnElement[str], many: bool) -> ColumnElement[str]:
    """The column, with nothing behind it where there are many: then no index of it is used, but that of the order."""
    return column.concat("") if many else column


def _about(words: str, many: bool) -> ColumnElement[bool]:
    """The one with this address, else all in this domain, else all who have the words somewhere."""
    if _ADDRESS.fullmatch(words):
        contact = contact_known_as(words)
        if contact is not None:
            return Contact.id == contact.id
    if _DOMAIN.fullmatch(words):
        domains = [normal_domain(words)]
        somebody = select(Contact.id).where(_in_domains(domains, False)).limit(1)
        if db.session.scalar(somebody) is not None:
            return _in_domains(domains, many)
    return _with_words(words)


def _with_words(words: str) -> ColumnElement[bool]:
    """Each of the words, in any of the fields."""
    every: ColumnElement[bool] = literal(True)
    for word in words.split()[:MOST_WORDS]:
        further = select(ContactAddress.contact_id).where(
            ContactAddress.email.icontains(word, autoescape=True)
        )
        fields = (Contact.name, Contact.email, Contact.company)
        here = [field.icontains(word, autoescape=True) for field in fields]
        every = every & or_(*here, Contact.id.in_(further))
    return every
