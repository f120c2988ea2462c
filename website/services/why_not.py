"""*Why not?* For an instant and an address: each host with the rules that exclude them, or "offered" (R43)."""

from dataclasses import dataclass
from datetime import datetime

from ..models import Link
from ..scheduling.pool import REASONS, STANDINGS
from ..scheduling.slots import HostTime, Question, why_not
from ..scheduling.timeline import Window, step_before
from ..sentences import gettext_noop
from .availability import Scene, offer_at, question_of, scene_of
from .contact import recognise

# The rule by which a host is out of the pool, where it is not R20.
OUT_BY = {"optional": "R6", "paused": "R23"}
ANOTHER_IS_BUSY = ("R6", gettext_noop("Another host of this link is not free, and it needs all of them."))


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
    scene = scene_of(link, visitor=recognise(email, link), duration=duration, now=now)
    scene, found = offer_at(scene, start_at)
    offered = set(found.hosts_at(start_at))
    window = Window(step_before(start_at), 1).widened(scene.terms.margin)
    everybody = question_of(scene, window, scene.hosts)
    return [
        HostAnswer(
            host.id, host.name, host.id in offered, _reasons(scene, everybody, time, start_at, offered)
        )
        for host, time in zip(scene.hosts, everybody.hosts, strict=True)
    ]


def _reasons(
    scene: Scene, everybody: Question, time: HostTime, start_at: datetime, offered: set[int]
) -> list[tuple[str, str]]:
    """The rules that keep one host from being offered; empty for an offered one."""
    member = next(one for one in scene.pool.in_or_out if one.host_id == time.host_id)
    reasons = [
        (rule.number, _sentence(rule.key, rule.reason, time)) for rule in why_not(everybody, time, start_at)
    ]
    # A standing is told by its own rule already.
    if not member.inside and member.reason not in STANDINGS:
        reasons.insert(0, (OUT_BY.get(member.reason, "R20"), REASONS[member.reason]))
    if not reasons and scene.terms.everyone and time.host_id not in offered:
        reasons.append(ANOTHER_IS_BUSY)
    return reasons


def _sentence(key: str, usual: str, time: HostTime) -> str:
    return STANDINGS[time.standing] if key == "standing" and time.standing else usual


def offers_nobody(scene: Scene) -> bool:
    """Whether a link that needs every host has one who cannot host at present (R12)."""
    return scene.terms.everyone and any(host.standing for host in scene.pooled)
