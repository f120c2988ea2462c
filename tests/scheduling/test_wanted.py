"""Which part of a booking each host should get, by rotation (R24)."""

import pytest

from website.scheduling.rotations import ROTATIONS, Share
from website.scheduling.timeline import covered
from website.scheduling.wanted import wanted

POOL = [Share(1, 3, priority=2), Share(2, 1, priority=1), Share(3, 1, priority=1), Share(4, 5)]


@pytest.mark.rule("R24")
@pytest.mark.parametrize(
    ("rotation", "free", "parts"),
    [
        ("random", {1}, [0.25, 0.25, 0.25, 0.25]),
        ("strict", {1}, [0.25, 0.25, 0.25, 0.25]),
        ("balanced", {1}, [0.3, 0.1, 0.1, 0.5]),
        ("priority", {1, 2, 3, 4}, [0, 0.5, 0.5, 0]),
        ("priority", {1, 4}, [1, 0, 0, 0]),
        ("priority", {4}, [0, 0, 0, 1]),
    ],
)
def test_parts_of_a_booking(rotation: str, free: set[int], parts: list[float]) -> None:
    assert list(wanted(rotation, POOL, free).values()) == parts


@pytest.mark.rule("R24")
def test_every_rotation_has_parts_and_nobody_none() -> None:
    assert all(wanted(rotation, [], set()) == {} for rotation in ROTATIONS)
    assert wanted("priority", POOL, set()) == {}


@pytest.mark.parametrize("steps", [1, 2, 3, 6, 7])
def test_what_starts_cover(steps: int) -> None:
    starts = 0b1001000001
    expected = {place + more for place in (0, 6, 9) for more in range(steps)}
    assert covered(starts, steps) == sum(1 << place for place in expected)
