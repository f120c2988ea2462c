"""The tests of samples against what reshuffling says, and against values that can be worked out by hand."""

from random import Random

import pytest

from tests.probes.two_samples import adjusted, kolmogorov_smirnov, mann_whitney


def samples(rng: Random, shift: float, size: int = 60) -> tuple[list[float], list[float]]:
    return [rng.gauss(0, 1) for _ in range(size)], [rng.gauss(shift, 1) for _ in range(size)]


def by_reshuffling(rng: Random, one: list[float], other: list[float], distance) -> float:  # type: ignore[no-untyped-def]
    found, both, as_far = distance(one, other), one + other, 0
    for _ in range(400):
        rng.shuffle(both)
        as_far += distance(both[: len(one)], both[len(one) :]) >= found
    return as_far / 400


def ranks_apart(one: list[float], other: list[float]) -> float:
    above = sum((mine > theirs) + (mine == theirs) / 2 for mine in one for theirs in other)
    return abs(above - len(one) * len(other) / 2)


def steps_apart(one: list[float], other: list[float]) -> float:
    return max(
        abs(sum(x <= value for x in one) / len(one) - sum(x <= value for x in other) / len(other))
        for value in one + other
    )


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.5])
@pytest.mark.parametrize(
    ("test", "distance"), [(mann_whitney, ranks_apart), (kolmogorov_smirnov, steps_apart)]
)
def test_p_is_what_reshuffling_says(test, distance, shift: float) -> None:  # type: ignore[no-untyped-def]
    one, other = samples(Random(3), shift, size=24)
    assert test(one, other) == pytest.approx(by_reshuffling(Random(4), one, other, distance), abs=0.08)


def test_equal_samples_are_equal_and_far_ones_are_not() -> None:
    for test in (mann_whitney, kolmogorov_smirnov):
        assert test([1.0] * 20, [1.0] * 20) == 1.0
        assert test([1.0, 2.0, 3.0] * 9, [1.0, 2.0, 3.0] * 9) > 0.99
        assert test(list(range(50)), list(range(100, 150))) < 1e-9


def test_p_of_samples_alike_is_as_often_small_as_it_says() -> None:
    rng = Random(5)
    for test in (mann_whitney, kolmogorov_smirnov):
        found = [test(*samples(rng, 0.0)) for _ in range(400)]
        assert sum(p <= 0.1 for p in found) == pytest.approx(40, abs=20)


def test_many_p_are_corrected_for_their_number() -> None:
    assert adjusted([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert adjusted([0.6, 0.7]) == [1.0, 1.0]
