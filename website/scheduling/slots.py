"""Which slots a link offers (R1 to R9, R12): one list of named rules, asked in two ways.

A rule answers with the mask of starts that it allows. Offering joins the masks of all rules; *why not?*
(R43) names the rules that do not allow one start. There is no other place that decides.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ..sentences import gettext_noop
from .hours import Hours, dates_mask, day_steps, grid_mask, hours_mask
from .timeline import Window, instant_of, runs, shifted, step_after, steps_in


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many confirmed bookings a day and an ISO week of the link's zone; None: no cap (R9)."""

    a_day: int | None = None
    a_week: int | None = None

    def over(self, usual: "Cap") -> "Cap":
        """This cap, and the usual one where this says nothing."""
        a_day = usual.a_day if self.a_day is None else self.a_day
        return Cap(a_day, usual.a_week if self.a_week is None else self.a_week)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a link asks of every slot. Minutes throughout; the dates are of the hours' zone."""

    hours: Hours
    increment: int
    duration: int
    everyone: bool = False
    own_hours: bool = False
    notice: int = 0
    window_days: int | None = None
    first_on: date | None = None
    last_on: date | None = None
    buffer_before: int = 0
    buffer_after: int = 0
    cap: Cap = Cap()
    host_cap: Cap = Cap()

    @property
    def margin(self) -> int:
        """How many steps of busy time around a start decide about it."""
        return steps_in(self.duration + self.buffer_before + self.buffer_after)


class HostTime(NamedTuple):
    """What is known of one host. `busy` (calendars) and `booked` (what other bookings occupy) are masks over
    the question's window; `starts` are the first steps of this link's bookings of this host, `cap` is the host's own
    where it is not the link's for each host (R9)."""

    host_id: int
    standing: str | None = None
    optional: bool = False
    hours: Hours | None = None
    busy: int = 0
    booked: int = 0
    starts: tuple[int, ...] = ()
    cap: Cap | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Which starts in `window` are offered at `now`? The masks of hosts lie over `window`, which must reach
    `terms.margin` steps beyond the starts that matter. `starts` are those of all the link's bookings (R9)."""

    terms: Terms
    hosts: Sequence[HostTime]
    window: Window
    now: datetime
    starts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A named reason for which a start is not offered, and the starts that it allows."""

    key: str
    number: str
    reason: str
    allowed: Callable[[Question, HostTime], int]


@dataclass(frozen=True, slots=True)
class Offer:
    """The answer: starts offered, and for each host the starts for which that host is free."""

    window: Window
    starts: int
    by_host: dict[int, int]

    def hosts_at(self, at: datetime) -> list[int]:
        """The hosts who are free for the slot that starts at `at`; empty when it is not offered."""
        bit = self.window.bit(at)
        if not self.offers(at):
            return []
        return [host for host, mask in self.by_host.items() if mask >> bit & 1]

    def offers(self, at: datetime) -> bool:
        """Whether the slot that starts at `at` is offered."""
        bit = self.window.bit(at)
        return bit >= 0 and bool(self.starts >> bit & 1) and self.window.instant(bit) == at


def offer(question: Question, inside: Collection[int] | None = None) -> Offer:
    """The slots that a link offers in the question's window (R1 to R9, R12).

    `inside` are the hosts who may host, None for all of the question's. Everybody's time is looked at all the same:
    how long it takes does not tell who they are (R22).
    """
    common = link_starts(question)
    masks = {host.host_id: _free_starts(question, host, common) for host in question.hosts}
    hosts = [host for host in question.hosts if inside is None or host.host_id in inside]
    by_host = {host.host_id: masks[host.host_id] for host in hosts}
    return Offer(question.window, _joined(question.terms, hosts, by_host), by_host)


def link_starts(question: Question) -> int:
    """The starts that the link's own rules leave, whoever is free (R1 to R3, R9)."""
    common = question.window.mask
    for rule in LINK_RULES:
        common &= rule.allowed(question, _NOBODY)
    return common


def why_not(question: Question, host: HostTime, at: datetime) -> list[Rule]:
    """The rules that keep this host from the slot that starts at `at`; empty when none does (R43)."""
    bit = question.window.bit(at)
    if bit < 0 or question.window.instant(bit) != at:
        return [LINK_RULES[0]]
    return [rule for rule, allowed in rule_masks(question, host) if not allowed >> bit & 1]


def rule_masks(question: Question, host: HostTime) -> list[tuple[Rule, int]]:
    """Every rule with the starts that it allows this host, for whoever asks about many of them."""
    return [(rule, rule.allowed(question, host)) for rule in (*LINK_RULES, *HOST_RULES)]


def _free_starts(question: Question, host: HostTime, common: int) -> int:
    mask = common
    for rule in HOST_RULES:
        if not mask:
            break
        mask &= rule.allowed(question, host)
    return mask


def _joined(terms: Terms, hosts: Sequence[HostTime], by_host: dict[int, int]) -> int:
    """R6: a group needs every host but the optional ones; R7: otherwise one is enough."""
    required = [by_host[host.host_id] for host in hosts if not host.optional]
    if not required:
        return 0
    joined = required[0]
    for mask in required[1:]:
        joined = joined & mask if terms.everyone else joined | mask
    return joined


