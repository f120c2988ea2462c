"""Where in a workspace file each value stands, whatever way of writing it TOML allows."""

import tomllib
from typing import Any

import pytest
import tomli_w
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import NOW
from tests.services.test_workspace_file import ACME
from tests.services.toml_styles import toml_texts
from website.services.workspace_file import BadWorkspace, apply
from website.services.workspace_lines import line_numbers, line_of


def line_with(text: str, mark: str) -> int:
    assert text.count(mark) == 1
    return text[: text.index(mark)].count("\n") + 1


SUB_TABLES = (
    ACME[: ACME.index('hours = { mon = ["09:00-17:00"], tue')]
    + ACME[ACME.index("hours_source") :]
    + """
[links.hours]
mon = ["09:00-17:00"]
tue = ["BAD"]
"""
)
SEVERAL_LINES = ACME.replace(
    'hosts = [{ user = "ana@acme.example", weight = 2, priority = 1 }, { user = "ben@acme.example" }]',
    'hosts = [  # who meets\n  { user = "ana@acme.example" },\n\n  { user = "ben@acme.example", weight = "BAD" },\n]',
)
TEXT_LIKE_TABLES = (
    ACME.replace(
        'title = "Product demo"', 'title = "Product demo"\ndescription = """\n[[links]]\nslug = "x"\n"""'
    )
    .replace("durations = [30]", 'durations = [30]  # "\nbuffer_before = 1  # BAD')
    .replace("buffer_before = 0\n", "")
)
QUESTIONS = (
    ACME
    + """questions = [
  { key = "one", label = "One", kind = "number" },
  { key = "two", label = "Two", kind = "BAD" },
]
"""
)
ONE_DAY = ACME.replace(
    'hours = { mon = ["09:00-17:00"], tue = ["09:00-17:00"] }',
    'hours.mon = ["09:00-17:00"]\nhours.tue = [\n  "09:00-12:00",\n  "BAD",\n]',
)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        (SUB_TABLES, "tue = ["),
        (SEVERAL_LINES, '{ user = "ben@acme.example", weight'),
        (TEXT_LIKE_TABLES, "buffer_before = 1"),
        (QUESTIONS, 'label = "Two"'),
        (ONE_DAY, "hours.tue"),
    ],
    ids=["sub-table", "list over several lines", "text that looks like a table", "questions", "dotted keys"],
)
def test_an_error_names_the_very_line(world: Flask, text: str, mark: str) -> None:
    with pytest.raises(BadWorkspace) as refused:
        apply(text, prune=False, now=NOW)
    assert str(refused.value).startswith(f"line {line_with(text, mark)}: ")


TEXTS = st.text(alphabet="ab \"'#[]{}=,.\\\n\té", max_size=12)
KEYS = st.text(alphabet="abc_-", min_size=1, max_size=4)
VALUES = st.recursive(
    TEXTS | st.integers(-9, 9) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
ODD_KEYS = st.text(alphabet="ab-_.\"' é#[\n\\", max_size=3)
ODD_TEXTS = st.text(alphabet='""\'\n#[]{}=,\\a', max_size=8)
ODD_VALUES = st.recursive(
    ODD_TEXTS | st.integers(-9, 9) | st.booleans() | st.floats(-9, 9).map(lambda number: round(number, 2)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(ODD_KEYS, inner, max_size=3)
        | st.lists(st.dictionaries(ODD_KEYS, inner, max_size=2), min_size=1, max_size=3)
    ),
    max_leaves=25,
)


@settings(max_examples=300)
@given(toml_texts(st.dictionaries(ODD_KEYS, ODD_VALUES, max_size=4)))
def test_everything_stands_where_it_was_written(
    written: tuple[str, dict[str, Any], dict[str, int]],
) -> None:
    text, data, lines = written
    assert tomllib.loads(text) == data
    assert line_numbers(text) == lines
    assert line_numbers(text.replace("\n", "\r\n")) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('a = """\n""] ]"""\nb = 1', {"a": 1, "b": 3}),
        ("a = '''\n''] ]'''\nb = 1", {"a": 1, "b": 3}),
        ('a = """x""""\nb = """y"""""\nc = 1', {"a": 1, "b": 2, "c": 3}),
        ('a = [ """\n[""", 1,\n 2 ]', {"a": 1, "a[0]": 1, "a[1]": 2, "a[2]": 3}),
        ("a = 2026-12-01 09:00:00.5Z # x\n'b.c'.d = 1.5", {"a": 1, '"b.c"': 2, '"b.c".d': 2}),
        ("[[a]]\n[[a.b]]\nc = 1\n[a.d]\n[[a]]\n[[a.b]]\nc = 1", {
            "a": 1, "a[0]": 1, "a[0].b": 2, "a[0].b[0]": 2, "a[0].b[0].c": 3, "a[0].d": 4,
            "a[1]": 5, "a[1].b": 6, "a[1].b[0]": 6, "a[1].b[0].c": 7,
        }),
    ],
    ids=["basic text", "literal text", "quotes at the end", "text in a list", "dots", "tables in tables"],
)  # fmt: skip
def test_each_line_of_what_is_hard_to_read(text: str, lines: dict[str, int]) -> None:
    assert tomllib.loads(text)
    assert line_numbers(text) == lines


@pytest.mark.parametrize(
    ("path", "line"),
    [("a[0].b", 1), ("a[0].x[3].y", 1), ("a[1].b", 3), ("x", 1), ('"c.d".e', 4), ('"c.d".x', 4), ("a[7]", 1)],
)
def test_what_is_not_there_stands_where_its_holder_does(path: str, line: int) -> None:
    assert line_of(path, line_numbers('a = [ { b = 1 },\n\n {} ]\n"c.d" = { e = 1 }')) == line


def paths(value: Any, path: str = "") -> list[str]:
    inner: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        inner = [(f"{path}.{key}" if path else key, part) for key, part in value.items()]
    elif isinstance(value, list):
        inner = [(f"{path}[{number}]", part) for number, part in enumerate(value)]
    return [found for name, part in inner for found in (name, *paths(part, name))]


@given(st.dictionaries(KEYS, VALUES, max_size=5), st.booleans())
def test_every_value_of_any_file_has_a_line(data: dict[str, Any], several_lines: bool) -> None:
    text = tomli_w.dumps(data, multiline_strings=several_lines)
    numbers = line_numbers(text)
    assert set(paths(tomllib.loads(text))) <= set(numbers)
    assert all(1 <= line <= text.count("\n") + 1 for line in numbers.values())


@given(st.dictionaries(KEYS, VALUES, max_size=5), st.booleans())
def test_a_key_stands_on_the_line_that_it_is_said_to(data: dict[str, Any], several_lines: bool) -> None:
    text = tomli_w.dumps(data, multiline_strings=several_lines)
    lines = text.split("\n")
    for path, number in line_numbers(text).items():
        name = path.rpartition(".")[2]
        if "[" not in name:
            assert name in lines[number - 1]
