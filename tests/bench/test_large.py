"""With few rows: that the bench runs, and that what it measures is looked up and not gone through, on both engines."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, func, select, text

from tests.bench.crowd import grow, some_addresses
from tests.bench.large import site, works
from website.extensions import db
from website.models import Booking, BookingHost, Contact, ContactAddress

SIZES = (1000, 3000)
LARGE = {"booking", "booking_host", "contact", "contact_address"}
# It is read in the order of an index, from its beginning, and counted so far as people count.
LISTED = "contacts, first page"


@pytest.mark.slow
@pytest.mark.both_engines
def test_what_is_measured_is_looked_up(engine: str) -> None:
    with site(engine) as (app, crowd):
        for size in SIZES:
            grow(crowd, size)
            assert {stored(one) for one in (Contact, ContactAddress, Booking, BookingHost)} == {size}
        addresses = set(some_addresses(20, Random(1)))
        assert stored(Contact, Contact.email.in_(addresses)) == len(addresses)
        for work in works(app, crowd):
            read = [found for statement in statements(work.run) for found in plan(*statement)]
            assert read, work.name
            assert [found for found in read if not found[1]] == [] or work.name == LISTED, work.name


def stored(model: Any, *those: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*those)) or 0


def statements(run: Any) -> list[tuple[str, Any]]:
    """What the database is asked meanwhile."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    run()
    event.remove(db.engine, "before_cursor_execute", note)
    db.session.rollback()
    return seen


def plan(statement: str, values: Any) -> Iterator[tuple[str, bool]]:
    """How the engine reads the large tables: each place, and whether rows are looked up there."""
    asked = db.session.connection()
    if db.engine.dialect.name == "sqlite":
        for row in asked.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
            words = row[3].split()
            if words[0] in ("SCAN", "SEARCH") and words[1] in LARGE:
                yield row[3], words[0] == "SEARCH"
        return
    # Few rows are faster gone through, so it is told to look up whatever can be.
    asked.execute(text("SET LOCAL enable_seqscan = off"))
    (explained,) = asked.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalars()
    yield from read_by(explained[0]["Plan"])


def read_by(node: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """The same of a node of PostgreSQL's plan, and all beneath it."""
    if node.get("Relation Name") in LARGE:
        yield str(node), "Index Cond" in node or node["Node Type"] == "Bitmap Heap Scan"
    for below in node.get("Plans", ()):
        yield from read_by(below)
