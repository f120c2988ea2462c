"""A short run of `make soak`: whatever is longer, nothing is left behind by visitors who came and went."""

import pytest

from tests.soak.run import Plan, soak
from tests.soak.verdict import steady

PLAN = Plan(seconds=0, round_seconds=4, sample_seconds=0.5, peak_part=0.25)


@pytest.mark.slow
@pytest.mark.both_engines
@pytest.mark.fault(32)
@pytest.mark.rule("R30")
@pytest.mark.rule("R32")
def test_what_visitors_left_is_delivered_pruned_and_given_back(engine: str) -> None:
    result = soak(engine, PLAN)
    assert result.wrong == []
    assert result.counts["booked"] and result.counts["moved"] and result.counts["cancelled"]
    assert [found for found in steady(result) if not found.good] == []
