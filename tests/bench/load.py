"""Visitors at once: a minute of booking and browsing against two web workers and a worker, on each engine."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from threading import Event, Thread

from flask import Flask
from sqlalchemy import select

from tests.bench.visitor import Refused, Seen, Visitor
from tests.chaos.books import overlaps, wrong_bookings, wrong_claims
from tests.chaos.databases import ENGINES
from tests.chaos.processes import Processes
from tests.chaos.world import ALWAYS, environment_of
from tests.conftest import BASE
from tests.factories import make_link, make_organisation, make_user
from tests.peers.dav import free_port
from tests.peers.smtp import MailServer
from website import create_app
from website.extensions import db
from website.models import Booking, BookingHost, Link
from website.scheduling.kinds import LINK_KINDS

VISITORS, SECONDS, HOSTS = 8, 60.0, 10
# Until then what each process keeps so many of fills its places: labels of times, masks of hours, pages of SQLite.
WARM_UP_SECONDS = 150.0
TAIL, GROWTH = 10, 1.02
SAMPLE_SECONDS = 0.5
LINKS = ("pool", "group", "personal")


@dataclass(frozen=True)
class Result:
    """`memory` are the sizes of each web worker in the course of time, in MB; `wrong` what must not be. `bookings`
    and what was `seen` to take time are those after the warm-up."""

    seen: Seen
    bookings: int
    memory: dict[int, list[float]]
    wrong: list[str]
    seconds: float


def run(seconds: float = SECONDS) -> list[str]:
    """The tables of all engines, as lines of Markdown."""
    lines = [
        f"{VISITORS} visitors at once, one after another without a pause, for {seconds:.0f} s, after"
        f" {WARM_UP_SECONDS:.0f} s in which caches fill: two web workers and a"
        f" worker, {os.cpu_count()} processors for them, the database and the visitors; {HOSTS} hosts.",
        "",
        "| engine | what | times | median | p99 | p99 / median | limit |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    results = {engine: _measured(engine, seconds) for engine in ENGINES}
    lines += [line for engine, result in results.items() for line in _times(engine, result)]
    lines += [
        "",
        "Memory of a web worker is flat when the mean of the last third of the run is at most"
        f" {100 * (GROWTH - 1):.0f} % above that of the middle third.",
        "",
        "| engine | requests a second | bookings | too late | errors | web worker, middle third → last third |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_summary(engine, result) for engine, result in results.items()]
    lines += [f"\n- {engine}: {text}" for engine, result in results.items() for text in result.wrong[:10]]
    return lines


def _measured(engine: str, seconds: float) -> Result:
    with ENGINES[engine]() as url:
        return load(url, seconds, warm_up=WARM_UP_SECONDS)


def load(database_url: str, seconds: float, visitors: int = VISITORS, warm_up: float = 0.0) -> Result:
    """Lets visitors book on a fresh, migrated database for so long, after a warm-up; then the books are compared."""
    with _site(database_url) as (app, processes, url):
        seen, stop, memory = Seen(), Event(), dict[int, list[float]]()
        threads = [
            Thread(target=_visit, args=(url, seen, stop, Random(number))) for number in range(visitors)
        ]
        for thread in threads:
            thread.start()
        time.sleep(warm_up)
        seen.took.clear()
        earlier, end = len(seen.booked), time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(SAMPLE_SECONDS)
            for pid in processes.web_workers():
                memory.setdefault(pid, []).append(megabytes(pid))
        stop.set()
        for thread in threads:
            thread.join()
        wrong = [*seen.wrong, *_books(app, seen), *processes.tracebacks()]
        return Result(seen, len(seen.booked) - earlier, memory, wrong, seconds)


@contextmanager
def _site(database_url: str) -> Iterator[tuple[Flask, Processes, str]]:
    port, mail = free_port(), MailServer()
    config = replace(
        BASE,
        database_url=database_url,
        base_url=f"http://127.0.0.1:{port}",
        smtp_url=mail.url(),
        demo=False,
        trusted_proxies=1,
    )
    app = create_app(config)
    fill(app)
    with tempfile.TemporaryDirectory() as folder:
        processes = Processes("tests.bench.served", port, environment_of(config), Path(folder) / "log")
        try:
            yield app, processes, config.base_url
        finally:
            processes.stop()
            mail.stop()
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def fill(app: Flask) -> None:
    """Hosts, and a link of each kind, which are open day and night."""
    with app.app_context():
        make_organisation()
        hosts = [make_user(f"Host {number}") for number in range(HOSTS)]
        make_link(hosts=hosts, slug="pool", hours=ALWAYS, rotation="balanced")
        make_link("group", hosts=hosts[:3], slug="group", hours=ALWAYS)
        make_link("personal", hosts=hosts[-1:], slug="personal", hours=ALWAYS)
        db.session.commit()


def _visit(url: str, seen: Seen, stop: Event, rng: Random) -> None:
    while not stop.is_set():
        Visitor(url, rng.choice(LINKS), seen, rng).visit()


def megabytes(pid: int) -> float:
    """How much memory a process occupies."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _books(app: Flask, seen: Seen) -> list[str]:
    with app.app_context():
        found = [*wrong_bookings(seen.booked), *wrong_claims(), *overlaps()]
        found += [f"told that {one} is taken, and it was not" for one in seen.refused if not _was_taken(one)]
        db.session.rollback()
    return found


def _was_taken(refused: Refused) -> bool:
    """Whether so many of the link's hosts had been booked at that time that it could not be offered."""
    link = db.session.scalars(select(Link).where(Link.slug == refused.slug)).one()
    hosts = {host.user_id for host in link.hosts}
    taken = (
        select(BookingHost.user_id)
        .join(Booking)
        .where(Booking.start_at == refused.start, Booking.created_at <= refused.at)
    )
    busy = hosts & set(db.session.scalars(taken))
    return bool(busy) if LINK_KINDS[link.kind].needs == "all" else busy == hosts


def _times(engine: str, result: Result) -> Iterator[str]:
    for what, took in sorted(result.seen.took.items()):
        median, p99 = statistics.median(took), statistics.quantiles(took, n=100)[98]
        limit = f"< {TAIL}" if what == "slots" else ""
        yield (
            f"| {engine} | {what} | {len(took):,} | {median:.1f} ms | {p99:.1f} ms | {p99 / median:.1f} | {limit} |"
        )


def _summary(engine: str, result: Result) -> str:
    seen, total = result.seen, sum(map(len, result.seen.took.values()))
    sizes = "; ".join(_growth(samples) for samples in result.memory.values())
    return (
        f"| {engine} | {total / result.seconds:.0f} | {result.bookings:,} | {len(seen.refused)} |"
        f" {len(result.wrong)} | {sizes} |"
    )


def _growth(samples: list[float]) -> str:
    third = len(samples) // 3
    middle, last = statistics.mean(samples[third : 2 * third]), statistics.mean(samples[2 * third :])
    flat = "flat" if last <= middle * GROWTH else "NOT flat"
    return f"{middle:.1f} → {last:.1f} MB, {flat}"
