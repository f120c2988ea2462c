"""Every row of the table of faults is named by a test, or says where it is shown, or that it is not."""

import re
from pathlib import Path

import pytest

from tests.faults.rows import ROWS

TESTS = Path(__file__).resolve().parents[1]
LAST = 32


def named() -> set[int]:
    """The rows that tests name."""
    found = set[int]()
    for path in TESTS.rglob("test_*.py"):
        found |= {int(number) for number in re.findall(r"mark\.fault\((\d+)\)", path.read_text())}
    return found


def test_the_table_is_whole() -> None:
    assert list(ROWS) == list(range(1, LAST + 1))
    assert named() <= set(ROWS)


@pytest.mark.parametrize("number", ROWS)
def test_every_row_is_named_by_a_test_or_says_why_not(number: int) -> None:
    row = ROWS[number]
    assert (number in named()) != bool(row.why), f"{row.fault}: either a test names it, or `why` tells"
    assert row.why or not row.elsewhere


@pytest.mark.parametrize("place", sorted({place for row in ROWS.values() for place in row.elsewhere}))
def test_what_is_shown_elsewhere_is_there(place: str) -> None:
    name, _, test = place.partition("::")
    path = TESTS.parent / name
    assert path.is_file(), f"{name} does not exist"
    assert re.search(rf"^\s*def {test or 'test_'}", path.read_text(), re.M), f"{place} does not exist"
