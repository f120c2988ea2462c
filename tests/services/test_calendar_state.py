"""Which state a calendar is in, what its user is told, and that it hides exactly those whom the rules hide (R12)."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.factories import NOW, make_user
from tests.fakes import FakeCalendar, fake_provider
from website.calendar_words import own_words, words_about
from website.extensions import db
from website.models import Calendar, CalendarAccount
from website.services.calendar_state import (
    SEVERITY,
    STATES,
    Facts,
    Known,
    account_state,
    known_of,
    state_of,
)
from website.services.hosts import host_of

MINUTE = timedelta(minutes=1)


def minutes(age: int) -> datetime:
    return NOW - age * MINUTE


TABLE = [
    # Row by row, R12
    (Facts(checked_at=minutes(1)), "fresh"),
    (Facts(checked_at=minutes(30)), "fresh"),
    (Facts(checked_at=minutes(12), failing=True), "slow"),
    (Facts(checked_at=minutes(30), failing=True), "slow"),
    (Facts(checked_at=minutes(31), failing=True), "stale"),
    (Facts(checked_at=minutes(1), broken=True), "broken"),
    (Facts(checked_at=minutes(1), missing=True), "missing"),
    # never read, read too long ago by nobody's fault, never answered
    (Facts(), "new"),
    (Facts(checked_at=minutes(31)), "late"),
    (Facts(failing=True), "silent"),
    # a feed may be a day old
    (Facts(checked_at=minutes(600), failing=True, max_age=timedelta(hours=24)), "slow"),
    # kept in our own database, and not checked
    (Facts(in_database=True), "ours"),
    (Facts(in_database=True, conflicts=False), "unwatched"),
    (Facts(conflicts=False, missing=True, checked_at=minutes(90)), "unwatched"),
    # an account that lets nobody in does so for all of its calendars
    (Facts(conflicts=False, broken=True), "broken"),
    (Facts(missing=True, broken=True), "broken"),
]


@pytest.mark.rule("R12")
@pytest.mark.parametrize(("facts", "state"), TABLE)
def test_facts_decide_the_state(facts: Facts, state: str) -> None:
    assert state_of(facts, NOW) == state


def test_every_state_is_reached() -> None:
    assert {state for _, state in TABLE} == set(STATES)


def known(state: str, age: int | None = None) -> Known:
    return Known(state, "Google", "Team calendar", "The password was refused.", minutes(age or 0), None)


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    ("state", "age", "own"),
    [
        ("fresh", 0, "Checked 1 min ago"),
        ("fresh", 1, "Checked 1 min ago"),
        ("slow", 12, "Google is not answering; using data from 12 min ago"),
        ("slow", 150, "Google is not answering; using data from 2 hr ago"),
        ("slow", 2 * 1440, "Google is not answering; using data from 2 days ago"),
        ("stale", 45, "Google has not answered for 45 minutes: you are not offered until it does"),
        ("silent", None, "Google has not answered yet: you are not offered until it does"),
        ("late", 45, "Last checked 45 min ago, too long: you are not offered until it is read again"),
        ("new", None, "Not read yet: you are not offered until it is"),
        (
            "missing",
            1,
            "Team calendar is gone, or no longer shared: you are not offered until you stop checking it, or reconnect",
        ),
        ("broken", 1, "The password was refused. You are not offered until you reconnect."),
        ("ours", None, "Kept here, always up to date."),
        ("unwatched", None, "Not checked for conflicts."),
    ],
)
def test_its_user_is_told_in_these_words(app: Flask, state: str, age: int | None, own: str) -> None:
    with app.test_request_context():
        assert own_words(known(state, age), NOW) == own


@pytest.mark.parametrize("state", STATES)
def test_others_are_not_spoken_to_and_learn_no_name(app: Flask, state: str) -> None:
    with app.test_request_context():
        words = words_about(known(state, 45), NOW)
    assert not re.search(r"\byou\b|Team calendar|password", words)


def test_a_broken_account_without_a_sentence_has_one_all_the_same(app: Flask) -> None:
    with app.test_request_context():
        words = own_words(replace(known("broken"), error=""), NOW)
    assert words == "Access was withdrawn. You are not offered until you reconnect."


@pytest.fixture
def fake() -> FakeCalendar:
    with fake_provider() as provider:
        yield provider


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    ("state", "account", "calendar"),
    [
        ("unwatched", {}, {"conflicts": False}),
        ("fresh", {}, {"checked_at": minutes(5)}),
        ("slow", {"failing_since": minutes(4)}, {"checked_at": minutes(5)}),
        ("slow", {}, {"checked_at": minutes(5), "error": "Not this one."}),
        ("new", {}, {}),
        ("late", {}, {"checked_at": minutes(40)}),
        ("stale", {"failing_since": minutes(39)}, {"checked_at": minutes(40)}),
        ("stale", {}, {"checked_at": minutes(40), "error": "Not this one."}),
        ("silent", {"failing_since": minutes(1)}, {}),
        ("missing", {}, {"checked_at": minutes(5), "missing_at": NOW}),
        ("broken", {"broken": True}, {"checked_at": minutes(5)}),
    ],
)
def test_a_state_hides_its_user_exactly_when_the_rules_do(
    world: Flask, fake: FakeCalendar, state: str, account: dict[str, object], calendar: dict[str, object]
) -> None:
    user = make_user(calendar=False)
    row = Calendar(account=CalendarAccount(kind="fake", user=user, **account), external_id="main", **calendar)
    db.session.add(row)
    db.session.flush()
    assert known_of(row, NOW).state == state
    host = host_of(user.id, NOW)
    assert host is not None
    assert (host.standing is not None) == STATES[state].hides


@pytest.mark.rule("R12")
def test_an_account_is_in_the_worst_state_of_its_calendars(world: Flask, fake: FakeCalendar) -> None:
    account = CalendarAccount(kind="fake", user=make_user(calendar=False))
    for name, values in {
        "a": {"checked_at": NOW},
        "b": {"checked_at": NOW, "missing_at": minutes(3)},
        "c": {"conflicts": False},
    }.items():
        account.calendars.append(Calendar(external_id=name, name=name.upper(), **values))
    db.session.add(account)
    db.session.flush()
    state = account_state(account, NOW)
    assert [known.state for _, known in state.calendars] == ["fresh", "missing", "unwatched"]
    assert (state.known.state, state.known.calendar, state.known.since) == ("missing", "B", minutes(3))


def test_an_account_without_a_calendar_has_a_state(world: Flask, fake: FakeCalendar) -> None:
    account = CalendarAccount(kind="fake", user=make_user(calendar=False))
    db.session.add(account)
    db.session.flush()
    assert account_state(account, NOW).known.state == "unwatched"
    account.broken = True
    assert account_state(account, NOW).known.state == "broken"


def test_bad_states_are_worse_than_good_ones() -> None:
    tones = [STATES[key].tone for key in SEVERITY]
    assert tones.index("warn") > max(number for number, tone in enumerate(tones) if tone == "good")
    assert tones[-1] == "bad"


def test_each_tone_has_a_colour() -> None:
    css = (Path(__file__).parents[2] / "static/css/components/state.css").read_text()
    assert {state.tone for state in STATES.values()} <= set(re.findall(r"\.state\.(\w+)", css))
