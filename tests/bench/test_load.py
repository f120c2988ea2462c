"""A few seconds of what `make load` does for a minute: nobody sees an error, and the books agree."""

import pytest

from tests.bench.load import load


@pytest.mark.slow
@pytest.mark.both_engines
@pytest.mark.rule("R30")
def test_visitors_at_once_see_no_error(engine: str) -> None:
    result = load(engine, seconds=4, visitors=4)
    assert result.wrong == []
    assert result.seen.booked
