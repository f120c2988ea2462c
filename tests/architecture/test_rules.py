"""Every rule that is built has a test that names it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILT = {
    *(f"R{number}" for number in range(1, 13)), "R20", "R21", "R22", "R23", "R24", "R25", "R26", "R27",
    "R30", "R31", "R32", "R33", "R35", "R40", "R41", "R42", "R43", "R44",
}  # fmt: skip


def test_every_rule_that_is_built_is_named_by_a_test() -> None:
    named = set()
    for path in ROOT.rglob("*.py"):
        named |= set(re.findall(r"rule\(\"(R\d+)\"\)", path.read_text()))
    assert sorted(BUILT - named) == []
