"""What the lists say about a booking and about a calendar, in the reader's words."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_timedelta
from flask_babel import gettext as _

from ...models import Booking, User
from ...scheduling.pool import POOL_RULES, REASONS
from ...scheduling.receipt import Receipt, remarks, sentence
from ...scheduling.rotations import ROTATIONS
from ...sentences import gettext_noop
from ...services.calendar_state import STATES, CalendarState
from ..public.asked import local
from ..public.words import clock_time, full_date, zone_name

# What a calendar answered at the last moment (R31).
ANSWERS = {
    "free": gettext_noop("free"),
    "busy": gettext_noop("busy"),
    "no answer": gettext_noop("no answer"),
}


@dataclass(frozen=True, slots=True)
class BookingRow:
    """`why` are sentences for whoever hosts; `receipt` is the whole of it, for admins alone (R24)."""

    booking: Booking
    when: str
    zone: str
    why: list[str]
    receipt: list[tuple[str, str]]


def booking_row(booking: Booking, reader: User) -> BookingRow:
    """A booking as one reader may see it, with times in the reader's zone."""
    start, end = (local(moment, reader.timezone) for moment in (booking.start_at, booking.end_at))
    receipt = Receipt.from_json(booking.receipt)
    hosting = any(host.user_id == reader.id for host in booking.hosts)
    return BookingRow(
        booking,
        f"{full_date(start.date())}, {clock_time(start)}–{clock_time(end)}",
        zone_name(reader.timezone, booking.start_at),
        [sentence(receipt, _), *remarks(receipt, _)] if hosting else [],
        _whole(receipt) if reader.is_admin else [],
    )


def _whole(receipt: Receipt) -> list[tuple[str, str]]:
    """The receipt line by line: the rule, each host, who was chosen."""
    lines = [(_("Rule"), _(POOL_RULES[receipt.rule]))]
    if receipt.rotation is not None:
        lines.append((_("Rotation"), _(ROTATIONS[receipt.rotation].label)))
    for member in receipt.pool:
        lines.append((member.name, " ".join(_about(member.host_id, member.reason, receipt))))
    if receipt.winner_name is not None:
        lines.append((_("Chosen"), receipt.winner_name))
    return lines


def _about(host_id: int, reason: str, receipt: Receipt) -> list[str]:
    """What the receipt says of one host: in or out of the pool, free, score, the calendar's last answer."""
    words = [_(REASONS[reason])]
    if receipt.free_host_ids:
        words.append(_("Was free.") if host_id in receipt.free_host_ids else _("Was not free."))
    score = receipt.scores.get(host_id)
    if score is not None and receipt.rotation is not None:
        words.append(f"{_(ROTATIONS[receipt.rotation].score)}: {score:.4g}.")
    answer = receipt.checked.get(host_id)
    if answer is not None:
        words.append(_("The calendar's last answer: %(answer)s.", answer=_(ANSWERS[answer])))
    return words


def calendar_words(known: CalendarState, now: datetime) -> str:
    """A calendar's state in one sentence, with its age (R12)."""
    ago = format_timedelta(now - known.checked_at, granularity="minute") if known.checked_at else ""
    return f"{_(known.label)}: {_(STATES[known.state]).format(ago=ago)}"
