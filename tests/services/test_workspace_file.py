"""The workspace file: idempotent, all or nothing, with errors that name their lines."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW
from tests.services.test_booking import ask, stored
from website.extensions import db
from website.models import BuiltinEvent, Contact, Link, User
from website.services.booking import book
from website.services.workspace_file import BadWorkspace, apply, export

ACME = """
[organisation]
name = "Acme"
timezone = "Europe/Paris"

[[users]]
email = "Ana@acme.example"
name = "Ana Alves"
timezone = "Europe/Lisbon"
role = "admin"
seat = true
hours = { mon = ["09:00-12:30", "13:30-17:00"], fri = ["09:00-12:00"] }

[[users.calendars]]
kind = "ics"
url = "https://calendar.example/ana.ics"
conflicts = true
receives_bookings = false

[[users.calendars]]
kind = "builtin"
receives_bookings = true
busy = [{ start = 2026-12-01T09:00:00Z, end = 2026-12-01T10:30:00Z, title = "Board" }]

[[users]]
email = "ben@acme.example"
name = "Ben"
seat = true
calendars = [{ kind = "builtin" }]

[[contacts]]
email = "dana@prospect.example"
name = "Dana Prospect"
owner = "ana@acme.example"

[[links]]
slug = "demo"
kind = "round_robin"
title = "Product demo"
timezone = "Europe/Paris"
durations = [30]
increment = 30
hours = { mon = ["09:00-17:00"], tue = ["09:00-17:00"] }
overrides = { "2026-12-24" = [], "2026-12-23" = ["09:00-11:00"] }
hours_source = "link"
notice_minutes = 240
window_days = 60
buffer_before = 0
buffer_after = 10
max_per_day_per_host = 6
owner_first = true
owner_fallback_days = 0
rotation = "balanced"
hosts = [{ user = "ana@acme.example", weight = 2, priority = 1 }, { user = "ben@acme.example" }]
embed_origins = ["https://www.acme.example"]
"""


@pytest.mark.both_engines
@pytest.mark.rule("R40")
def test_a_file_is_applied_whole_and_a_second_time_changes_nothing(world: Flask) -> None:
    first = apply(ACME, prune=False, now=NOW)
    assert "added link demo" in first
    assert apply(ACME, prune=False, now=NOW) == []
    link = db.session.scalars(select(Link)).one()
    assert [(host.user.email, host.weight, host.priority) for host in link.hosts] == [
        ("ana@acme.example", 2, 1),
        ("ben@acme.example", 1, None),
    ]


@pytest.mark.both_engines
def test_applying_an_export_changes_nothing(world: Flask) -> None:
    apply(ACME, prune=False, now=NOW)
    assert apply(export(), prune=True, now=NOW) == []


def test_what_the_file_says_of_a_calendar_is_its_busy_time(world: Flask) -> None:
    apply(ACME, prune=False, now=NOW)
    assert [event.title for event in db.session.scalars(select(BuiltinEvent))] == ["Board"]


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ('mon = ["09:00-17:00"]', 'mon = ["9-17"]', "links[0].hours"),
        ('kind = "round_robin"', 'kind = "ring"', "Choose one of"),
        ('owner = "ana@acme.example"', 'owner = "eve@acme.example"', "There is no user"),
        ('timezone = "Europe/Lisbon"', 'timezone = "Mars/Base"', "no such time zone"),
        ("seat = true\nhours", "seats = true\nhours", "no such field"),
        ("end = 2026-12-01T10:30:00Z", "end = 2026-12-01T08:30:00Z", "does not end after"),
        ("durations = [30]", "durations = [32]", "multiples of 5"),
        ('kind = "ics"', 'kind = "google"', "linked by signing in"),
    ],
)
def test_an_error_names_its_line_and_nothing_is_stored(world: Flask, good: str, bad: str, words: str) -> None:
    text = ACME.replace(good, bad, 1)
    line = text[: text.index(bad)].count("\n") + 1
    with pytest.raises(BadWorkspace) as refused:
        apply(text, prune=False, now=NOW)
    assert f"line {line}: " in str(refused.value)
    assert words in str(refused.value)
    assert stored(User) == stored(Link) == stored(Contact) == 0


def test_a_text_that_is_no_toml_is_refused_with_its_line(world: Flask) -> None:
    with pytest.raises(BadWorkspace, match="line 2"):
        apply('a = 1\nb = "', prune=False, now=NOW)


def test_what_the_file_does_not_name_stays_unless_it_is_pruned(world: Flask) -> None:
    apply(ACME, prune=False, now=NOW)
    without = ACME[: ACME.index("[[contacts]]")]
    assert apply(without, prune=False, now=NOW) == []
    assert apply(without, prune=True, now=NOW) == [
        "removed link demo",
        "removed contact dana@prospect.example",
    ]


def test_a_link_with_bookings_is_switched_off_rather_than_removed(world: Flask) -> None:
    apply(ACME.replace('kind = "ics"\nurl = "https://calendar.example/ana.ics"', 'kind = "builtin"', 1).replace(
        '[[users.calendars]]\nkind = "builtin"\nconflicts = true\nreceives_bookings = false\n', ""
    ), prune=False, now=NOW)  # fmt: skip
    link = db.session.scalars(select(Link)).one()
    book(link, ask(email="new@prospect.example"), now=NOW)
    said = apply(ACME[: ACME.index("[[contacts]]")], prune=True, now=NOW)
    assert "switched off link demo: it has bookings" in said


@pytest.mark.rule("R3")
def test_a_fixed_range_of_dates_stands_alone(world: Flask) -> None:
    fixed = ACME.replace("window_days = 60", "window = { from = 2026-12-01, to = 2026-12-31 }")
    apply(fixed, prune=False, now=NOW)
    link = db.session.scalars(select(Link)).one()
    assert (link.window_days, str(link.window_from), str(link.window_to)) == (
        None,
        "2026-12-01",
        "2026-12-31",
    )
    assert apply(export(), prune=True, now=NOW) == []
