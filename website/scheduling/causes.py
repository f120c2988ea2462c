"""What exactly keeps a host from a slot, and what would have to change (R43): *why not?* in full.

The rules of `slots` say which of them decides. Here the interval, the buffer, the date or the number behind it is
found, and the change that would take it out of the way is made to the question itself: so that whoever reads "without
this the slot would be offered" reads what offering would say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from .hours import ALWAYS, Hours, day_steps
from .slots import Cap, HostTime, Question, Rule, Terms, booking_dates, host_cap_of, why_not
from .timeline import STEP_MINUTES, Window, instant_of, steps_in

Where = Literal["", "meeting", "before", "after"]


class Taken(NamedTuple):
    """Time of a host that is not free: steps `[start, end)` since the epoch. `source` is the calendar or the booking
    that says so, `before` and `after` are the buffers, in steps, that a booking of ours brings along (R4)."""

    source: int
    start: int
    end: int
    before: int = 0
    after: int = 0


class Diary(NamedTuple):
    """One host's time, interval by interval: what calendars say is busy, from when on they say nothing (a step, None
    where all of them always know), and the bookings. Its union is what the masks of `HostTime` hold."""

    busy: tuple[Taken, ...] = ()
    known_until: int | None = None
    booked: tuple[Taken, ...] = ()

    def host_time(self, host: HostTime, window: Window) -> HostTime:
        """The host with the masks that this diary makes over the window."""
        busy = booked = 0
        for one in self.busy:
            busy |= window.span(one.start, one.end)
        if self.known_until is not None:
            busy |= window.span(self.known_until, window.end)
        for one in self.booked:
            booked |= window.span(one.start - one.before, one.end + one.after)
        return host._replace(busy=busy, booked=booked)


class Cause(NamedTuple):
    """Why a rule decides against a host. `rule` is the rule's key; `kind` says more closely what it is, a key of
    `KINDS`.

    `taken` is the interval in the way, where there is one, and `where` how: the slot itself lies over it ("meeting"),
    or comes too soon after it or is over too late before it, so that only a buffer is in the way: then `minutes` are
    what that buffer comes to. Of a notice `minutes` is the longest that would do, of a cap the number of bookings that
    there are, of an increment those past its last start. `on` is the first or last date that is offered.
    """

    rule: str
    kind: str
    taken: Taken | None = None
    where: Where = ""
    minutes: int = 0
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One host and one start (a step): what is asked, and what is known of the host, interval by interval."""

    question: Question
    host: HostTime
    diary: Diary
    start: int

    @property
    def terms(self) -> Terms:
        return self.question.terms

    @property
    def end(self) -> int:
        """The step at which the slot is over."""
        return self.start + steps_in(self.terms.duration)

    def refused_by(self) -> list[Rule]:
        """The rules that decide against it, the same that offering goes by."""
        return why_not(self.question, self.host, instant_of(self.start))

    def with_terms(self, **values: Any) -> "Case":
        """The same case on other terms."""
        return replace(self, question=replace(self.question, terms=replace(self.terms, **values)))

    def with_diary(self, **values: Any) -> "Case":
        """The same case with other entries in the diary."""
        diary = self.diary._replace(**values)
        return replace(self, diary=diary, host=diary.host_time(self.host, self.question.window))


def causes(case: Case) -> list[Cause]:
    """Everything behind the rules that decide against a host at a start; empty for one who is free then."""
    return [cause for rule in case.refused_by() for cause in causes_by(rule.key, case)]


def causes_by(rule: str, case: Case) -> list[Cause]:
    """What is behind one rule that decides against the case; `rule` is its key."""
    return _FIND[rule](case)


def without(case: Case, removed: Sequence[Cause]) -> Case:
    """The case as it would be if these causes were out of the way, and nothing else had changed."""
    for cause in removed:
        case = KINDS[cause.kind](case, cause)
    return case


