"""`make fairness`: a year of one link through the services that decide, on a database, and its replay beside it.

Every choice is compared with the simulation's: winner, scores and shares. Then it is told how far everybody was from
their share, and how much more than that they got after they joined or came back.
"""

import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from flask_migrate import upgrade

from tests.conftest import BASE
from tests.scheduling.year import DAY, Log, Year
from tests.services.link_year import LinkYear
from website import create_app
from website.extensions import db
from website.scheduling.simulation import Event, Settings, Simulation
from website.services.fairness import fairness_of

USUAL = ("40", "20000", "balanced", "365")
COMMIT_EVERY = 200


class Compared:
    """The real link, with the simulation at its side."""

    def __init__(self, year: Year, rotation: str, share_days: int) -> None:
        self.real = LinkYear(year, rotation, share_days=share_days)
        self.simulation = Simulation(year.seats(), Settings(rotation, share_days))
        self.choices = self.different = self.events = 0

    def take(self, event: Event) -> int | None:
        winner = self.real.take(event)
        outcomes = [one for one in self.simulation.play([event]) if one.winner_id is not None]
        for outcome, receipt in zip(outcomes, self.real.receipts, strict=True):
            same = (outcome.winner_id, outcome.scores, outcome.shares) == (
                receipt.winner_id, receipt.scores, receipt.shares,
            )  # fmt: skip
            self.choices += 1
            self.different += not same
        self.real.receipts.clear()
        self.events += 1
        if self.events % COMMIT_EVERY == 0:
            db.session.commit()
        return winner


def main() -> None:
    hosts, bookings, rotation, share_days = (*sys.argv[1:], *USUAL[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(replace(BASE, database_url=f"sqlite:///{Path(folder) / 'year.db'}"))
        with app.app_context():
            upgrade()
            year = Year(hosts=int(hosts), bookings=int(bookings))
            compared, began = Compared(year, rotation, int(share_days)), time.perf_counter()
            log = year.live(compared)
            db.session.commit()
            what = f"{hosts} hosts, {bookings} requests, {rotation}, shares of {share_days} days"
            print(f"\n{what}: {time.perf_counter() - began:.0f} s")
            print(f"choices {compared.choices}, of which the replay differs in {compared.different}")
            tell_shares(year, log)
            tell_bursts(year, log)
            began = time.perf_counter()
            found = fairness_of(compared.real.link, 26, log.events[-1].at)
            print(
                f"the page's figures of half a year, {found.made} bookings: {time.perf_counter() - began:.2f} s"
            )
            db.session.remove()
            db.engine.dispose()
    sys.exit(bool(compared.different))


def tell_shares(year: Year, log: Log) -> None:
    """How far the hosts' bookings are from their shares of those that stand."""
    kept = list(log.kept())
    wanted, got = year.targets(kept), Counter(host for _request, host in kept)
    off = sorted(100 * abs(got[host] - wanted[host]) / wanted[host] for host in wanted)
    within = sum(one <= 2 for one in off)
    print(f"bookings that stand: {len(kept)}")
    print(f"off their share: {sum(off) / len(off):.1f} % on average, {off[-1]:.1f} % at most")
    print(f"within 2 % of it: {within} of {len(off)} hosts")


def tell_bursts(year: Year, log: Log) -> None:
    """The most that anybody got above their share in the weeks after coming."""
    kept = list(log.kept())
    for days in (7, 14, 28):
        most = 0.0
        for worker in year.workers:
            for coming in worker.comings():
                after = [(one, host) for one, host in kept if coming <= one.at < coming + days * DAY]
                got = sum(host == worker.id for _request, host in after)
                most = max(most, got - year.targets(after)[worker.id])
        print(f"within {days} days of coming: at most {most:.1f} bookings above the share")


if __name__ == "__main__":
    main()
