"""PostgreSQL crashes and comes back while people book: acknowledged is stored, and nobody is booked twice."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.conftest import BASE, _migrate
from tests.faults.stubborn import THREADS, visiting
from tests.faults.visitors import open_link, tokens
from tests.flows.test_contention import no_overlap
from tests.peers.postgres import Postgres
from website.config import Config
from website.extensions import db

CRASHES, BETWEEN = 3, 6
pytestmark = [pytest.mark.fault(21), pytest.mark.rule("R30"), pytest.mark.rule("R32")]


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A server of the test's own, which keeps what it acknowledged."""
    made = Postgres(lasting=True)
    yield made
    made.stop()


@pytest.fixture
def config(server: Postgres) -> Config:
    url = server.new_database()
    _migrate(url)
    return replace(BASE, database_url=url)


def test_what_was_acknowledged_before_a_crash_is_there_after_it(world: Flask, server: Postgres) -> None:
    with visiting(world, open_link(hosts=2).id) as visitors:
        for _ in range(CRASHES):
            visitors.wait_for_more(BETWEEN)
            server.crash()
            server.start()
        visitors.wait_for_more(BETWEEN)
    db.session.rollback()
    told = visitors.told
    stored, acknowledged = tokens(), [token for token in told.values() if token]
    assert len(acknowledged) == len(told)
    assert set(acknowledged) <= set(stored)
    # What was stored and not acknowledged is what the end of the test cut off, one for each thread at most.
    assert len(stored) - len(acknowledged) <= THREADS
    assert no_overlap()
