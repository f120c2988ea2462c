"""Two months of a link through the services, and the simulation's replay: the same, receipt by receipt (R24)."""

import pytest
from flask import Flask

from tests.scheduling.year import Year
from tests.services.link_year import LinkYear
from website.scheduling.simulation import Settings, Simulation


@pytest.mark.rule("R24")
@pytest.mark.parametrize("rotation", ["random", "balanced", "strict", "priority"])
def test_a_replay_says_what_every_receipt_says(world: Flask, rotation: str) -> None:
    year = Year(hosts=10, bookings=100, days=60, seed=3)
    real = LinkYear(year, rotation, share_days=20)
    seats = year.seats()
    for seat, member in zip(seats, real.link.hosts, strict=True):
        seat.priority = member.priority = member.user_id % 3 or None
    log = year.live(real)
    outcomes = Simulation(seats, Settings(rotation, 20)).play(log.events)
    replay = [one for one in outcomes if one.winner_id is not None]
    assert len(replay) == len(real.receipts)
    for outcome, receipt in zip(replay, real.receipts, strict=True):
        assert outcome.winner_id == receipt.winner_id
        assert outcome.scores == receipt.scores
        assert outcome.shares == receipt.shares
