"""A year of a team, seeded: holidays, joiners, leavers, part-timers, caps, owners, and what becomes of bookings.

Who gets a booking is decided by whatever rule is put to the test; the year only says who could.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Protocol

from website.scheduling.ring import Seat
from website.scheduling.simulation import Declined, Event, GivenBack, Passed, Request

START = datetime(2027, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
OWNER_ROUTED, CANCELLED, NO_SHOW, HANDED_OVER, DECLINED = 0.3, 0.12, 0.06, 0.03, 0.03


class Rule(Protocol):
    """Takes events, one after the other, and says who got the booking where one was chosen."""

    def take(self, event: Event) -> int | None: ...


@dataclass(frozen=True)
class Worker:
    """A host of the year: `away` are half-open spans in which they cannot host; `busy` how often they are not free."""

    id: int
    weight: int
    busy: float
    a_day: int
    away: tuple[tuple[datetime, datetime], ...]

    def able(self, at: datetime) -> bool:
        return not any(start <= at < end for start, end in self.away)

    def comings(self) -> list[datetime]:
        """When they join or come back."""
        return [end for _start, end in self.away]


@dataclass
class Log:
    """What happened: events in order, whose bookings stand at the end, and what each host's share of them was."""

    events: list[Event] = field(default_factory=list)
    requests: dict[int, Request] = field(default_factory=dict)
    host_of: dict[int, int] = field(default_factory=dict)

    def kept(self) -> Iterator[tuple[Request, int]]:
        """The bookings that stand and went to nobody as the owner, with who hosts them."""
        for key, host in self.host_of.items():
            if self.requests[key].owner_id is None:
                yield self.requests[key], host


class Year:
    """`hosts` people and `bookings` requests in `days` days."""

    def __init__(self, *, hosts: int = 40, bookings: int = 20_000, days: int = 365, seed: int = 1) -> None:
        self.rng = Random(seed)
        self.days, self.bookings = days, bookings
        self.workers = [self._worker(number, hosts) for number in range(1, hosts + 1)]

    def seats(self) -> list[Seat]:
        return [Seat(one.id, one.weight, position=place) for place, one in enumerate(self.workers)]

    def weights(self) -> dict[int, int]:
        return {one.id: one.weight for one in self.workers}

    def _worker(self, number: int, hosts: int) -> Worker:
        """Each fifth works half, each tenth joins within the year, and as many leave; all have holidays."""
        half = number % 5 == 0
        away = []
        first, last = 0.0, float(self.days)
        if number % 10 == 3:
            first = self.days * self.rng.uniform(0.2, 0.6)
            away.append((START - DAY, START + first * DAY))
        if number % 10 == 7:
            last = self.days * self.rng.uniform(0.4, 0.9)
        for part in range(2):
            length = min(self.rng.choice((7, 14, 21)), self.days / 12)
            begin = first + (last - first) * (0.1 + 0.45 * part + self.rng.uniform(0, 0.2))
            away.append((START + begin * DAY, START + (begin + length) * DAY))
        if last < self.days:
            away.append((START + last * DAY, START + (self.days + 999) * DAY))
        return Worker(number, 1 if half else 2, self.rng.uniform(0.2, 0.5), 4 if half else 7, tuple(away))

    def live(self, rule: Rule) -> Log:
        """Everything that happens, as the rule decides it."""
        log, taken = Log(), defaultdict[date, Counter[int]](Counter)
        order = 0
        due: list[tuple[datetime, int, str, int]] = []
        for key, at in enumerate(sorted(self._instants()), 1):
            while due and due[0][0] <= at:
                self._follow(log, rule, *heapq.heappop(due))
            request = self._request(key, at, taken[at.date()])
            log.requests[key] = request
            log.events.append(request)
            winner = rule.take(request)
            if winner is None:
                continue
            log.host_of[key] = winner
            taken[at.date()][winner] += 1
            fate, order = self._fate(request), order + 1
            if fate:
                heapq.heappush(due, (at + self.rng.uniform(0.05, 12) * DAY, order, fate, key))
        while due:
            self._follow(log, rule, *heapq.heappop(due))
        return log

    def _instants(self) -> list[datetime]:
        working = [day for day in range(self.days) if (START + day * DAY).weekday() < 5]
        return [START + (self.rng.choice(working) + self.rng.random()) * DAY for _ in range(self.bookings)]

    def _request(self, key: int, at: datetime, taken: Counter[int]) -> Request:
        able = frozenset(one.id for one in self.workers if one.able(at))
        free = frozenset(
            one.id
            for one in self.workers
            if one.id in able and self.rng.random() >= one.busy and taken[one.id] < one.a_day
        )
        owner = self.rng.choice(self.workers).id
        owned = self.rng.random() < OWNER_ROUTED and owner in free
        return Request(key, at, able, free, owner if owned else None, f"nonce {key}")

    def _fate(self, request: Request) -> str:
        drawn = self.rng.random()
        for what, chance in (("back", CANCELLED + NO_SHOW), ("over", HANDED_OVER), ("declined", DECLINED)):
            if drawn < chance:
                return what
            drawn -= chance
        return ""

    def _follow(self, log: Log, rule: Rule, at: datetime, _order: int, fate: str, key: int) -> None:
        holder, able = log.host_of[key], [one.id for one in self.workers if one.able(at)]
        others = [one for one in able if one != holder]
        event: Event = GivenBack(key, at)
        if fate == "over" and others:
            event = Passed(key, at, holder, self.rng.choice(others))
            log.host_of[key] = event.to_id
        elif fate == "declined" and others:
            free = frozenset(one for one in others if self.rng.random() < 0.6) or frozenset(others)
            request = Request(key, at, frozenset(able), free, None, f"nonce {key}:0", frozenset(others))
            event = Declined(request, holder)
        else:
            del log.host_of[key]
        log.events.append(event)
        chosen = rule.take(event)
        if isinstance(event, Declined) and chosen is not None:
            log.host_of[key] = chosen
        if isinstance(event, Declined | Passed) and log.requests[key].owner_id is not None:
            log.requests[key] = Request(key, log.requests[key].at, frozenset(able), frozenset(able))

    def targets(self, kept: Sequence[tuple[Request, int]]) -> Counter[int]:
        """What the weights of those who could host then would give each of these bookings."""
        weights, wanted = self.weights(), Counter[int]()
        for request, _host in kept:
            total = sum(weights[host] for host in request.able)
            for host in request.able:
                wanted[host] += weights[host] / total
        return wanted
