"""Whose calendar costs a group link the most, in words (R6)."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import ngettext

from ...models import User
from ...scheduling.cost import Way
from ...scheduling.pool import STANDINGS
from ...services.group_cost import SPANS, GroupCost, HostCost
from ...wording import listed
from .why_not_words import moment


@dataclass(frozen=True, slots=True)
class CostRow:
    """A required host: how often this one is free, and how many more times there would be without, for each span."""

    name: str
    standing: str
    free: str
    gained: tuple[int, ...]
    query: str


@dataclass(frozen=True, slots=True)
class WayWords:
    """A way to get times, and the query that ticks its hosts as optional in the form."""

    sentence: str
    label: str
    query: str


@dataclass(frozen=True, slots=True)
class CostPage:
    """`tone` and `sentence` are how the link stands; `reason` is why, where it has no times at all, and else who costs
    the most."""

    tone: str
    sentence: str
    reason: str
    spans: list[str]
    rows: list[CostRow]
    ways: list[WayWords]


def cost_page(cost: GroupCost, reader: User) -> CostPage:
    """What a group link's hosts cost, for whoever may change it."""
    names = {one.host.id: one.host.name for one in cost.hosts}
    return CostPage(
        "good" if cost.offered[0] else "warn" if cost.first else "bad",
        _standing(cost, reader),
        _dearest(cost) if cost.first else _reason(cost),
        [ngettext("next %(num)s day", "next %(num)s days", days) for days in SPANS],
        [_row(one, cost) for one in cost.hosts],
        [_way(way, names) for way in cost.ways],
    )


def _standing(cost: GroupCost, reader: User) -> str:
    if cost.first is None:
        return str(_("There is no time at which all hosts are free, on any date that the link offers."))
    count = cost.offered[-1]
    if not count:
        return str(
            _(
                "The first time at which all hosts are free is %(when)s.",
                when=moment(cost.first, reader.timezone),
            )
        )
    return str(
        ngettext(
            "All hosts are free at %(num)s of the link's %(all)s times in the next %(days)s days.",
            "All hosts are free at %(num)s of the link's %(all)s times in the next %(days)s days.",
            count,
            all=cost.possible[-1],
            days=SPANS[-1],
        )
    )


def _dearest(cost: GroupCost) -> str:
    """Without whom there would be the most times; empty where nobody stands in the way alone."""
    first = cost.hosts[0]
    for days, more in zip(SPANS, first.gained, strict=True):
        if more:
            return str(
                ngettext(
                    "Without %(who)s there would be %(num)s more time in the next %(days)s days.",
                    "Without %(who)s there would be %(num)s more times in the next %(days)s days.",
                    more,
                    who=first.host.name,
                    days=days,
                )
            )
    return ""


def _reason(cost: GroupCost) -> str:
    if not cost.possible[-1]:
        return str(
            _(
                "The link's own hours, notice, dates and caps leave nothing in the coming weeks, whoever is free."
            )
        )
    if not cost.ways:
        return str(_("Not even two hosts who need not be free would change that."))
    return ""


def _row(one: HostCost, cost: GroupCost) -> CostRow:
    free = _("%(num)s of %(all)s", num=one.free[-1], all=cost.possible[-1])
    standing = _(STANDINGS[one.host.standing]) if one.host.standing else ""
    return CostRow(one.host.name, standing, free, one.gained, urlencode({"optional": one.host.id}))


def _way(way: Way, names: dict[int, str]) -> WayWords:
    who = listed(names[host_id] for host_id in way.host_ids)
    sentence = ngettext(
        "Without %(who)s there would be %(num)s time.",
        "Without %(who)s there would be %(num)s times.",
        way.starts,
        who=who,
    )
    query = urlencode([("optional", host_id) for host_id in way.host_ids])
    return WayWords(sentence, _("Make %(who)s optional", who=who), query)
