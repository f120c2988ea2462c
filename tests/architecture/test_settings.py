"""Every setting that is read is documented, and every one that is documented is read."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def settings_read() -> set[str]:
    """What `config.py` takes from the environment."""
    calls = [
        node
        for node in ast.walk(ast.parse((ROOT / "website/config.py").read_text()))
        if isinstance(node, ast.Call)
    ]
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def settings_documented() -> set[str]:
    """The first column of the table in the README."""
    section = (ROOT / "README.md").read_text().partition("## Settings")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]
    return set(re.findall(r"`([A-Z_]+)`", " ".join(rows)))


def test_the_settings_that_are_read_are_those_that_are_documented() -> None:
    assert "SECRET_KEY" in settings_read()
    assert settings_read() == settings_documented()
