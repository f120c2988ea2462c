"""Whose calendar costs a group link the most, and who would have to be optional where it offers nothing (R6)."""

from dataclasses import dataclass
from datetime import datetime

from ..models import Link
from ..scheduling.cost import Way, gained, smallest_ways
from ..scheduling.kinds import LINK_KINDS
from ..scheduling.slots import Offer, link_starts
from ..scheduling.timeline import STEPS_A_DAY, Window, step_before
from .availability import Scene, booking_window, next_start, offer_in, question_of, scene_of
from .contact import NOBODY
from .hosts import Host

SPANS = (7, 28)


@dataclass(frozen=True, slots=True)
class HostCost:
    """A required host: at how many of the link's starts this one is free, and how many more would be offered without;
    both for each of `SPANS`."""

    host: Host
    free: tuple[int, ...]
    gained: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupCost:
    """What each required host costs, the dearest first. `offered` and `possible` are counted for each of `SPANS`: what
    is offered, and what the link's own rules leave. `first` is the first slot there is, on any date; where there is
    none, `ways` are the smallest sets of hosts who would have to be optional."""

    hosts: list[HostCost]
    offered: tuple[int, ...]
    possible: tuple[int, ...]
    first: datetime | None
    ways: list[Way]


def cost_of(link: Link, *, duration: int, now: datetime) -> GroupCost | None:
    """The cost of a link that needs several hosts at once, for slots of `duration` minutes; None for any other link."""
    if LINK_KINDS[link.kind].needs != "all" or len(link.hosts) < 2:
        return None
    scene = scene_of(link, visitor=NOBODY, duration=duration, now=now)
    start = step_before(now)
    asked = Window(start, SPANS[-1] * STEPS_A_DAY)
    found = offer_in(scene, asked)
    within = [found.window.span(start, start + days * STEPS_A_DAY) for days in SPANS]
    left = link_starts(question_of(scene, found.window, ()))
    first = next_start(scene, now)
    return GroupCost(
        _hosts(scene, found, within),
        tuple((found.starts & mask).bit_count() for mask in within),
        tuple((left & mask).bit_count() for mask in within),
        first,
        [] if first else _ways(scene),
    )


def _hosts(scene: Scene, found: Offer, within: list[int]) -> list[HostCost]:
    more = [gained(found.by_host, mask) for mask in within]
    costs = [
        HostCost(
            host,
            tuple((found.by_host[host.id] & mask).bit_count() for mask in within),
            tuple(one[host.id] for one in more),
        )
        for host in scene.pooled
    ]
    return sorted(costs, key=lambda cost: (cost.gained[::-1], -cost.free[-1]), reverse=True)


def _ways(scene: Scene) -> list[Way]:
    whole = booking_window(scene)
    if whole is None:
        return []
    found = offer_in(scene, whole)
    return smallest_ways(found.by_host, found.window.span(whole.start, whole.end))
