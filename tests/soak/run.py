"""One run: rounds of visitors and of a rest, in which the outbox empties, the books are compared, and time passes until
everything is pruned that is not kept for ever."""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask

from tests.bench.load import fill
from tests.chaos.audit import audit
from tests.chaos.books import ALWAYS_KEPT
from tests.chaos.drain import drain
from tests.chaos.marks import Marks
from tests.chaos.processes import WEB_WORKERS
from tests.chaos.world import World, world
from tests.peers.dav import DavUser
from tests.peers.google import Google
from tests.peers.radicale import Radicale
from tests.soak.crowd import Crowd
from tests.soak.guests import FURTHEST, Guest, HastyGuest
from tests.soak.samples import Sample, journal_limit, sample, sampling, settled
from website.services.pruning import KEEP_MESSAGES

LOOK_SECONDS, PATIENCE_SECONDS, HANG_UP_SECONDS = 0.2, 120.0, 10.0


@dataclass(frozen=True)
class Plan:
    """Rounds until so many seconds have passed, two at least, in each of which guests come for `round_seconds`, so
    often a second; the last part of that is a peak."""

    seconds: float
    round_seconds: float
    sample_seconds: float
    calm_a_second: float = 3.0
    peak_a_second: float = 50.0
    peak_part: float = 0.2


@dataclass
class Soaked:
    """`samples` of the whole run, and `rests` as it was at the end of each round. `wrong` has a sentence for everything
    that is not as it should be, apart from growth."""

    plan: Plan
    samples: list[Sample] = field(default_factory=list)
    rests: list[Sample] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    journal_limit: float = 0.0


def soak(database_url: str, plan: Plan) -> Soaked:
    """Carries out a plan on a fresh, migrated database."""
    result = Soaked(plan)
    with world(database_url, _fill, workers=1) as site, sampling(site, plan.sample_seconds) as result.samples:
        result.journal_limit = journal_limit(site)
        crowd, kept_from, begun = Crowd(site.url, site.marks.now), ALWAYS_KEPT, _everybody(site)
        end = time.monotonic() + plan.seconds
        while len(result.rests) < 2 or time.monotonic() < end:
            _let_in(crowd, plan)
            waiting = drain(site)
            result.wrong += [f"message {number} is never delivered" for number in waiting]
            result.wrong += audit(site, crowd.seen.booked, set(), kept_from)
            kept_from = _let_pass(site, result)
            result.rests.append(_rest(site, result))
            site.mail.taken.clear()
        result.counts = _counted(crowd)
        result.wrong += [*crowd.seen.wrong, *site.processes.tracebacks()]
        if site.processes.ids() != begun:
            result.wrong.append(f"processes ended: {begun} became {site.processes.ids()}")
    return result


def _fill(app: Flask, google: Google, radicale: Radicale, marks: Marks) -> dict[str, DavUser]:
    fill(app)
    return {}


def _everybody(site: World) -> dict[str, int]:
    """The site's processes, once all of them are there."""
    while len(site.processes.web_workers()) < WEB_WORKERS:
        time.sleep(LOOK_SECONDS)
    return site.processes.ids()


def _let_in(crowd: Crowd, plan: Plan) -> None:
    peak = plan.round_seconds * plan.peak_part
    crowd.come(plan.round_seconds - peak, plan.calm_a_second, Guest)
    crowd.come(peak, plan.peak_a_second, HastyGuest)
    crowd.seen.requests += sum(map(len, crowd.seen.took.values()))
    crowd.seen.took.clear()


def _let_pass(site: World, result: Soaked) -> datetime:
    """Lets so much time pass that all meetings are long over, and waits until the worker has pruned what they left.
    Returns the new instant."""
    site.marks.jump(FURTHEST + KEEP_MESSAGES + timedelta(days=1))
    end = time.monotonic() + PATIENCE_SECONDS
    while any(left := _prunable(sample(site))):
        if time.monotonic() > end:
            result.wrong.append(f"never pruned: {left} messages and claims")
            break
        time.sleep(LOOK_SECONDS)
    return site.marks.now()


def _prunable(found: Sample) -> tuple[int, int]:
    return found.rows["message"], found.rows["claim"]


def _rest(site: World, result: Soaked) -> Sample:
    at_first = result.rests[0].descriptors if result.rests else 0
    return settled(site, at_first, HANG_UP_SECONDS if at_first else 2.0)


def _counted(crowd: Crowd) -> Counter[str]:
    seen = crowd.seen
    return Counter(
        wanted=crowd.wanted,
        unserved=crowd.unserved,
        booked=len(seen.booked),
        cancelled=sum(one.cancelled for one in seen.booked),
        moved=seen.moved,
        taken=len(seen.refused),
        requests=seen.requests,
    )
