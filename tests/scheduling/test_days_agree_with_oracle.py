"""Local dates as steps, against the clock's reading at every step."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.brute_force import DAY, reading
from tests.oracle.places_in_time import ZONES, days_to_ask_about, epoch
from website.scheduling.hours import window_of_dates
from website.scheduling.timeline import STEP_SECONDS

near_a_change = st.sampled_from(
    [
        (zone, day + timedelta(days=days))
        for zone in ZONES
        for day in days_to_ask_about(zone)
        for days in (-1, 0, 1)
    ]
)


def steps_on(timezone: str, first: date, last: date) -> list[int]:
    """The five-minute steps whose local date is from `first` to `last`."""
    around = range(epoch(first) - DAY, epoch(last) + 2 * DAY, STEP_SECONDS)
    return [at // STEP_SECONDS for at in around if first <= reading(timezone, at)[0] <= last]


@pytest.mark.rule("R3")
@given(near_a_change, st.integers(0, 3))
@settings(max_examples=300, deadline=None)
def test_the_window_of_dates_holds_every_step_of_those_dates_and_no_other(
    where: tuple[str, date], days: int
) -> None:
    timezone, first = where
    window = window_of_dates(timezone, first, first + timedelta(days=days))
    assert list(range(window.start, window.end)) == steps_on(timezone, first, first + timedelta(days=days))
