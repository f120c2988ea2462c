"""What would have to change for a host to be offered (R43).

The change that takes a cause out of the way is made to the question itself: so that whoever reads "without this the
slot would be offered" reads what offering would say.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from .case import Case, Cause
from .hours import ALWAYS, Hours
from .slots import Cap, host_cap_of
from .timeline import STEP_MINUTES, instant_of


def without(case: Case, removed: Sequence[Cause]) -> Case:
    """The case as it would be if these causes were out of the way, and nothing else had changed."""
    for cause in removed:
        case = KINDS[cause.kind](case, cause)
    return case


def would_be_free(case: Case, removed: Sequence[Cause]) -> bool:
    """Whether the host could be offered at that start without these causes: no rule is left that decides against it."""
    return not without(case, removed).refused_by()


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
