"""What it costs to keep a large team's calendars in step: calls to Google a minute, and the worker's processor time.

The provider is the strict stand-in, in a process of its own; minutes are simulated, the calls are real.
"""

import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from tests.conftest import BASE
from tests.factories import make_link, make_user
from tests.peers.google import Google
from tests.peers.google.records import full_scope
from tests.peers.google_links import ALL, secret_of, with_google
from website import create_app
from website.extensions import db
from website.models import Calendar, CalendarAccount
from website.services.calendar import refresh_due

REPS, CALENDARS, MINUTES = 200, 3, 10
A_USER, A_PROJECT = 600, 10_000
STEP = timedelta(seconds=5)


def run(reps: int = REPS, minutes: int = MINUTES) -> list[str]:
    """The table of costs, as lines of Markdown."""
    busiest_user, busiest, mean, share = measured(reps, minutes)
    return [
        f"{reps} reps with {CALENDARS} calendars each, links that reach 60 days ahead, {minutes} simulated minutes"
        " after the first.",
        "",
        "| what | figure | limit |",
        "| --- | --- | --- |",
        f"| calls a minute for one user, at most | {busiest_user} | {A_USER} |",
        f"| calls a minute in all, at most | {busiest:,} | {A_PROJECT:,} |",
        f"| calls a minute in all, on average | {mean:,.0f} | |",
        f"| the worker's processor time, of one core | {100 * share:.0f} % | 50 % |",
    ]


def measured(reps: int, minutes: int) -> tuple[int, int, float, float]:
    """(calls of the busiest user in a minute, calls in the busiest minute, calls a minute, share of a core)."""
    spawn = get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_google, args=(theirs, reps), daemon=True)
    process.start()
    settings, tokens = ours.recv()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(replace(BASE, database_url=f"sqlite:///{Path(folder) / 'bench.db'}", **settings))
        with app.app_context():
            upgrade()
            _team(tokens)
            result = _minutes(app, ours, minutes)
            db.engine.dispose()
    ours.send(None)
    process.join()
    return result


def _google(pipe: Connection, reps: int) -> None:
    """The stand-in: hands out its settings and tokens, then counts calls by account whenever it is asked."""
    with Google() as google:
        tokens = {}
        for number in range(reps):
            email = f"rep{number}@acme.example"
            google.add_account(email, time_zone="Europe/Paris")
            for extra in range(1, CALENDARS):
                google.add_calendar(email, f"{email}-{extra}", f"Calendar {extra}", "Europe/Paris")
            _fill(google, email)
            tokens[email] = secret_of(google.grant(email, *ALL))
        plain = with_google(BASE, google)
        names = ("google_client_id", "google_client_secret", "google_metadata_url", "google_calendar_url")
        pipe.send(({name: getattr(plain, name) for name in names}, tokens))
        while pipe.recv() is not None:
            calls = Counter(call.account for call in google.calls)
            google.calls.clear()
            pipe.send((calls, list(google.complaints)))


def _fill(google: Google, email: str) -> None:
    """Three meetings a day for the coming weeks."""
    morning = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
    for day in range(60):
        for hour in (0, 3, 6):
            start = morning + timedelta(days=day, hours=hour)
            google.add_event(email, start, start + timedelta(minutes=45))


def _team(tokens: dict[str, dict[str, str]]) -> None:
    users = []
    for number, (email, secret) in enumerate(tokens.items()):
        user = make_user(f"Rep {number}", calendar=False, email=email)
        scopes = " ".join(map(full_scope, ALL))
        account = CalendarAccount(kind="google", user=user, secret=secret, scopes=scopes)
        names = [email, *(f"{email}-{extra}" for extra in range(1, CALENDARS))]
        db.session.add_all([account, *(Calendar(account=account, external_id=name) for name in names)])
        users.append(user)
    make_link(hosts=users, slug="team", window_days=60)
    db.session.commit()


def _minutes(app: Flask, pipe: Connection, minutes: int) -> tuple[int, int, float, float]:
    now = datetime.now(UTC)
    _work_until(
        now, now + timedelta(minutes=2)
    )  # everything is read for the first time, and falls out of step
    _counted(pipe)
    counts: list[Counter[str]] = []
    begun = time.process_time()
    for minute in range(2, 2 + minutes):
        _work_until(now + timedelta(minutes=minute), now + timedelta(minutes=minute + 1))
        counts.append(_counted(pipe))
    share = (time.process_time() - begun) / (60 * minutes)
    totals = [count.total() for count in counts]
    return max(max(count.values()) for count in counts), max(totals), sum(totals) / minutes, share


def _work_until(start: datetime, end: datetime) -> None:
    while start < end:
        while refresh_due(start):
            pass
        start += STEP


def _counted(pipe: Connection) -> Any:
    pipe.send("count")
    counts, complaints = pipe.recv()
    assert complaints == []
    return counts
