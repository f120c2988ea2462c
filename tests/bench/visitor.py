"""One person after another who looks around, books, looks at the booking, and sometimes calls it off."""

import json
import re
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html import unescape
from http.client import HTTPConnection, HTTPException
from itertools import count
from random import Random
from threading import Lock
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from tests.chaos.driver import HIDDEN, ZONES, Acknowledged
from website import clock

TIME = re.compile(r'href="[^"]*[?&;]slot=(\d{8}T\d{4}Z)')
FORM, SECONDS = "application/x-www-form-urlencoded", 30.0


@dataclass(frozen=True)
class Refused:
    """A time that somebody was told is taken, and when they were told."""

    slug: str
    start: datetime
    at: datetime


@dataclass
class Seen:
    """What all visitors saw. `took` are the milliseconds of every answer by what was asked for, `requests` counts those
    that are not in it any more."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    booked: list[Acknowledged] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    moved: int = 0
    requests: int = 0
    lock: Lock = field(default_factory=Lock)
    numbers: count = field(default_factory=lambda: count(1))  # type: ignore[type-arg]


class Wrong(Exception):
    """An answer that no visitor should see."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    location: str


class Visitor:
    """One person, with an address and a connection of their own, who lives by the site's clock."""

    def __init__(
        self, url: str, slug: str, seen: Seen, rng: Random, now: Callable[[], datetime] = clock.now
    ) -> None:
        self.slug, self.seen, self.rng, self.now = slug, seen, rng, now
        self.number = next(seen.numbers)
        self.zone = rng.choice(ZONES)
        place = urlsplit(url)
        self._connection = HTTPConnection(place.hostname or "", place.port, timeout=SECONDS)
        self._from = f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}"

    def visit(self) -> None:
        """The whole visit. What goes wrong is written down."""
        try:
            self._visit()
        except (Wrong, OSError, HTTPException) as error:
            self.seen.wrong.append(f"{type(error).__name__}: {error}"[:300])
        finally:
            self._connection.close()

    def _visit(self) -> None:
        seen = {"timezone": self.zone, "duration": "30"}
        self._ask("page", f"/book/{self.slug}", seen)
        times = self._months(seen)
        if not times:
            return
        slot = self.rng.choice(times)
        start = datetime.strptime(slot, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
        page = self._ask("details", f"/book/{self.slug}/details", seen | {"slot": slot}, allowed=(200, 409))
        token = self._by_api(start) if self.rng.random() < 0.3 else self._by_form(page)
        if page.status == 409 or not token:
            self.seen.refused.append(Refused(self.slug, start, self.now()))
        if token:
            self._keep(Acknowledged(token, self._email, self.slug, start))

    def _months(self, seen: dict[str, str]) -> list[str]:
        """Goes to the next month and back, then to a day; gives the times that are left there, if any."""
        month = self.now().date().replace(day=1) + timedelta(days=32)
        for shown in (month, month - timedelta(days=28), month):
            page = self._ask("slots", f"/book/{self.slug}/slots", seen | {"month": f"{shown:%Y-%m}"})
        on = date(month.year, month.month, self.rng.randint(1, 15))
        page = self._ask("slots", f"/book/{self.slug}/slots", seen | {"date": on.isoformat()})
        return TIME.findall(unescape(page.text))

    @property
    def _email(self) -> str:
        return f"visitor{self.number}@prospect.example"

    def _by_form(self, page: Answer) -> str:
        if page.status == 409:
            return ""
        answer = self._send(page)
        if answer.status == 422:
            # Who is that quick is asked to look at the form and to send it again.
            answer = self._send(answer)
        return answer.location.rpartition("/")[2] if answer.status == 303 else ""

    def _send(self, page: Answer) -> Answer:
        """Sends the form of a page, filled in."""
        form = {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
        form |= {"name": f"Visitor {self.number}", "email": self._email, "guests": ""}
        return self._ask("book", f"/book/{self.slug}", form, method="POST", allowed=(303, 409, 422))

    def _by_api(self, start: datetime) -> str:
        body = {"start": start.isoformat(), "name": f"Visitor {self.number}", "email": self._email}
        address = f"/api/v1/links/{self.slug}/bookings"
        answer = self._ask("book", address, json.dumps(body), method="POST", allowed=(201, 409))
        return str(json.loads(answer.text)["id"]) if answer.status == 201 else ""

    def _keep(self, booked: Acknowledged) -> None:
        self.seen.booked.append(booked)
        self._ask("manage", f"/booking/{booked.token}", {})
        if self.rng.random() < 0.2:
            self._call_off(booked)

    def _call_off(self, booked: Acknowledged) -> None:
        form = {"reason": "Another time"}
        self._ask("cancel", f"/booking/{booked.token}/cancel", form, method="POST", allowed=(303,))
        booked.cancelled = True

    def _ask(
        self,
        what: str,
        path: str,
        values: dict[str, str] | str,
        *,
        method: str = "GET",
        allowed: tuple[int, ...] = (200,),
    ) -> Answer:
        headers = {"X-Forwarded-For": self._from, "Idempotency-Key": uuid4().hex}
        body = None
        if method == "POST":
            headers["Content-Type"] = FORM if isinstance(values, dict) else "application/json"
            body = urlencode(values) if isinstance(values, dict) else values
        elif isinstance(values, dict):
            path = f"{path}?{urlencode(values)}"
        begun = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        took = (time.perf_counter() - begun) * 1000
        with self.seen.lock:
            self.seen.took[what].append(took)
        if response.status not in allowed:
            raise Wrong(f"{method} {path}: {response.status} {text[:150]}")
        return Answer(response.status, text, response.headers.get("Location", ""))
