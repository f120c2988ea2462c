"""What stands behind the figures of fairness: bookings with what their receipts say, in words (R24)."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from ...scheduling.rotations import ROTATIONS
from ...services.decisions import Decision
from ..access import me
from ..public.words import clock_time


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A booking as the list shows it."""

    booking_id: int
    when: str
    hosts: list[str]
    why: list[str]
    opens: bool


def decision_words(one: Decision) -> DecisionRow:
    """One booking of the list, its time in the reader's zone."""
    local = one.made_at.astimezone(ZoneInfo(me().timezone))
    when = f"{format_date(local.date(), 'medium')}, {clock_time(local)}"
    return DecisionRow(one.booking_id, when, one.hosts, _why(one), one.opens)


def _why(one: Decision) -> list[str]:
    """How the host was chosen, and what became of it."""
    receipt, words = one.receipt, list[str]()
    if one.owner_routed:
        words.append(_("Came as the contact's owner."))
    elif receipt is not None:
        pool = sum(member.inside for member in receipt.pool)
        words.append(_("%(free)s of %(pool)s hosts were free.", free=len(receipt.free_host_ids), pool=pool))
        score = receipt.scores.get(receipt.winner_id) if receipt.winner_id is not None else None
        if score is not None and receipt.rotation is not None:
            label = _(ROTATIONS[receipt.rotation].score)
            words.append(_("%(label)s: %(score)s.", label=label, score=format_decimal(round(score, 2))))
    if receipt is not None and receipt.winner_name and receipt.winner_name not in one.hosts:
        words.append(_("Chosen first: %(name)s.", name=receipt.winner_name))
    if not one.counts:
        words.append(_("Does not count: it was cancelled or missed."))
    return words
