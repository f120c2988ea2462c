"""Many processes, one link: never two, and nobody turned away while somebody is free (R30)."""

from collections import defaultdict
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select

from tests.at_once import processes_at_once
from tests.factories import WORKDAYS, make_link, make_user
from tests.flows.contention import SLOTS
from website.config import Config
from website.extensions import db
from website.models import Booking, BookingHost

PROCESSES, ATTEMPTS, HOSTS = 16, 200, 5


@pytest.mark.fault(1)
@pytest.mark.slow
@pytest.mark.both_engines
@pytest.mark.rule("R30")
def test_sixteen_processes_get_exactly_as_many_bookings_as_hosts_are_free(
    world: Flask, config: Config
) -> None:
    hours = {day: ["09:00-19:00"] for day in WORKDAYS}
    make_link(hosts=[make_user(f"Host {n}") for n in range(HOSTS)], rotation="balanced", hours=hours)
    db.session.commit()
    seen = processes_at_once("tests.flows.contention", config.database_url, PROCESSES, ATTEMPTS)
    assert set(seen) == {"booked", "taken"}
    assert seen["booked"] == SLOTS * HOSTS
    assert seen.total() == PROCESSES * ATTEMPTS
    assert no_overlap() and len(db.session.scalars(select(Booking)).all()) == SLOTS * HOSTS


def no_overlap() -> bool:
    """Whether every host's occupied times lie apart."""
    by_host = defaultdict(list)
    for part in db.session.scalars(select(BookingHost)):
        by_host[part.user_id].append((part.occupied_from, part.occupied_until))
    for times in by_host.values():
        times.sort()
    return all(before[1] <= after[0] for times in by_host.values() for before, after in pairwise(times))
