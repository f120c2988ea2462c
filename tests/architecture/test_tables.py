"""Kinds, rotations and providers are rows of tables: whoever wants to know how one behaves asks its row."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from website.forms.questions import QUESTION_KINDS as QUESTION_FIELDS
from website.services.question_rules import QUESTION_KINDS, WITH_CHOICES

ROOT = Path(__file__).resolve().parents[2]
ASKED = re.compile(r"(\w+_)?(kind|rotation|provider)")
IN_TEMPLATES = re.compile(r"""\b(kind|rotation|provider)\b[\])"']*\s*(==|!=|\bnot\s+in\b|\bin\b)\s*[\["'(]""")


def name_of(node: ast.expr) -> str:
    """What a value is called: `kind`, `link.kind`, `values["kind"]`, `values.get("kind")`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        by_key = node.func.attr in ("get", "pop") and bool(node.args)
        return name_of(node.args[0] if by_key else node.func.value)
    if isinstance(node, ast.Subscript):
        return name_of(node.slice)
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Constant):
        return str(node.value)
    return node.id if isinstance(node, ast.Name) else ""


def is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(is_text(part) for part in node.elts)
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def asks(source: str) -> Iterator[int]:
    """The lines that compare a kind, a rotation or a provider with a text."""
    for node in ast.walk(ast.parse(source)):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            asked = [side for side in sides if not is_text(side)] if any(map(is_text, sides)) else []
        elif isinstance(node, ast.Match):
            asked = [node.subject]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked = [node.func.value] if node.func.attr in ("startswith", "endswith") else []
        if any(ASKED.fullmatch(name_of(one)) for one in asked):
            yield node.lineno


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('link.kind == "group"', [1]),
        ('"group" != values["kind"]', [1]),
        ('if values.get("kind") in ("a", "b"): pass', [1]),
        ('select(Account).where(Account.kind == "ics")', [1]),
        ("match rotation:\n    case _: pass", [1]),
        ('question["kind"].startswith("choice")', [1]),
        ('event_kind.lower() == "x"', [1]),
        ("link.kind == kind.key", []),
        ("kind in LINK_KINDS", []),
        ('kind.needs == "all"', []),
        ('account.state == "kind"', []),
    ],
)
def test_what_counts_as_asking(source: str, found: list[int]) -> None:
    assert list(asks(source)) == found


def test_no_code_asks_for_a_kind_by_its_name() -> None:
    files = [path for path in (ROOT / "website").rglob("*.py") if "migrations" not in path.parts]
    found = [f"{path.relative_to(ROOT)}:{line}" for path in files for line in asks(path.read_text())]
    assert len(files) > 100
    assert found == []


def test_no_template_asks_for_a_kind_by_its_name() -> None:
    assert IN_TEMPLATES.search('{% if link.kind == "group" %}')
    assert IN_TEMPLATES.search("{% if link['kind'] not in ('group', 'x') %}")
    for path in (ROOT / "templates").rglob("*.*"):
        assert not IN_TEMPLATES.search(path.read_text()), path.name


def test_a_kind_of_question_that_may_be_set_up_can_be_asked() -> None:
    assert set(QUESTION_KINDS) == set(QUESTION_FIELDS)
    assert {key for key, kind in QUESTION_FIELDS.items() if kind.has_choices} == set(WITH_CHOICES)
