"""Visitors who book over HTTP, and do not give up: what was not answered is asked again, in the same words."""

import re
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import count
from random import Random
from threading import Event, Lock, Thread
from uuid import uuid4

import requests

from tests.chaos.world import GROUP, POOL

ZONES = ("Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Sydney")
# Of the next so many times each visitor takes one at random: some want the same one.
NEXT = 4
PATIENCE_SECONDS = 60
PAUSE_SECONDS = 0.1
CALLED_OFF = 0.25
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@dataclass
class Acknowledged:
    """A booking of which a visitor was told; `start` is aware."""

    token: str
    email: str
    slug: str
    start: datetime
    cancelled: bool = False


class Wrong(Exception):
    """An answer that no visitor should see."""


@dataclass
class Visitors:
    """`booked` is what visitors were told, `wrong` what they should not have been, `seen` counts what happened; they
    are numbered from `first` on."""

    url: str
    first: int = 1
    booked: list[Acknowledged] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._lock, self._numbers, self._enough = Lock(), count(self.first), Event()
        self._threads: list[Thread] = []

    def start(self, many: int) -> None:
        """So many visitors begin, and book one meeting after another."""
        self._enough.clear()
        self._threads = [Thread(target=self._visit, args=(Random(next(self._numbers)),)) for _ in range(many)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Everybody finishes what they are at."""
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def note(self, what: str) -> None:
        with self._lock:
            self.seen[what] += 1

    def _visit(self, rng: Random) -> None:
        """Some call their meeting off again: at once, or when it has long been in the calendars."""
        regrets: list[Visit] = []
        while not self._enough.is_set():
            try:
                visit = Visit(self, next(self._numbers), rng)
                visit.book()
                if rng.random() < CALLED_OFF:
                    regrets.append(visit)
                if len(regrets) > rng.choice((0, 2, 2)):
                    regrets.pop(0).call_off()
            except Exception as error:
                self.wrong.append(f"{type(error).__name__}: {error}"[:400])


class Visit:
    """One person who wants one meeting."""

    booked: Acknowledged

    def __init__(self, visitors: Visitors, number: int, rng: Random) -> None:
        self.visitors, self.rng = visitors, rng
        self.email = f"visitor{number}@prospect.example"
        self.name = f"Visitor {number}"
        self.slug = GROUP if rng.random() < 0.3 else POOL
        self.zone = rng.choice(ZONES)
        self.address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    def book(self) -> None:
        """Takes one of the next times; another one if that was taken meanwhile."""
        way = self._by_form if self.rng.random() < 0.4 else self._by_api
        booked = None
        while booked is None:
            booked = way(self._choose())
            self.visitors.note("taken" if booked is None else "booked")
        self.booked = booked
        self.visitors.booked.append(booked)

    def call_off(self) -> None:
        """Calls the meeting off."""
        self._ask("POST", f"/booking/{self.booked.token}/cancel", (303,), data={"reason": "Another time"})
        self.booked.cancelled = True
        self.visitors.note("cancelled")

    def _choose(self) -> datetime:
        now = datetime.now(UTC)
        days = {"from": f"{now:%Y-%m-%d}", "to": f"{now + timedelta(days=60):%Y-%m-%d}", "timezone": "UTC"}
        slots = self._ask("GET", f"/api/v1/links/{self.slug}/slots", (200,), params=days).json()["slots"]
        # Not the very next ones: by the end of the run they would have begun.
        return datetime.fromisoformat(self.rng.choice(slots[48 : 48 + NEXT]))

    def _by_api(self, start: datetime) -> Acknowledged | None:
        body = {"start": start.isoformat(), "name": self.name, "email": self.email, "timezone": self.zone}
        asked = {"json": body, "headers": {"Idempotency-Key": uuid4().hex}}
        address = f"/api/v1/links/{self.slug}/bookings"
        answer = self._ask("POST", address, (201, 409), **asked)
        if answer.status_code == 409:
            return None
        token = answer.json()["id"]
        if self.rng.random() < 0.25:
            again = self._ask("POST", address, (201,), **asked).json()["id"]
            self._same(token, again)
        return self._acknowledged(token, start)

    def _by_form(self, start: datetime) -> Acknowledged | None:
        slot = {"slot": f"{start.astimezone(UTC):%Y%m%dT%H%MZ}", "timezone": self.zone}
        page = self._ask("GET", f"/book/{self.slug}/details", (200, 409), params=slot)
        if page.status_code == 409:
            return None
        form = self._filled_in(page)
        answer = self._ask("POST", f"/book/{self.slug}", (303, 409, 422), data=form)
        if answer.status_code == 422:
            # Who is that quick is asked to look at the form and to send it again.
            form = self._filled_in(answer)
            answer = self._ask("POST", f"/book/{self.slug}", (303, 409), data=form)
        if answer.status_code == 409:
            return None
        token = answer.headers["Location"].rpartition("/")[2]
        if self.rng.random() < 0.25:
            again = self._ask("POST", f"/book/{self.slug}", (303,), data=form)
            self._same(token, again.headers["Location"].rpartition("/")[2])
        return self._acknowledged(token, start)

    def _filled_in(self, page: requests.Response) -> dict[str, str]:
        form = {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
        return form | {"name": self.name, "email": self.email, "guests": ""}

    def _acknowledged(self, token: str, start: datetime) -> Acknowledged:
        return Acknowledged(token, self.email, self.slug, start)

    def _same(self, first: str, again: str) -> None:
        self.visitors.note("asked twice")
        if first != again:
            raise Wrong(f"{self.email}: the same request made two bookings")

    def _ask(self, method: str, path: str, expected: tuple[int, ...], **values: object) -> requests.Response:
        """Asks until there is an answer. Raises Wrong for one that was not to be expected."""
        headers = {"X-Forwarded-For": self.address, **values.pop("headers", {})}  # type: ignore[dict-item]
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = requests.request(
                    method,
                    self.visitors.url + path,
                    headers=headers,
                    allow_redirects=False,
                    timeout=30,
                    **values,
                )  # type: ignore[arg-type]
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as lost:
                if time.monotonic() > end:
                    raise Wrong(f"{method} {path}: nobody answers") from lost
                self.visitors.note("lost answers" if method == "POST" else "lost pages")
                time.sleep(PAUSE_SECONDS)
                continue
            if answer.status_code not in expected:
                raise Wrong(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
            return answer