# What the link asks (the host is nobody in particular)


def _on_increment(question: Question, _: HostTime) -> int:
    return grid_mask(question.terms.hours.timezone, question.terms.increment, question.window)


def _after_notice(question: Question, _: HostTime) -> int:
    earliest = step_after(question.now + timedelta(minutes=question.terms.notice))
    return question.window.span(earliest, question.window.end)


def _in_booking_window(question: Question, _: HostTime) -> int:
    terms = question.terms
    first, last = booking_dates(terms, question.now)
    return dates_mask(terms.hours.timezone, first, last, question.window)


def booking_dates(terms: Terms, now: datetime) -> tuple[date, date]:
    """The first and last date of the link's zone on which a slot may start (R3)."""
    today = now.astimezone(ZoneInfo(terms.hours.timezone)).date()
    last = today + timedelta(days=terms.window_days) if terms.window_days is not None else date.max
    return max(today, terms.first_on or today), min(last, terms.last_on or last)


def _in_link_hours(question: Question, _: HostTime) -> int:
    return _runs_of_hours(question.terms.hours, question.terms.duration, question.window)


@lru_cache(maxsize=1024)
def _runs_of_hours(hours: Hours, duration: int, window: Window) -> int:
    return runs(hours_mask(hours, window), steps_in(duration))


def _under_link_cap(question: Question, _: HostTime) -> int:
    return _open_days(question, question.terms.cap, question.starts)


# What a host's time allows


def _in_working_order(question: Question, host: HostTime) -> int:
    return 0 if host.standing else question.window.mask


def _in_own_hours(question: Question, host: HostTime) -> int:
    if not question.terms.own_hours or host.hours is None:
        return question.window.mask
    return _runs_of_hours(host.hours, question.terms.duration, question.window)


def _calendars_free(question: Question, host: HostTime) -> int:
    return _free_around(question, host.busy)


def _not_booked(question: Question, host: HostTime) -> int:
    return _free_around(question, host.booked)


def _free_around(question: Question, taken: int) -> int:
    """Starts whose occupied time, buffers included, touches nothing that is taken (R4)."""
    window, terms = question.window, question.terms
    if not taken:
        return window.mask
    free = window.mask & ~taken
    return shifted(runs(free, terms.margin), steps_in(terms.buffer_before))


def _under_host_cap(question: Question, host: HostTime) -> int:
    return _open_days(question, host_cap_of(question, host), host.starts)


def host_cap_of(question: Question, host: HostTime) -> Cap:
    """The cap that holds for a host: their own, else the link's for each host (R9)."""
    return host.cap or question.terms.host_cap


def _open_days(question: Question, cap: Cap, starts: Iterable[int]) -> int:
    """The window without the days and weeks that the cap closes (R9)."""
    timezone, closed = question.terms.hours.timezone, 0
    for length, most in ((1, cap.a_day), (7, cap.a_week)):
        if most is None:
            continue
        counts: dict[date, int] = {}
        for start in starts:
            first = _first_on(timezone, start, length)
            counts[first] = counts.get(first, 0) + 1
        for first, count in counts.items():
            if count >= most:
                last = first + timedelta(days=length - 1)
                closed |= question.window.span(day_steps(timezone, first)[0], day_steps(timezone, last)[1])
        if most == 0:
            return 0
    return question.window.mask & ~closed


@lru_cache(maxsize=8192)
def _first_on(timezone: str, start: int, length: int) -> date:
    """The local date of a step, or the Monday of its ISO week."""
    on = instant_of(start).astimezone(ZoneInfo(timezone)).date()
    return on - timedelta(days=on.weekday()) if length > 1 else on


_NOBODY = HostTime(host_id=0)

LINK_RULES = (
    Rule("increment", "R2", gettext_noop("No start on the link's increment."), _on_increment),
    Rule("notice", "R3", gettext_noop("Sooner than the link's minimum notice."), _after_notice),
    Rule("window", "R3", gettext_noop("Outside the dates that the link offers."), _in_booking_window),
    Rule("hours", "R1", gettext_noop("Not wholly inside the link's hours."), _in_link_hours),
    Rule(
        "link_cap",
        "R9",
        gettext_noop("The link has as many bookings on that day or in that week as it takes."),
        _under_link_cap,
    ),
)
HOST_RULES = (
    Rule("standing", "R12", gettext_noop("Cannot host at present."), _in_working_order),
    Rule("own_hours", "R8", gettext_noop("Not wholly inside the host's own hours."), _in_own_hours),
    Rule("busy", "R4", gettext_noop("Busy in a calendar at that time, buffers included."), _calendars_free),
    Rule("booked", "R4", gettext_noop("Another booking occupies that time, buffers included."), _not_booked),
    Rule(
        "host_cap",
        "R9",
        gettext_noop("Has as many bookings on that day or in that week as the link allows."),
        _under_host_cap,
    ),
)