def would_be_free(case: Case, removed: Sequence[Cause]) -> bool:
    """Whether the host could be offered at that start without these causes: no rule is left that decides against it."""
    return not without(case, removed).refused_by()


# What is behind a rule


def _off_grid(case: Case) -> list[Cause]:
    local = instant_of(case.start).astimezone(ZoneInfo(case.terms.hours.timezone))
    past = (60 * local.hour + local.minute) % case.terms.increment
    return [Cause("increment", "increment", minutes=past)]


def _too_soon(case: Case) -> list[Cause]:
    left = (instant_of(case.start) - case.question.now) // timedelta(minutes=1)
    return [Cause("notice", "notice" if left >= 0 else "past", minutes=max(0, left))]


def _outside_dates(case: Case) -> list[Cause]:
    on, terms = _date(case), case.terms
    today = booking_dates(replace(terms, first_on=None), case.question.now)[0]
    last = booking_dates(terms, case.question.now)[1]
    found = []
    if on < today:
        found.append(Cause("window", "past"))
    if terms.first_on is not None and on < terms.first_on:
        found.append(Cause("window", "not_yet", on=terms.first_on))
    if on > last:
        found.append(Cause("window", "no_more", on=last))
    return found


def _hours(case: Case) -> list[Cause]:
    return [Cause("hours", "hours")]


def _standing(_: Case) -> list[Cause]:
    return [Cause("standing", "standing")]


def _own_hours(_: Case) -> list[Cause]:
    return [Cause("own_hours", "own_hours")]


def _link_cap(case: Case) -> list[Cause]:
    return _caps(case, "link_cap", case.terms.cap, case.question.starts)


def _host_cap(case: Case) -> list[Cause]:
    return _caps(case, "host_cap", host_cap_of(case.question, case.host), case.host.starts)


def _caps(case: Case, rule: str, cap: Cap, starts: Sequence[int]) -> list[Cause]:
    found = []
    for length, name, most in ((1, "day", cap.a_day), (7, "week", cap.a_week)):
        count = _count(case, starts, length)
        if most is not None and count >= most:
            found.append(Cause(rule, f"{rule}_{name}", minutes=count))
    return found


def _count(case: Case, starts: Sequence[int], days: int) -> int:
    """How many of the starts lie on the slot's day, or in its ISO week, of the link's zone."""
    on, timezone = _date(case), case.terms.hours.timezone
    first = on - timedelta(days=on.weekday()) if days > 1 else on
    low, high = day_steps(timezone, first)[0], day_steps(timezone, first + timedelta(days=days - 1))[1]
    return sum(low <= start < high for start in starts)


def _date(case: Case) -> date:
    return instant_of(case.start).astimezone(ZoneInfo(case.terms.hours.timezone)).date()


def _busy(case: Case) -> list[Cause]:
    found = [cause for one in case.diary.busy if (cause := _touch(case, one, "busy"))]
    until = case.diary.known_until
    if until is not None and case.end + steps_in(case.terms.buffer_after) > until:
        found.append(Cause("busy", "not_known", Taken(0, until, until)))
    return found


def _booked(case: Case) -> list[Cause]:
    return [cause for one in case.diary.booked if (cause := _touch(case, one, "booked"))]


def _touch(case: Case, taken: Taken, rule: str) -> Cause | None:
    """How an interval is in the way, None where it is not: buffers of the link and of the interval add up (R4)."""
    before, after = steps_in(case.terms.buffer_before), steps_in(case.terms.buffer_after)
    if case.start - before >= taken.end + taken.after or taken.start - taken.before >= case.end + after:
        return None
    if taken.end <= case.start:
        return Cause(rule, f"{rule}_buffer", taken, "after", STEP_MINUTES * (before + taken.after))
    if case.end <= taken.start:
        return Cause(rule, f"{rule}_buffer", taken, "before", STEP_MINUTES * (after + taken.before))
    return Cause(rule, rule, taken, "meeting")


