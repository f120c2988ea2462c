"""Requests replayed in order under a rule (R24): what a link's bookings would be, or would have been.

Nothing is decided here: every choice is made by the functions that booking itself asks (`ring`, `rotations`).
"""

import random
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from . import ring
from .ring import Recent, Seat
from .rotations import RECENT_DAYS, ROTATIONS, Choice, Share


@dataclass(frozen=True, slots=True)
class Settings:
    """What a link says about its rotation: a key of `ROTATIONS`, the recent window, and whether bookings that went to
    the contact's owner count towards the shares."""

    rotation: str
    share_days: int = RECENT_DAYS
    owner_counts: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody books at `at` (aware): who was `able` to host at all, who was `free` at the chosen time.

    `key` names the booking. `owner_id` is the contact's owner where they alone could host. `nonce` draws the lot.
    `pool` are those who could be chosen where that is not everybody who was able (R20).
    """

    key: int
    at: datetime
    able: frozenset[int]
    free: frozenset[int]
    owner_id: int | None = None
    nonce: str = ""
    pool: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The booking counts no more: it was called off, or nobody came."""

    key: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Passed:
    """A host handed the booking to somebody else, and keeps the turn that it cost. It is so only if `from_id` got it
    here too."""

    key: int
    at: datetime
    from_id: int
    to_id: int


@dataclass(frozen=True, slots=True)
class Declined:
    """Its host declines the booking, or is not free at its new time: the rotation chooses again, among those whom
    `request` says, and the host's turn is given back. It is so only if `from_id` got it here too, and somebody is
    free."""

    request: Request
    from_id: int

    @property
    def at(self) -> datetime:
        """When it was declined."""
        return self.request.at


