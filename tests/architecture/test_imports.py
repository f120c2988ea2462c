"""Which way imports may point: downwards only. A line here says more than a page in a guide."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "website"
# What a layer of ours must never import: other layers of ours, and packages of others.
NEVER = {
    "scheduling": {
        "models",
        "services",
        "providers",
        "views",
        "forms",
        "ical",
        "extensions",
        "flask",
        "sqlalchemy",
    },
    "ical": {"models", "services", "providers", "views", "forms", "extensions", "flask", "sqlalchemy"},
    "models": {"services", "providers", "views", "forms", "ical", "flask"},
    "providers": {"models", "services", "views", "forms", "extensions", "flask"},
    "services": {"views", "forms", "flask"},
    "forms": {"models", "services", "providers", "views", "ical", "extensions", "flask"},
    "views": {"ical"},
}
# The built-in calendar is kept in our own database.
EXCEPT = {"providers/calendars/builtin.py": {"models", "extensions"}}


def imported(path: Path) -> Iterator[str]:
    """The layers of ours and the packages of others that a file imports."""
    here = path.relative_to(ROOT.parent).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            whole = (
                [*here[: len(here) - node.level + 1], *(node.module or "").split(".")]
                if node.level
                else (node.module or "").split(".")
            )
            names = (
                [name.name for name in node.names] if whole in (["website"], ["website", ""]) else whole[1:2]
            )
            yield from names if whole[0] == "website" else whole[:1]
        elif isinstance(node, ast.Import):
            for name in node.names:
                parts = name.name.split(".")
                yield parts[1] if parts[0] == "website" and len(parts) > 1 else parts[0]


@pytest.mark.parametrize("layer", NEVER)
def test_a_layer_imports_downwards_only(layer: str) -> None:
    files = list((ROOT / layer).rglob("*.py"))
    assert files
    for path in files:
        name = str(path.relative_to(ROOT))
        wrong = set(imported(path)) & (NEVER[layer] - EXCEPT.get(name, set()))
        assert not wrong, f"{name} imports {sorted(wrong)}, which {layer} must not"


def test_only_the_clock_asks_the_time() -> None:
    for path in ROOT.rglob("*.py"):
        if path.name == "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            asks = isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today")
            asks = asks and isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date")
            assert not asks, f"{path.relative_to(ROOT)} asks the time itself"
