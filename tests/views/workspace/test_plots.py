"""Curves and bars: honest lengths from zero, on one scale for all."""

import pytest

from website.views.workspace.plots import BOTTOM, TOP, WIDTH, bars, common_scale


def points(text: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split())]


@pytest.mark.parametrize(
    ("sums", "top"),
    [([], 1), ([0], 1), ([3, 7.2], 8), ([10], 10), ([10.1], 20), ([61, 79], 80), ([99, 101], 200)],
)
def test_the_top_is_a_round_number_that_everything_fits_under(sums: list[float], top: int) -> None:
    assert common_scale(sums).top == top


@pytest.mark.rule("R24")
def test_a_curve_adds_up_from_zero_to_its_sum() -> None:
    panel = common_scale([8]).panel([1, 0, 3], [2, 2, 4])
    assert points(panel.got) == [(0, BOTTOM), (53.3, 81.2), (106.7, 81.2), (WIDTH, 49)]
    assert points(panel.wanted)[-1] == (WIDTH, TOP)
    assert points(panel.area)[0] == (0, BOTTOM)
    assert points(panel.area)[-1] == (WIDTH, BOTTOM)


@pytest.mark.rule("R24")
def test_bars_are_to_each_other_as_their_values() -> None:
    assert [(one.value, one.hundredths) for one in bars([4, 0, 1])] == [(4, 100), (0, 0), (1, 25)]
    assert [one.hundredths for one in bars([0, 0])] == [0, 0]
