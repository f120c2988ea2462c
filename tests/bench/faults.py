"""What a page costs while Google is dead, slow or lying, and the worker asks it all the same."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from flask import Flask
from flask_migrate import upgrade

from tests.bench.measure import Spread, measure
from tests.conftest import BASE
from tests.factories import make_link
from tests.peers.google import Google
from tests.peers.google_links import with_google
from tests.services.google.linking import make_rep, read
from website import create_app
from website.extensions import db, limiter
from website.services.calendar import refresh_due

REPS, LIMIT = 10, 2
ROUND, STEP = 0.2, timedelta(minutes=2)
FAULTS: dict[str, Callable[[Google], None]] = {
    "dead": lambda google: google.fail("down", times=None),
    "slow (30 s)": lambda google: google.fail("slow", times=None, seconds=30),
    "lying (HTML with 200)": lambda google: google.fail("html", times=None),
}


def run() -> list[str]:
    """The table of pages under faults, as lines of Markdown."""
    lines = [
        f"{REPS} reps with a Google calendar each; the worker asks Google all the while.",
        "",
        "| Google is | slots partial (quartiles) | × when it is well | limit | calls to Google meanwhile |",
        "| --- | --- | --- | --- | --- |",
    ]
    well, _ = measured(None)
    lines.append(f"| well, and not asked | {well} | 1.0 | | |")
    for name, fault in FAULTS.items():
        spread, calls = measured(fault)
        ratio = spread.median / well.median
        lines.append(f"| {name} | {spread} | {ratio:.2f} | ≤ {LIMIT} | {calls} |")
    return lines


def measured(fault: Callable[[Google], None] | None) -> tuple[Spread, int]:
    """(what the partial takes, how often Google was asked meanwhile), with the worker asking only under a fault."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder, Google() as google:
        app = create_app(
            with_google(replace(BASE, database_url=f"sqlite:///{Path(folder) / 'bench.db'}"), google)
        )
        limiter.enabled = False
        with app.app_context():
            upgrade()
            reps = [make_rep(google, f"Rep{number}") for number in range(REPS)]
            make_link(hosts=reps, slug="team")
            db.session.commit()
            read(*reps, now=now)
        if fault is None:
            return _partial(app, now), 0
        fault(google)
        asked = len(google.calls)
        with _asking(app, now):
            spread = _partial(app, now)
        return spread, len(google.calls) - asked


def _partial(app: Flask, now: datetime) -> Spread:
    client = app.test_client()
    month = (now + timedelta(days=25)).strftime("%Y-%m")
    path = f"/book/team/slots?month={month}&timezone=Europe/Paris"
    answer = client.get(path)
    assert answer.status_code == 200 and 'class="day"' in answer.text, answer.status_code
    return measure(lambda: client.get(path), rounds=25, calls=20)


@contextmanager
def _asking(app: Flask, now: datetime) -> Iterator[None]:
    """The worker's reading, in a thread; its clock runs ahead, so that no pause of the breaker keeps it idle."""
    stop = Event()

    def work() -> None:
        with app.app_context():
            moment = now
            while not stop.wait(ROUND):
                moment += STEP
                refresh_due(moment)
                db.session.remove()

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
