"""What a hundred times the contacts and the past bookings cost, on both engines."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from random import Random
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.bench.crowd import SLUG, Crowd, found, grow, some_addresses
from tests.bench.measure import measure_in_turn
from tests.chaos.databases import ENGINES
from tests.conftest import BASE, FreshClient
from tests.signing_in import TOKEN
from website import create_app
from website.extensions import db, limiter
from website.models import Link
from website.services.assignment import assign
from website.services.availability import next_start, scene_of
from website.services.contact import NOBODY, recognise
from website.services.deciding import decide
from website.tokens import signer

SIZES, LIMIT = (10_000, 1_000_000), 1.2
ROUNDS, CALLS, ADDRESSES = 25, 4, 200


@dataclass(frozen=True, slots=True)
class Work:
    """What is measured, and whether its limit counts."""

    name: str
    run: Callable[[], object]
    bound: bool = True


def run(sizes: tuple[int, int] = SIZES) -> list[str]:
    """The table of both engines, as lines of Markdown."""
    lines = [
        f"{sizes[1]:,} contacts and past bookings of several years against {sizes[0]:,}, with the same bookings in the"
        " last twelve weeks.",
        "",
        "| engine | what | " + " | ".join(f"at {size:,}" for size in sizes) + " | ratio | limit |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return lines + [line for engine in ENGINES for line in _engine(engine, sizes)]


def _engine(engine: str, sizes: tuple[int, int]) -> Iterator[str]:
    """Both sizes stand beside each other, and their rounds take turns."""
    with ExitStack() as opened:
        both = [_works_of_size(engine, size, opened) for size in sizes]
        for works_of_both in zip(*both, strict=True):
            small, large = measure_in_turn([work.run for work in works_of_both], ROUNDS, CALLS)
            name, bound = works_of_both[0].name, works_of_both[0].bound
            ratio, limit = large.median / small.median, f"≤ {LIMIT}" if bound else ""
            yield f"| {engine} | {name} | {small} | {large} | {ratio:.2f} | {limit} |"


def _works_of_size(engine: str, size: int, opened: ExitStack) -> list[Work]:
    """What is measured on a site of its own, which stays open; each runs in the context of its site."""
    app, crowd = opened.enter_context(site(opened.enter_context(ENGINES[engine]())))
    begun = time.monotonic()
    grow(crowd, size)
    print(f"{engine}: {size:,} in {time.monotonic() - begun:.0f} s", flush=True)
    measured = [replace(work, run=partial(_within, app, work.run)) for work in works(app, crowd)]
    # Until its turn comes, nothing is left open.
    db.session.rollback()
    return measured


def _within(app: Flask, run: Callable[[], object]) -> None:
    with app.app_context():
        run()


@contextmanager
def site(database_url: str) -> Iterator[tuple[Flask, Crowd]]:
    """The site on a fresh, migrated database, its context open, with a team and what is recent."""
    app = create_app(replace(BASE, database_url=database_url))
    was, limiter.enabled = limiter.enabled, False
    with app.app_context():
        try:
            yield app, found(datetime.now().astimezone().replace(microsecond=0))
        finally:
            limiter.enabled = was
            db.session.remove()
            db.engine.dispose()


def works(app: Flask, crowd: Crowd) -> list[Work]:
    """What is measured."""
    emails = some_addresses(ADDRESSES, Random(1))
    typed, looking = cycle(emails), cycle(emails)
    now = crowd.now + timedelta(seconds=1)
    start = next_start(scene_of(_link(), visitor=NOBODY, duration=30, now=now), now)
    visitor, admin = _Browser(app), _Browser(app, crowd.admin_id)
    month = f"{now + timedelta(days=25):%Y-%m}"
    assert start

    def decided() -> object:
        # Whoever hosted a contact counts as owner: the rotation chooses for somebody new.
        link = _link()
        scene = scene_of(link, visitor=recognise("somebody@new.example", link), duration=30, now=now)
        return decide(scene, start, {}, lambda scene, free: assign(scene, free, "nonce"))

    return [
        Work("a contact is recognised", lambda: recognise(next(typed), _link())),
        Work(
            "slots partial",
            lambda: visitor.get(f"/book/{SLUG}/slots?month={month}&who={signer.who(next(looking), now)}"),
        ),
        Work("a booking's decision, with its shares", decided),
        Work("page of fairness", lambda: admin.get(f"/links/{SLUG}/fairness")),
        Work("contacts, first page", lambda: admin.get("/contacts"), bound=False),
    ]


def _link() -> Link:
    return db.session.scalars(select(Link).where(Link.slug == SLUG)).one()


class _Browser:
    """Somebody at the site; whoever is signed in is a user."""

    def __init__(self, app: Flask, user_id: int | None = None) -> None:
        self._client: FlaskClient = FreshClient(app, app.response_class, use_cookies=True)
        if user_id is not None:
            token = TOKEN.search(self._client.get("/sign-in").text)
            assert token
            self._client.post("/sign-in", data={"csrf_token": token[1], "user": user_id})

    def get(self, path: str) -> Any:
        """The page, which must be there."""
        answer = self._client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer
