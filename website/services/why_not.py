"""*Why not?* For an instant and an address: each host with the rules that exclude them, or "offered" (R43)."""

from dataclasses import dataclass
from datetime import datetime

from ..models import Link
from ..scheduling.pool import REASONS, STANDINGS
from ..scheduling.slots import HostTime, why_not
from ..scheduling.timeline import Window, step_before
from .availability import Scene, offer_at, question_of, scene_of
from .contact import recognise


@dataclass(frozen=True, slots=True)
class HostAnswer:
    """A host, whether this host is offered, and otherwise why not: the rule's number and a sentence each."""

    host_id: int
    name: str
    offered: bool
    reasons: list[tuple[str, str]]


def explain(
    link: Link, *, start_at: datetime, duration: int, email: str | None, now: datetime
) -> list[HostAnswer]:
    """Each host of the link for the slot of `duration` minutes at `start_at` (aware), by the masks of offering."""
    scene = scene_of(link, visitor=recognise(email), duration=duration, now=now)
    scene, found = offer_at(scene, start_at)
    offered = set(found.hosts_at(start_at))
    window = Window(step_before(start_at), 1).widened(scene.terms.margin)
    everybody = question_of(scene, window, scene.hosts)
    reasons_out = {one.host_id: one.reason for one in scene.pool.in_or_out if not one.inside}
    answers = []
    for host, time in zip(scene.hosts, everybody.hosts, strict=True):
        reasons = [
            (rule.number, _sentence(rule.key, rule.reason, time))
            for rule in why_not(everybody, time, start_at)
        ]
        if host.id in reasons_out and reasons_out[host.id] not in STANDINGS:
            reasons.insert(0, ("R20", REASONS[reasons_out[host.id]]))
        if host.id not in offered and not reasons:
            reasons.append(("R6", "Another host of this group is not free."))
        answers.append(
            HostAnswer(host.id, host.name, host.id in offered, [] if host.id in offered else reasons)
        )
    return answers


def _sentence(key: str, usual: str, time: HostTime) -> str:
    return STANDINGS[time.standing] if key == "standing" and time.standing else usual


def offers_nobody(scene: Scene) -> bool:
    """Whether a link that needs every host has one who cannot host at present (R12)."""
    return scene.terms.everyone and any(host.standing for host in scene.pooled)
