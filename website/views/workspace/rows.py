"""What the lists say about a booking and about a calendar, in the reader's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import format_decimal
from flask_babel import gettext as _

from ...calendar_words import own_words, words_about
from ...models import Booking, BookingEvent, User
from ...scheduling.pool import POOL_RULES, REASONS
from ...scheduling.receipt import CRM_OUTCOMES, OWNER_SOURCES, HandOver, Receipt, remarks, sentence
from ...scheduling.rotations import ROTATIONS
from ...sentences import gettext_noop
from ...services.calendar_event import FINDINGS
from ...services.calendar_state import STATES, AccountState
from ...services.event_look import findings_of
from ...services.history import HANDED_OVER, MOVED
from ...wording import colon, together
from ..public.parameters import local
from ..public.words import clock_time, full_date, zone_name

# What a calendar answered at the last moment (R31).
ANSWERS = {
    "free": gettext_noop("free"),
    "busy": gettext_noop("busy"),
    "no answer": gettext_noop("no answer"),
}


@dataclass(frozen=True, slots=True)
class BookingRow:
    """`why` are sentences for whoever hosts; `receipt` is the whole of it, for admins alone (R24). `odd` is what was
    found in a host's calendar, and the event to decide about (R38). `theirs` is the time on the invitee's clock, empty
    where that shows the same; `marks` are what became of the booking, as pairs of a tone and a word."""

    booking: Booking
    when: str
    zone: str
    why: list[str]
    receipt: list[tuple[str, str]]
    odd: tuple[str, int] | None = None
    theirs: str = ""
    marks: tuple[tuple[str, str], ...] = ()


def booking_rows(bookings: Sequence[Booking], reader: User) -> list[BookingRow]:
    """Bookings as one reader may see them, with what is odd about their events."""
    found = findings_of(bookings)
    return [booking_row(booking, reader, found.get(booking.id)) for booking in bookings]


def booking_row(booking: Booking, reader: User, odd: BookingEvent | None = None) -> BookingRow:
    """A booking as one reader may see it, with times in the reader's zone."""
    receipt = Receipt.from_json(booking.receipt)
    hosting = any(host.user_id == reader.id for host in booking.hosts)
    return BookingRow(
        booking,
        times_for(booking.start_at, booking.end_at, reader),
        zone_name(reader.timezone, booking.start_at),
        _why(receipt, reader.id) if hosting else [],
        _whole(receipt) if reader.is_admin else [],
        (_(FINDINGS[odd.found]), odd.id) if odd else None,
        _theirs(booking, reader),
        tuple((tone, _(word)) for tone, word, holds in _marks(booking) if holds),
    )


def _why(receipt: Receipt, reader_id: int) -> list[str]:
    return [sentence(receipt, _, reader_id=reader_id), *remarks(receipt, _, reader_id=reader_id)]


def _theirs(booking: Booking, reader: User) -> str:
    """When it is on the invitee's clock, where that is another time than on the reader's."""
    zones = [ZoneInfo(zone) for zone in (booking.timezone, reader.timezone)]
    if len({booking.start_at.astimezone(zone).utcoffset() for zone in zones}) == 1:
        return ""
    when = _span(booking.start_at, booking.end_at, booking.timezone)
    return f"{when} {zone_name(booking.timezone, booking.start_at)}"


def _marks(booking: Booking) -> list[tuple[str, str, bool]]:
    """What became of a booking: a tone, a word for translation, and whether it holds."""
    changes = {entry["what"] for entry in booking.changes}
    return [
        ("idle", gettext_noop("Cancelled"), not booking.confirmed),
        ("bad", gettext_noop("No-show"), booking.no_show),
        ("idle", gettext_noop("Moved"), MOVED in changes),
        ("idle", gettext_noop("Handed over"), HANDED_OVER in changes),
    ]


def times_for(start_at: datetime, end_at: datetime, reader: User) -> str:
    """A span of time in the reader's zone."""
    return _span(start_at, end_at, reader.timezone)


def _span(start_at: datetime, end_at: datetime, zone: str) -> str:
    start, end = (local(moment, zone) for moment in (start_at, end_at))
    return together(full_date(start.date()), f"{clock_time(start)}–{clock_time(end)}")


def _whole(receipt: Receipt) -> list[tuple[str, str]]:
    """The receipt line by line: the rule, each host, who was chosen."""
    lines = [(_("Rule"), _(POOL_RULES[receipt.rule])), *_about_owner(receipt)]
    if receipt.rotation is not None:
        lines.append((_("Rotation"), _(ROTATIONS[receipt.rotation].label)))
    for member in receipt.pool:
        lines.append((member.name, " ".join(_about(member.host_id, member.reason, receipt))))
    if receipt.winner_name is not None:
        lines.append((_("Chosen"), receipt.winner_name))
    return lines + [(_("Handed over"), _handed_over(one)) for one in receipt.handed_over]


def _about_owner(receipt: Receipt) -> list[tuple[str, str]]:
    """Who owns the contact, by what that is known, and what the CRM said, as far as anything was asked."""
    lines = []
    if receipt.owner_name is not None:
        lines.append((_("Owner"), receipt.owner_name))
    if receipt.owner_source:
        lines.append((_("Known by"), _(OWNER_SOURCES[receipt.owner_source])))
    if receipt.crm:
        lines.append((_("CRM"), _(CRM_OUTCOMES[receipt.crm])))
    return lines


def _handed_over(one: HandOver) -> str:
    names = {"former": one.from_name, "taker": one.to_name, "by": one.by_name}
    if one.declined:
        return str(_("%(former)s declined; the rotation chose %(taker)s.", **names))
    return str(_("From %(former)s to %(taker)s, by %(by)s.", **names))


def _about(host_id: int, reason: str, receipt: Receipt) -> list[str]:
    """What the receipt says of one host: in or out of the pool, free, score, the calendar's last answer."""
    words = [_(REASONS[reason])]
    if receipt.free_host_ids:
        words.append(_("Was free.") if host_id in receipt.free_host_ids else _("Was not free."))
    score = receipt.scores.get(host_id)
    if score is not None and receipt.rotation is not None:
        words.append(
            f"{colon(_(ROTATIONS[receipt.rotation].score))} {format_decimal(float(f'{score:.4g}'))}."
        )
    answer = receipt.checked.get(host_id)
    if answer is not None:
        words.append(_("The calendar's last answer: %(answer)s.", answer=_(ANSWERS[answer])))
    return words


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """An account's state as one line: `tone` is good, warn, bad or idle."""

    tone: str
    label: str
    words: str


def calendar_line(state: AccountState, now: datetime, *, own: bool) -> CalendarLine:
    """The state of an account with its age, said to its user or to anybody else (R12)."""
    words = own_words(state.known, now) if own else words_about(state.known, now)
    return CalendarLine(STATES[state.known.state].tone, _(state.label), words)
