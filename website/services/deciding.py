"""Deciding who meets at a time: again and again until calendars were asked and the locks are held (R11, R30, R31).

Booking and rescheduling share it. A decision is made first without any lock, so that whoever comes too late holds
nobody up; calendars are asked between decisions, never inside a transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..scheduling.kinds import LINK_KINDS
from ..scheduling.receipt import Answer
from ..scheduling.timeline import STEPS_A_DAY, Window, step_before
from .assignment import Assignment
from .availability import Scene, occupied_steps, offer_at, offer_in, sooner_with_colleague, starts_of
from .errors import SlotTaken
from .live_check import AskFirst, answers_to

NEARBY_DAYS = 7
NEARBY_MOST = 12

Choose = Callable[[Scene, list[int]], Assignment]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whose meeting it would be: the scene whose pool offers the slot, who is free, and who was chosen."""

    scene: Scene
    free: list[int]
    assignment: Assignment


def decide(scene: Scene, start_at: datetime, checked: dict[int, Answer], choose: Choose) -> Decision:
    """Who hosts at `start_at`. `checked` is what calendars answered, by host, and learns who turned out to be busy.

    Raises SlotTaken when nobody can, and AskFirst when the calendars of the host who is chosen have not been asked
    yet (R31).
    """
    scene, offered = offer_at(scene, start_at)
    free = offered.hosts_at(start_at)
    _note_busy(checked, free)
    if not free:
        others = nearby(scene, start_at)
        raise SlotTaken(others, with_colleague(scene, others))
    assignment = choose(scene, _answering(scene, free, checked))
    outside = {host.id for host in scene.hosts if host.outside}
    unasked = [host for host in assignment.host_ids if host in outside and host not in checked]
    if unasked:
        steps = occupied_steps(scene.terms, start_at)
        raise AskFirst([(host_id, steps) for host_id in unasked])
    return Decision(scene, free, assignment)


def ask_at_source(asking: AskFirst, checked: dict[int, Answer], now: datetime) -> None:
    """Asks calendars at the source; whoever then turns out to be busy is no longer offered (R31)."""
    checked |= {host_id: answer for (host_id, _), answer in answers_to(asking.asked, now).items()}


def _note_busy(checked: dict[int, Answer], free: Sequence[int]) -> None:
    for host_id, answer in checked.items():
        if answer == "free" and host_id not in free:
            checked[host_id] = "busy"


def _answering(scene: Scene, free: Sequence[int], checked: Mapping[int, Answer]) -> list[int]:
    """R31: hosts whose calendars do not answer come last, behind everybody who can still be asked."""
    if LINK_KINDS[scene.link.kind].meets == "everyone":
        return list(free)
    return [host for host in free if checked.get(host) != "no answer"] or list(free)


def fresh_times(scene: Scene, start_at: datetime) -> list[datetime] | None:
    """What is offered near a start that is not, None when the start itself is offered (R11)."""
    offering, found = offer_at(scene, start_at)
    return None if found.offers(start_at) else nearby(offering, start_at)


def with_colleague(scene: Scene, starts: Sequence[datetime]) -> frozenset[datetime]:
    """Those of some offered starts at which a colleague of the contact's owner would host: they are offered apart, on
    whatever page (R20)."""
    if not starts:
        return frozenset()
    first, last = step_before(min(starts)), step_before(max(starts))
    sooner = sooner_with_colleague(scene, Window(first, last - first + 1))
    return frozenset(starts).intersection(starts_of(sooner)) if sooner else frozenset()


def nearby(scene: Scene, start_at: datetime) -> list[datetime]:
    """The offered starts that are nearest to one that is not, within two weeks, in order of time."""
    span = NEARBY_DAYS * STEPS_A_DAY
    window = Window(max(step_before(start_at) - span, step_before(scene.now)), 2 * span)
    starts = set(starts_of(offer_in(scene, window)))
    sooner = sooner_with_colleague(scene, window)
    starts |= set(starts_of(sooner)) if sooner else set()
    nearest = sorted(starts, key=lambda start: (abs(start - start_at), start))[:NEARBY_MOST]
    return sorted(nearest)
