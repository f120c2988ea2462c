"""A short run of `make chaos`: every marked step once, and some kills at random."""

import pytest

from tests.chaos.run import Plan, run

pytestmark = [pytest.mark.fault(4), pytest.mark.fault(5), pytest.mark.fault(6), pytest.mark.fault(7)]

PLAN = Plan(visitors=4, bookings=25, at_each_step=1, at_random=6, pause_seconds=0.3)


@pytest.mark.slow
@pytest.mark.both_engines
@pytest.mark.rule("R30")
@pytest.mark.rule("R32")
@pytest.mark.rule("R33")
def test_whoever_is_killed_everything_stands_once(engine: str) -> None:
    report = run(engine, PLAN)
    assert report.wrong == []
