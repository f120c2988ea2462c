"""Every row of the table of faults is named by a test."""

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
def test_every_row_is_named_by_a_test(number: int) -> None:
    assert number in named(), ROWS[number]
