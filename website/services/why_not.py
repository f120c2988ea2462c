"""*Why not?* For instants and an address: each host with the rules that exclude them, or "offered" (R43)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ..models import Link
from ..scheduling.pool import REASONS, STANDINGS
from ..scheduling.slots import LINK_RULES, HostTime, Offer, Question, Rule, rule_masks
from ..scheduling.timeline import Window, bits, step_before
from ..sentences import gettext_noop
from .availability import Scene, offer_in, question_of, scene_of, scene_with_colleagues, sooner_with_colleague
from .contact import Visitor, recognise
from .hosts import Host

# The rule by which a host is out of the pool, where it is not R20.
OUT_BY = {"optional": "R6", "paused": "R23"}
OF_THE_LINK = frozenset(rule.key for rule in LINK_RULES)


class Reason(NamedTuple):
    """A rule that decides against a host: its number, a sentence for translation, and its key: of the rules of slots,
    of the pool's `REASONS`, or `others`."""

    number: str
    sentence: str
    key: str


OTHERS_ARE_BUSY = Reason(
    "R6", gettext_noop("Another host of this link is not free, and it needs all of them."), "others"
)


@dataclass(frozen=True, slots=True)
class HostAnswer:
    """A host, whether this host is offered, and otherwise why not. `free`: nothing in the host's time is in the way,
    nor in what the link asks of every slot; who is free and not offered is out of the pool, or waits for the others."""

    host_id: int
    name: str
    offered: bool
    free: bool
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A link's answer to one visitor for every start of a window, `asked`: the offers, and what each rule allows.

    `scene` has the pool for the visitor; `sooner` is what colleagues are offered for besides, and `colleagues` the
    scene with them (R20). `everybody` is what is known of all hosts, in the pool or not.
    """

    asked: Window
    scene: Scene
    own: Offer
    colleagues: Scene | None
    sooner: Offer | None
    everybody: Question
    masks: dict[int, list[tuple[Rule, int]]]

    def at(self, start_at: datetime) -> list[HostAnswer]:
        """Every host's answer for the start, in the link's order."""
        scene, offered = self._who(start_at)
        pairs = zip(self.scene.hosts, self.everybody.hosts, strict=True)
        return [self._answer(scene, host, time, start_at, offered) for host, time in pairs]

    def offers(self, start_at: datetime) -> bool:
        """Whether anybody is offered at this start."""
        return bool(self._who(start_at)[1])

    def starts(self) -> list[datetime]:
        """The starts on the increment that lie in the link's hours: what a day of the link is made of."""
        time = self.everybody.hosts[0] if self.everybody.hosts else HostTime(0)
        allowed = dict.fromkeys(("increment", "hours"), 0) | {
            rule.key: mask for rule, mask in self.masks.get(time.host_id, ())
        }
        window = self.everybody.window
        inside = window.span(self.asked.start, self.asked.end)
        return [window.instant(bit) for bit in bits(allowed["increment"] & allowed["hours"] & inside)]

    def _who(self, start_at: datetime) -> tuple[Scene, set[int]]:
        if not self.own.offers(start_at) and self.sooner and self.colleagues and self.sooner.offers(start_at):
            return self.colleagues, set(self.sooner.hosts_at(start_at))
        return self.scene, set(self.own.hosts_at(start_at))

    def _refusing(self, host_id: int, start_at: datetime) -> list[Rule]:
        window = self.everybody.window
        bit = window.bit(start_at)
        if window.instant(bit) != start_at:
            return [LINK_RULES[0]]
        return [rule for rule, allowed in self.masks[host_id] if not allowed >> bit & 1]

    def _answer(
        self, scene: Scene, host: Host, time: HostTime, start_at: datetime, offered: set[int]
    ) -> HostAnswer:
        refusing = self._refusing(host.id, start_at)
        reasons = [Reason(rule.number, _sentence(rule, time), rule.key) for rule in refusing]
        out = _out_of_pool(scene, host.id)
        reasons[:0] = out
        if not reasons and scene.terms.everyone and host.id not in offered:
            reasons.append(OTHERS_ARE_BUSY)
        return HostAnswer(host.id, host.name, host.id in offered, not refusing, reasons)


def _out_of_pool(scene: Scene, host_id: int) -> list[Reason]:
    """A standing is told by its own rule already."""
    member = next(one for one in scene.pool.in_or_out if one.host_id == host_id)
    if member.inside or member.reason in STANDINGS:
        return []
    return [Reason(OUT_BY.get(member.reason, "R20"), REASONS[member.reason], member.reason)]


def _sentence(rule: Rule, time: HostTime) -> str:
    return STANDINGS[time.standing] if rule.key == "standing" and time.standing else rule.reason


def explanation_of(
    link: Link, visitor: Visitor, asked: Window, *, duration: int, now: datetime
) -> Explanation:
    """What the link answers to a visitor about slots of `duration` minutes that start in the window."""
    scene = scene_of(link, visitor=visitor, duration=duration, now=now)
    sooner = sooner_with_colleague(scene, asked)
    everybody = question_of(scene, asked.widened(scene.terms.margin), scene.hosts)
    return Explanation(
        asked,
        scene,
        offer_in(scene, asked),
        scene_with_colleagues(scene) if sooner else None,
        sooner,
        everybody,
        {time.host_id: rule_masks(everybody, time) for time in everybody.hosts},
    )


def explain(
    link: Link, *, start_at: datetime, duration: int, email: str | None, now: datetime
) -> list[HostAnswer]:
    """Each host of the link for the slot of `duration` minutes at `start_at` (aware), by the masks of offering."""
    asked = Window(step_before(start_at), 1)
    return explanation_of(link, recognise(email, link), asked, duration=duration, now=now).at(start_at)


def deciding(reasons: Sequence[Reason]) -> Reason | None:
    """The one of several reasons to tell first: what the link asks of all, else the pool, else the host's time."""
    of_link = next((one for one in reasons if one.key in OF_THE_LINK), None)
    return of_link or next(iter(reasons), None)


def offers_nobody(scene: Scene) -> bool:
    """Whether a link that needs every host has one who cannot host at present (R12)."""
    return scene.terms.everyone and any(host.standing for host in scene.pooled)
