"""What exactly keeps a host from a slot (R43): the interval, buffer, date or number behind a rule of `slots`."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from .case import Case, Cause, Taken
from .hours import day_steps
from .slots import Cap, booking_dates, host_cap_of
from .timeline import STEP_MINUTES, instant_of, steps_in


def causes(case: Case) -> list[Cause]:
    """Everything behind the rules that decide against a host at a start; empty for one who is free then."""
    return [cause for rule in case.refused_by() for cause in causes_by(rule.key, case)]


def causes_by(rule: str, case: Case) -> list[Cause]:
    """What is behind one rule that decides against the case; `rule` is its key."""
    return _FIND[rule](case)


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
