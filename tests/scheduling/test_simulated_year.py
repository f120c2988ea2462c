"""A year of forty hosts and 20,000 bookings, by the rule that booking asks: shares, and no bursts (R23, R24)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from tests.scheduling.year import DAY, Log, Year
from website.scheduling.rotations import Share
from website.scheduling.simulation import Declined, Event, GivenBack, Passed, Request, Settings, Simulation

SHARE_DAYS = 30


class Replayed:
    """The simulation, one event after the other. Now and then it is looked at: `looks` are the shares then, and since
    when each host is there, by the number of the event."""

    def __init__(self, year: Year, settings: Settings) -> None:
        self.simulation = Simulation(year.seats(), settings)
        self.winners: list[int | None] = []
        self.looks: dict[int, tuple[tuple[Share, ...], dict[int, datetime | None]]] = {}

    def take(self, event: Event) -> int | None:
        outcomes = self.simulation.play([event])
        if len(self.winners) % 500 == 0 and outcomes:
            joined = {seat.user_id: seat.joined_at for seat in self.simulation.seats}
            self.looks[len(self.winners)] = outcomes[0].shares, joined
        self.winners.append(outcomes[0].winner_id if outcomes else None)
        return self.winners[-1]


@pytest.fixture(scope="module")
def year() -> Year:
    return Year()


@pytest.fixture(scope="module")
def replayed(year: Year) -> Replayed:
    return Replayed(year, Settings("balanced", SHARE_DAYS))


@pytest.fixture(scope="module")
def log(year: Year, replayed: Replayed) -> Log:
    return year.live(replayed)


@pytest.mark.rule("R23")
def test_over_a_year_hosts_get_their_shares(year: Year, log: Log) -> None:
    off = far_off(year, log)
    assert len(list(log.kept())) > 13_000
    assert off[int(0.75 * len(off))] <= 0.02
    assert sum(off) / len(off) <= 0.012
    # Each of the twelve windows of thirty days is evened out to a booking; so is the year, to twelve.
    kept = list(log.kept())
    wanted, got = year.targets(kept), Counter(host for _request, host in kept)
    assert all(abs(got[host] - wanted[host]) <= 12 for host in wanted)


@pytest.mark.rule("R23")
def test_a_window_as_long_as_the_year_evens_the_year_out() -> None:
    """Whoever comes back starts at the mean, whatever they were above or below it: of a part-timer's 221 bookings that
    may be five."""
    year = Year()
    off = far_off(year, year.live(Replayed(year, Settings("balanced", 365))))
    assert sum(one <= 0.02 for one in off) >= len(off) - 1
    assert off[-1] <= 0.025
    assert sum(off) / len(off) <= 0.0075


def far_off(year: Year, log: Log) -> list[float]:
    """By which part of it each host's bookings differ from their share, ascending."""
    kept = list(log.kept())
    wanted, got = year.targets(kept), Counter(host for _request, host in kept)
    return sorted(abs(got[host] - wanted[host]) / wanted[host] for host in wanted)


@pytest.mark.rule("R23")
def test_nobody_who_joins_or_comes_back_gets_a_burst(year: Year, log: Log) -> None:
    kept = list(log.kept())
    for worker in year.workers:
        for coming in worker.comings():
            month = [(one, host) for one, host in kept if coming <= one.at < coming + 28 * DAY]
            for days in (7, 14, 28):
                after = [(one, host) for one, host in month if one.at < coming + days * DAY]
                got = sum(host == worker.id for _request, host in after)
                assert got <= year.targets(after)[worker.id] + 6


@pytest.mark.rule("R24")
def test_counts_are_those_that_a_plain_recount_gives(year: Year, log: Log, replayed: Replayed) -> None:
    books = Books()
    for number, event in enumerate(log.events):
        if number in replayed.looks:
            shares, joined = replayed.looks[number]
            assert {one.host_id: one.given for one in shares} == books.given(shares, joined, event.at)
        books.note(event, replayed.winners[number])
    assert len(replayed.looks) > 10


class Books:
    """Every booking with its host, written down; nothing is kept up to date but that."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[Request, int]] = {}
        self.owned: set[int] = set()

    def note(self, event: Event, winner: int | None) -> None:
        if isinstance(event, Request) and winner is not None:
            self.rows[event.key] = (event, winner)
            if event.owner_id is not None:
                self.owned.add(event.key)
        elif isinstance(event, GivenBack):
            self.rows.pop(event.key, None)
        elif isinstance(event, Passed):
            self._to(event.key, event.to_id)
        elif isinstance(event, Declined) and winner is not None:
            self._to(event.request.key, winner)

    def _to(self, key: int, host: int) -> None:
        self.rows[key] = (self.rows[key][0], host)
        self.owned.discard(key)

    def given(
        self, shares: Sequence[Share], joined: Mapping[int, datetime | None], now: datetime
    ) -> dict[int, int]:
        """What counts for each host at `now`, counted from the beginning."""
        counts = Counter(
            host
            for key, (request, host) in self.rows.items()
            if key not in self.owned
            and request.at > now - timedelta(days=SHARE_DAYS)
            and request.at >= (joined[host] or request.at)
        )
        return {share.host_id: counts[share.host_id] for share in shares}


@pytest.mark.rule("R23")
@pytest.mark.parametrize("rotation", ["random", "strict", "priority"])
def test_the_other_rules_live_through_a_short_year_too(rotation: str) -> None:
    short = Year(hosts=12, bookings=600, days=90, seed=2)
    log = short.live(Replayed(short, Settings(rotation)))
    assert len(log.host_of) > 400
    assert set(log.host_of.values()) == {one.id for one in short.workers}


@pytest.mark.rule("R23")
def test_on_a_young_link_with_a_long_memory_there_is_no_burst_either() -> None:
    """The start of who comes back stands for bookings that leave the window only when the link is as old as it."""
    young = Year(hosts=20, bookings=2000, days=110, seed=3)
    kept = list(young.live(Replayed(young, Settings("balanced", 90))).kept())
    for worker in young.workers:
        for coming in worker.comings():
            after = [(one, host) for one, host in kept if coming <= one.at < coming + 28 * DAY]
            assert sum(host == worker.id for _request, host in after) <= young.targets(after)[worker.id] + 6
