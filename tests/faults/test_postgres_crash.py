"""PostgreSQL crashes and comes back while people book: acknowledged is stored, and nobody is booked twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
from flask import Flask

from tests.conftest import BASE, _migrate
from tests.faults.visitors import form, open_link, post_apart, slot, token_of, tokens
from tests.flows.test_contention import no_overlap
from tests.peers.postgres import Postgres
from website.config import Config
from website.extensions import db

CRASHES, THREADS, BETWEEN = 3, 4, 6
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
    link_id, stopping, told = open_link(hosts=2).id, Event(), dict[str, str]()

    def visit(number: int) -> None:
        """Visitors one after the other, each of whom sends the same form until it is answered."""
        for n in range(number, 1000, THREADS):
            # Two of the threads' visitors want each time: the hosts are two.
            sent = form(link_id, slot(n // 2), f"v{n}@prospect.example")
            while not stopping.is_set():
                answer = post_apart(world, sent)
                if answer.status_code != 503:
                    told[sent["email"]] = token_of(answer)
                    break
                stopping.wait(0.05)
            if stopping.is_set():
                return

    def wait_for(count: int) -> None:
        while len(told) < count:
            assert not stopping.wait(0.01)

    with ThreadPoolExecutor(THREADS) as pool:
        visits = [pool.submit(visit, number) for number in range(THREADS)]
        try:
            for _ in range(CRASHES):
                wait_for(len(told) + BETWEEN)
                server.crash()
                server.start()
            wait_for(len(told) + BETWEEN)
        finally:
            stopping.set()
        for one in visits:
            one.result()
    db.session.rollback()
    stored, acknowledged = tokens(), [token for token in told.values() if token]
    assert len(acknowledged) == len(told)
    assert set(acknowledged) <= set(stored)
    # What was stored and not acknowledged is what the end of the test cut off, one for each thread at most.
    assert len(stored) - len(acknowledged) <= THREADS
    assert no_overlap()
