"""A workspace file with anything in any place: applied, or refused with a line, and never anything between."""

import copy
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import tomli_w
from flask import Flask

from tests.factories import NOW
from tests.services.test_booking import stored
from tests.services.test_workspace_file import ACME
from website.extensions import db
from website.models import Link, User
from website.services.workspace_file import BadWorkspace, apply, export

Path = tuple[Any, ...]
HOSTILE: tuple[Any, ...] = (
    *("", " ", "x", "\u0000", "\u202e", "x" * 10_000, "09:00-17:00", "2026-02-30", "ana@acme.example"),
    *(0, -1, 1, 10**18, 1.5, float("nan"), float("inf"), True, False),
    *([], [[]], [0], [""], ["\u0000"], [{}], {}, {"x": 1}, {"mon": [1]}, {"mon": "09:00-17:00"}),
    *(
        date(1, 1, 1),
        date(9999, 12, 31),
        datetime(2026, 12, 1, 9),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    ),
)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where anything stands in a value, branches and leaves."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*path, key))


def with_at(data: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(data)
    inside: Any = changed
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return changed


def without(data: dict[str, Any], path: Path) -> dict[str, Any]:
    changed = copy.deepcopy(data)
    inside: Any = changed
    for key in path[:-1]:
        inside = inside[key]
    del inside[path[-1]]
    return changed


# What ACME does not say, so that every field of a link is tried.
MORE = """
name = "Demo"
description = "Half an hour."
active = true
creator = "ana@acme.example"
max_per_day = 5
max_per_week = 20
max_per_week_per_host = 9
owner_counts = true
assign_owner = true
place = { kind = "phone", value = "+33 1" }
questions = [{ key = "size", label = "Size", kind = "choice", required = true, choices = ["1", "2"] }]
redirect_url = "https://www.acme.example/thanks"
reminders = [60]
language = "en-GB"
colour = "#3552d8"
"""
DATA = tomllib.loads(ACME + MORE)
PLACES = sorted(places(DATA), key=str)


@pytest.mark.both_engines
@pytest.mark.parametrize("part", range(4))
def test_anything_anywhere_is_applied_or_refused_with_its_line(world: Flask, part: int) -> None:
    """What is applied must export, and its export must apply without a change: it really was stored."""
    for path in PLACES[part::4]:
        for changed in (*(with_at(DATA, path, value) for value in HOSTILE), without(DATA, path)):
            text = tomli_w.dumps(changed)
            try:
                apply(text, prune=False, now=NOW)
            except BadWorkspace as refused:
                assert str(refused).startswith("line "), path
                assert stored(User) == stored(Link) == 0, path
                continue
            assert apply(text, prune=False, now=NOW) == [], path
            assert apply(export(), prune=False, now=NOW) == [], path
            for table in reversed(db.metadata.sorted_tables):
                db.session.execute(table.delete())
            db.session.commit()
