"""Contacts are found, filtered and paged, and no list goes through all of them."""

from itertools import chain
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests.factories import NOW, make_contact, make_user
from website.extensions import db
from website.models import Company, Contact, ContactAddress
from website.services import contact_list
from website.services.contact_list import SORTS, Wanted, contacts_like, every_contact


def found(**wanted: Any) -> list[str]:
    return [contact.email for contact in contacts_like(Wanted(**wanted)).rows]


@pytest.fixture
def people(world: Flask) -> Flask:
    dana = make_contact("dana@prospect.example", name="Dana Prospect", owner=make_user("Ana"))
    dana.company, dana.source = "Prospect & Sons", "booking"
    dana.addresses = [ContactAddress(email="d.p@gmail.example")]
    eve = make_contact("eve@bücher.example", name="Eve")
    eve.source = "import"
    gone = make_contact("forgotten-3@invalid", name="")
    gone.forgotten_at = NOW
    db.session.commit()
    return world


DANAS = [
    "DANA", "prospect.example", "@prospect.example", "prospect dana", "dana p", "Dana@Prospect.example.",
    "d.p@gmail.example", "gmail.example", "sons", "d.p@", "prospect.exam",
]  # fmt: skip
EVES = ["bücher.example", "xn--bcher-kva.example", "EVE@XN--BCHER-KVA.EXAMPLE"]
NOBODYS = ["%", "_", "a%a", "forgotten-3@invalid", "forgotten", "nobody@prospect.example"]


@pytest.mark.both_engines
def test_a_contact_is_found_by_name_company_and_any_address(people: Flask) -> None:
    for words, expected in (
        (DANAS, ["dana@prospect.example"]),
        (EVES, ["eve@bücher.example"]),
        (NOBODYS, []),
    ):
        assert [one for one in words if found(words=one) != expected] == []


@pytest.mark.both_engines
def test_lists_are_narrowed_by_owner_source_and_company(people: Flask) -> None:
    ana = db.session.query(Contact).filter_by(name="Dana Prospect").one().owner_id
    db.session.add(Company(domain="bücher.example", name="Books"))
    db.session.commit()
    dana, eve = ["dana@prospect.example"], ["eve@bücher.example"]
    assert (found(owner_id=ana), found(unowned=True)) == (dana, eve)
    assert (found(source="booking"), found(source="import")) == (dana, eve)
    for company in ("prospect & SONS", "prospect.example", "gmail.example"):
        assert found(company=company) == dana
    for company in ("books", "bücher.example"):
        assert found(company=company) == eve
    assert found(owner_id=ana, company="books") == []


@pytest.mark.both_engines
def test_pages_lead_there_and_back(world: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_list, "A_PAGE", 3)
    for number in (3, 1, 7, 5, 2, 6, 4):
        make_contact(f"c{number}@prospect.example", name="Same" if number % 2 else f"name {number}")
    db.session.commit()
    for sort in SORTS:
        leads_there_and_back(Wanted(sort=sort), [contact.id for contact in every_contact(Wanted())])


def leads_there_and_back(wanted: Wanted, whole: list[int]) -> None:
    first = contacts_like(wanted)
    second = contacts_like(wanted, after=first.rows[-1].id)
    third = contacts_like(wanted, after=second.rows[-1].id)
    pages = [[row.id for row in page.rows] for page in (first, second, third)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert sorted(chain.from_iterable(pages)) == whole
    assert [(page.earlier, page.later) for page in (first, second, third)] == [
        (False, True), (True, True), (True, False),
    ]  # fmt: skip
    assert contacts_like(wanted, before=third.rows[0].id) == second
    assert contacts_like(wanted, before=second.rows[0].id) == first
    assert contacts_like(wanted, after=999) == first


def test_counting_ends_where_nobody_counts_any_more(world: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_list, "MOST_COUNTED", 4)
    for number in range(9):
        make_contact(f"c{number}@prospect.example", name="Dana" if number < 3 else "Eve")
    assert [contacts_like(Wanted(words=words)).count for words in ("", "eve", "dana")] == [5, 5, 3]
    assert len(contacts_like(Wanted(words="eve")).rows) == 6


def plans(wanted: Wanted) -> list[str]:
    """How SQLite reads the contacts for a page in the middle of the list."""
    seen: list[tuple[str, Any]] = []
    somebody = db.session.query(Contact.id).limit(1).scalar()

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        seen.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    contacts_like(wanted, after=somebody)
    event.remove(db.engine, "before_cursor_execute", note)
    asked = db.session.connection()
    rows = [row for one in seen for row in asked.exec_driver_sql(f"EXPLAIN QUERY PLAN {one[0]}", one[1])]
    return [row[3] for row in rows if "contact" in row[3]]


LOOKED_UP: list[dict[str, Any]] = [
    *({"sort": sort} for sort in SORTS), {"owner_id": 1}, {"unowned": True, "sort": "newest"},
    {"owner_id": 1, "source": "import", "sort": "name"}, {"source": "import"}, {"company": "books"},
    {"company": "gmail.example"}, {"words": "dana@prospect.example"}, {"words": "prospect.example"},
]  # fmt: skip


def test_a_list_is_looked_up_and_not_gone_through(people: Flask) -> None:
    for wanted in LOOKED_UP:
        read = plans(Wanted(**wanted))
        assert len(read) > 1
        # Without a filter, the first ten thousand are counted and no more.
        allowed = [] if set(wanted) - {"sort"} else ["SCAN contact"]
        assert [one for one in read if one.startswith("SCAN") and one not in allowed] == [], wanted