Event = Request | GivenBack | Passed | Declined


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request: `winner_id` None is a booking lost, as nobody was free. `shares` and `scores` are
    what the receipt would say; empty where there was nothing to choose."""

    request: Request
    winner_id: int | None
    shares: tuple[Share, ...] = ()
    scores: Mapping[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Booking:
    """A booking made at `at`: whose it is, None once it was given back; `routed` to the contact's owner or not;
    `former` is the turn that it cost its host; `recent` until it leaves the window."""

    at: datetime
    host_id: int | None
    routed: bool
    former: int | None = None
    recent: bool = True


class Simulation:
    """A link's rotation at work. `seats` are its hosts, in their order, as they stand before the first event, and
    `first_at` when the link's first booking was made, None where it is among the events; `lost` counts the requests
    that found nobody free."""

    def __init__(self, seats: Sequence[Seat], settings: Settings, first_at: datetime | None = None) -> None:
        self.seats = list(seats)
        self.settings = settings
        self._seat_of = {seat.user_id: seat for seat in self.seats}
        self.lost = 0
        self._first_at = first_at
        self._given: Counter[int] = Counter()
        self._bookings: dict[int, _Booking] = {}
        self._recent: deque[_Booking] = deque()

    def play(self, events: Iterable[Event]) -> list[Outcome]:
        """Replays events, which must be in order of time. One outcome for each request and each choice
        after a host declined."""
        outcomes = []
        for event in events:
            self._forget(event.at)
            if isinstance(event, Request):
                outcomes.append(self._book(event))
            elif isinstance(event, GivenBack):
                self._give_turn_back(event.key)
                self._move(event.key, None)
            elif isinstance(event, Passed) and self.host_of(event.key) == event.from_id:
                self._move(event.key, event.to_id)
            elif isinstance(event, Declined) and self.host_of(event.request.key) == event.from_id:
                outcomes.append(self._decline(event))
        return outcomes

    def host_of(self, key: int) -> int | None:
        """Whose booking it is now; None for one that was lost or given back."""
        booking = self._bookings.get(key)
        return booking.host_id if booking else None

    def kept(self) -> Counter[int]:
        """How many bookings each host has that were not given back."""
        return Counter(one.host_id for one in self._bookings.values() if one.host_id is not None)

    def add(self, key: int, at: datetime, host_id: int, *, owner_routed: bool = False) -> None:
        """A booking that was made already: nothing is chosen, and nobody's turn is taken. In order of time."""
        self._first_at = self._first_at or at
        self._bookings[key] = booking = _Booking(at, host_id, owner_routed)
        self._recent.append(booking)
        self._count(booking, 1)

    def _book(self, request: Request) -> Outcome:
        outcome = self._outcome(request)
        if outcome.winner_id is None:
            self.lost += 1
        else:
            self.add(request.key, request.at, outcome.winner_id, owner_routed=request.owner_id is not None)
            self._take_turn(outcome)
        return outcome

    def _decline(self, declined: Declined) -> Outcome:
        outcome = self._outcome(declined.request)
        if outcome.winner_id is not None:
            self._give_turn_back(declined.request.key)
            self._move(declined.request.key, outcome.winner_id)
            self._take_turn(outcome)
        return outcome

    def _outcome(self, request: Request) -> Outcome:
        if not self._somebody_free(request):
            return Outcome(request, None)
        if ring.has_changed(self.seats, request.able):
            ring.welcome(self.seats, request.able, self._given, request.at, self._window())
            self._count_anew()
        return self._choose(request)

    def _window(self) -> Recent:
        return Recent(self.settings.share_days, self._first_at)

    def _somebody_free(self, request: Request) -> bool:
        """Who finds nobody books nothing, and then nothing changes."""
        if request.owner_id is not None:
            return request.owner_id in request.free
        inside = request.able if request.pool is None else request.pool
        return any(seat.user_id in inside and seat.user_id in request.free for seat in self.seats)

    def _take_turn(self, outcome: Outcome) -> None:
        former = next((share.turn for share in outcome.shares if share.host_id == outcome.winner_id), None)
        if outcome.winner_id is not None and former is not None:
            self._bookings[outcome.request.key].former = former
            ring.take_turn(self.seats, outcome.winner_id)

    def _choose(self, request: Request) -> Outcome:
        if request.owner_id is not None:
            return Outcome(request, request.owner_id)
        inside = request.able if request.pool is None else request.pool
        shares = ring.shares_of(self.seats, self._given, request.at, self._window())
        pool = [share for share in shares if share.host_id in inside]
        free = [share for share in pool if share.host_id in request.free]
        choice = self._choice(free, pool, request.nonce)
        return Outcome(request, choice.host_id, tuple(pool), choice.scores)

    def _choice(self, free: Sequence[Share], pool: Sequence[Share], nonce: str) -> Choice:
        drawn = random.Random(nonce)  # noqa: S311  (the very draw of the booking, R23)
        return ROTATIONS[self.settings.rotation].choose(free, pool, drawn)

    def _give_turn_back(self, key: int) -> None:
        booking = self._bookings.get(key)
        if booking is not None and booking.host_id is not None and booking.former is not None:
            ring.give_back(self.seats, booking.host_id, booking.former)

    def _move(self, key: int, to_id: int | None) -> None:
        """The booking is another host's from now on, or nobody's."""
        booking = self._bookings.get(key)
        if booking is None or booking.host_id is None:
            return
        self._count(booking, -1)
        # A booking that the owner handed on is like any other.
        booking.host_id, booking.former, booking.routed = to_id, None, False
        self._count(booking, 1)

    def _count(self, booking: _Booking, by: int) -> None:
        if booking.host_id is None or not booking.recent:
            return
        seat = self._seat_of.get(booking.host_id)
        missed = seat is not None and seat.joined_at is not None and booking.at < seat.joined_at
        if not missed and (self.settings.owner_counts or not booking.routed):
            self._given[booking.host_id] += by

    def _count_anew(self) -> None:
        """Bookings of before somebody joined or came back count for them no more."""
        self._given.clear()
        for booking in self._recent:
            self._count(booking, 1)

    def _forget(self, now: datetime) -> None:
        """Bookings leave the recent window when they are as old as it is long."""
        horizon = now - timedelta(days=self.settings.share_days)
        while self._recent and self._recent[0].at <= horizon:
            booking = self._recent.popleft()
            self._count(booking, -1)
            booking.recent = False
