"""Many processes on links of all kinds that share their hosts: never two, no deadlock, no error (R30)."""

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.at_once import processes_at_once
from tests.factories import WORKDAYS, make_link, make_user
from tests.flows.test_contention import no_overlap
from website.config import Config
from website.extensions import db
from website.models import Booking, BookingHost, Claim

PROCESSES, ATTEMPTS = 4, 40
LONG = {day: ["09:00-19:00"] for day in WORKDAYS}


def links() -> None:
    """Meetings of 15, 30 and 60 minutes with uneven buffers; groups that name the same hosts in every order."""
    a, b, c, d = hosts = [make_user(f"Host {n}") for n in range(4)]
    common = {"hours": LONG, "increment": 15}
    make_link(hosts=hosts, durations=[15], rotation="balanced", **common)
    make_link(hosts=hosts[::-1], durations=[60], buffer_before=10, buffer_after=5, **common)
    make_link("personal", hosts=[c], durations=[30], buffer_after=25, **common)
    for group in ([a, b, c], [c, b, a], [d, a], [b, d, c], [a, d]):
        make_link("group", hosts=group, durations=[30], buffer_before=5, **common)
    db.session.commit()


@pytest.mark.slow
@pytest.mark.fault(1)
@pytest.mark.fault(2)
@pytest.mark.both_engines
@pytest.mark.rule("R30")
def test_a_crowd_on_links_that_share_their_hosts_makes_no_overlap_and_no_error(
    world: Flask, config: Config
) -> None:
    links()
    seen = processes_at_once("tests.faults.crowd", config.database_url, PROCESSES, ATTEMPTS)
    assert set(seen) == {"booked", "cancelled", "taken"}, seen
    assert seen.total() == PROCESSES * ATTEMPTS
    db.session.rollback()
    assert no_overlap_of_active()
    confirmed = db.session.scalars(select(Booking).where(Booking.state == "confirmed")).all()
    assert len(confirmed) == seen["booked"]
    claims = Counter(db.session.scalars(select(Claim.booking_id)))
    assert claims == Counter(
        {
            booking.id: sum(host.occupied_until - host.occupied_from for host in booking.hosts)
            for booking in confirmed
        }
    )
    if not config.sqlite:
        deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert db.session.scalar(text(deadlocks)) == 0


def no_overlap_of_active() -> bool:
    """Whether no host of a confirmed booking is occupied twice."""
    for part in db.session.scalars(select(BookingHost).where(~BookingHost.active)):
        db.session.delete(part)
    db.session.flush()
    try:
        return no_overlap()
    finally:
        db.session.rollback()
