"""What a link's bookings would have been under other settings (R24): its stored receipts, replayed. Nothing is saved.

What became of a booking later (cancelled, missed) becomes of it here too; a host declines or hands over only what came
to them here as well.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..extensions import db
from ..models import Booking, Link, LinkHost
from ..scheduling.ring import Seat
from ..scheduling.simulation import Declined, Event, GivenBack, Outcome, Passed, Request, Settings, Simulation
from ..scheduling.slots import HOST_RULES
from ..scheduling.timeline import Window, step_before
from .availability import question_of, scene_of
from .change import minutes_of
from .contact import NOBODY
from .history import CAME, CANCELLED, HANDED_OVER, NO_SHOW
from .hosts import Host, hosts_of
from .next_host import seat_of
from .receipts import able_in, first_receipt, free_in

# A page that is waited for: the newest so many bookings are replayed.
MOST = 2000


@dataclass(frozen=True, slots=True)
class Trial:
    """One host as the settings would have them: `weight` is above 0, `priority` None for the lowest rank."""

    user_id: int
    weight: int = 1
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """A host's bookings then and under the settings; `guessed`: when they were free is not in the receipts, as they
    were not on the link, and was taken from what is known of calendars and bookings today."""

    user_id: int
    then: int
    now: int
    guessed: bool


@dataclass(frozen=True, slots=True)
class Result:
    """`hosts` are those tried and those who got a booking then; `lost` bookings found nobody free under the settings;
    `made` were replayed, since `since`; `left_out` is whether there were older ones in the period."""

    hosts: list[Tried]
    lost: int
    made: int
    since: datetime
    left_out: bool


def simulate(link: Link, settings: Settings, trials: Sequence[Trial], weeks: int, now: datetime) -> Result:
    """The link's bookings of the last `weeks` weeks with these hosts and settings."""
    since = now - timedelta(weeks=weeks)
    bookings = _bookings(link, since)
    left_out, bookings = len(bookings) > MOST, bookings[-MOST:]
    known = _known(link, bookings)
    guesses = _guesses(link, [one for one in trials if one.user_id not in known], bookings, now)
    stories = [_story(booking, guesses) for booking in bookings]
    simulation = Simulation(_seats(link, trials), settings)
    for earlier in _bookings(link, since - timedelta(days=settings.share_days), before=since):
        for host in _standing(earlier):
            simulation.add(earlier.id, earlier.created_at, host, owner_routed=earlier.owner_routed)
    outcomes = simulation.play(_in_order(stories))
    then = Counter(host for booking in bookings for host in _standing(booking))
    would = _kept(simulation, outcomes)
    tried = [one.user_id for one in trials]
    others = [host for host in then if host not in tried]
    return Result(
        [Tried(host, then[host], would[host], host in guesses) for host in [*tried, *others]],
        sum(one.winner_id is None for one in outcomes if one.request.key > 0),
        len(bookings),
        bookings[0].created_at if left_out else since,
        left_out,
    )