_FIND: dict[str, Callable[[Case], list[Cause]]] = {
    "increment": _off_grid,
    "notice": _too_soon,
    "window": _outside_dates,
    "hours": _hours,
    "link_cap": _link_cap,
    "standing": _standing,
    "own_hours": _own_hours,
    "busy": _busy,
    "booked": _booked,
    "host_cap": _host_cap,
}


# What takes a cause out of the way


def _any_minute(case: Case, cause: Cause) -> Case:
    return case.with_terms(increment=STEP_MINUTES)


def _shorter_notice(case: Case, cause: Cause) -> Case:
    return case.with_terms(notice=cause.minutes)


def _earlier(case: Case, _: Cause) -> Case:
    """Asked before it began, without any notice."""
    return replace(case, question=replace(case.question, now=instant_of(case.start))).with_terms(notice=0)


def _from_then(case: Case, _: Cause) -> Case:
    return case.with_terms(first_on=None)


def _until_then(case: Case, _: Cause) -> Case:
    return case.with_terms(window_days=None, last_on=None)


def _all_hours(case: Case, _: Cause) -> Case:
    return case.with_terms(hours=Hours(case.terms.hours.timezone, ALWAYS))


def _working(case: Case, _: Cause) -> Case:
    return replace(case, host=case.host._replace(standing=None))


def _no_own_hours(case: Case, _: Cause) -> Case:
    return replace(case, host=case.host._replace(hours=None))


def _no_interval(case: Case, cause: Cause) -> Case:
    left = {
        name: tuple(one for one in getattr(case.diary, name) if one != cause.taken)
        for name in ("busy", "booked")
    }
    return case.with_diary(**left)


def _known(case: Case, _: Cause) -> Case:
    return case.with_diary(known_until=None)


def _no_buffer(case: Case, cause: Cause) -> Case:
    """The buffers between an interval and the slot, the interval's own first, cut to what there is room for."""
    taken = cause.taken
    assert taken is not None  # noqa: S101  (a buffer is one of something)
    if cause.where == "after":
        room = case.start - taken.end
        cut = taken._replace(after=min(taken.after, room))
        rest = min(case.terms.buffer_before, STEP_MINUTES * (room - cut.after))
        changed = case.with_terms(buffer_before=rest)
    else:
        room = taken.start - case.end
        cut = taken._replace(before=min(taken.before, room))
        rest = min(case.terms.buffer_after, STEP_MINUTES * (room - cut.before))
        changed = case.with_terms(buffer_after=rest)
    booked = tuple(cut if one == taken else one for one in changed.diary.booked)
    return changed.with_diary(booked=booked)


def _no_link_cap(part: str) -> Callable[[Case, Cause], Case]:
    return lambda case, _: case.with_terms(cap=_without_part(case.terms.cap, part))


def _no_host_cap(part: str) -> Callable[[Case, Cause], Case]:
    def change(case: Case, _: Cause) -> Case:
        cap = _without_part(host_cap_of(case.question, case.host), part)
        return replace(case, host=case.host._replace(cap=cap))

    return change


def _without_part(cap: Cap, part: str) -> Cap:
    values: dict[str, None] = {part: None}
    return replace(cap, **values)


# Every kind of cause, with the change that takes it away.
KINDS: dict[str, Callable[[Case, Cause], Case]] = {
    "increment": _any_minute,
    "notice": _shorter_notice,
    "past": _earlier,
    "not_yet": _from_then,
    "no_more": _until_then,
    "hours": _all_hours,
    "link_cap_day": _no_link_cap("a_day"),
    "link_cap_week": _no_link_cap("a_week"),
    "standing": _working,
    "own_hours": _no_own_hours,
    "busy": _no_interval,
    "busy_buffer": _no_buffer,
    "not_known": _known,
    "booked": _no_interval,
    "booked_buffer": _no_buffer,
    "host_cap_day": _no_host_cap("a_day"),
    "host_cap_week": _no_host_cap("a_week"),
}
