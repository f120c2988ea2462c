"""What is named as the cause is the cause: taken out of the way, the rule no longer decides against the host (R43)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle import brute_force, engine
from tests.oracle.case import Case as OracleCase
from tests.oracle.strategies import STEP, cases
from website.scheduling.case import Case, Cause, Diary, Taken
from website.scheduling.causes import causes
from website.scheduling.hours import ALWAYS, Hours
from website.scheduling.remedies import KINDS, without, would_be_free
from website.scheduling.slots import HOST_RULES, LINK_RULES, Cap, HostTime, Question, Terms
from website.scheduling.timeline import Window, instant_of, step_before

NOON = datetime.fromisoformat("2027-02-02T12:00:00+00:00")
AT = step_before(NOON)
TERMS = Terms(Hours("UTC", ALWAYS), increment=30, duration=30)


def diary_of(case: OracleCase, host_id: str) -> Diary:
    """A host of the oracle's, interval by interval."""
    host = next(one for one in case.hosts if one.id == host_id)
    busy = [Taken(number, a // STEP, -(-b // STEP)) for number, (a, b) in enumerate(set(host.busy)) if a < b]
    booked = [
        Taken(number, one.start // STEP, one.end // STEP, one.buffer_before // 5, one.buffer_after // 5)
        for number, one in enumerate(case.bookings)
        if host_id in one.host_ids
    ]
    return Diary(tuple(busy), None, tuple(booked))


def asked(case: OracleCase, steps: list[int]) -> Iterator[tuple[str, Case]]:
    """Every host of the oracle's case at some starts of its query."""
    question = engine.question(case)
    starts = {case.query_start // STEP + step for step in steps}
    for start in sorted(one for one in starts if case.query_start <= one * STEP < case.query_end):
        for host, time in zip(case.hosts, question.hosts, strict=True):
            yield host.id, Case(question, time, diary_of(case, host.id), start)


some_steps = st.lists(st.integers(0, 4 * 288 - 1), min_size=8, max_size=8)


@pytest.mark.rule("R43")
@given(cases(), some_steps)
@settings(max_examples=150, deadline=None)
def test_every_rule_that_decides_has_a_cause_and_without_its_causes_decides_no_more(
    case: OracleCase, steps: list[int]
) -> None:
    free = brute_force.free_hosts(case)
    for host_id, one in asked(case, steps):
        assert one.diary.host_time(one.host, one.question.window) == one.host
        found = causes(one)
        assert (not found) == (host_id in free.get(one.start * STEP, frozenset()))
        assert {cause.rule for cause in found} == {rule.key for rule in one.refused_by()}
        assert would_be_free(one, found)
        for key in {cause.rule for cause in found}:
            left = without(one, [cause for cause in found if cause.rule == key])
            assert key not in {rule.key for rule in left.refused_by()}


@pytest.mark.rule("R43")
@given(cases(), some_steps)
@settings(max_examples=100, deadline=None)
def test_every_interval_that_is_named_is_in_the_way_by_itself(case: OracleCase, steps: list[int]) -> None:
    for _, one in asked(case, steps):
        for cause in causes(one):
            if cause.taken is not None:
                alone = one.with_diary(**{"busy": (), "booked": (), cause.rule: (cause.taken,)})
                assert cause.rule in {rule.key for rule in alone.refused_by()}
                assert cause in causes(alone)


def test_every_kind_of_cause_belongs_to_a_rule_and_every_rule_has_one() -> None:
    rules = {rule.key for rule in (*LINK_RULES, *HOST_RULES)}
    apart = {"past", "not_yet", "no_more", "not_known"}
    assert {kind.removesuffix("_buffer").removesuffix("_day").removesuffix("_week") for kind in KINDS} == (
        rules - {"window"}
    ) | apart


EMPTY = Diary()


def a_case(diary: Diary = EMPTY, terms: Terms = TERMS, start: int = AT, **host: object) -> Case:
    window = Window(AT - 300, 900)
    time = diary.host_time(HostTime(1, **host), window)  # type: ignore[arg-type]
    return Case(Question(terms, [time], window, NOON - timedelta(days=1)), time, diary, start)


def kinds(case: Case) -> list[tuple[str, str, int]]:
    return [(one.kind, one.where, one.minutes) for one in causes(case)]


MEETING = Taken(7, AT - 6, AT)  # 11:30 to 12:00


@pytest.mark.rule("R43")
@pytest.mark.parametrize(
    ("busy", "buffers", "found"),
    [
        (MEETING, (0, 0), []),
        (MEETING, (10, 0), [("busy_buffer", "after", 10)]),
        (Taken(7, AT - 8, AT - 1), (10, 0), [("busy_buffer", "after", 10)]),
        (Taken(7, AT - 8, AT - 2), (10, 0), []),
        (Taken(7, AT + 6, AT + 12), (0, 15), [("busy_buffer", "before", 15)]),
        (Taken(7, AT - 6, AT + 1), (10, 0), [("busy", "meeting", 0)]),
    ],
)  # fmt: skip
def test_a_meeting_is_told_from_the_buffer_beside_it(
    busy: Taken, buffers: tuple[int, int], found: list[object]
) -> None:
    terms = replace(TERMS, buffer_before=buffers[0], buffer_after=buffers[1])
    assert kinds(a_case(Diary(busy=(busy,)), terms)) == found


@pytest.mark.rule("R4")
@pytest.mark.rule("R43")
def test_the_wrap_up_of_a_booking_and_the_preparation_of_the_slot_add_up() -> None:
    case = a_case(Diary(booked=(MEETING._replace(after=1),)), replace(TERMS, buffer_before=5))
    (cause,) = causes(case)
    assert (cause.kind, cause.where, cause.minutes) == ("booked_buffer", "after", 10)
    assert would_be_free(case, [cause])
    later = a_case(
        Diary(booked=(MEETING._replace(after=1),)), replace(TERMS, buffer_before=5, increment=5), AT + 2
    )
    assert not causes(later)


@pytest.mark.rule("R3")
@pytest.mark.rule("R43")
def test_a_notice_says_which_one_would_do() -> None:
    case = a_case(terms=replace(TERMS, notice=2 * 24 * 60))
    assert causes(case) == [Cause("notice", "notice", minutes=24 * 60)]
    assert not without(case, causes(case)).refused_by()
    assert without(case, causes(case)).terms.notice == 24 * 60


@pytest.mark.rule("R3")
@pytest.mark.rule("R43")
def test_dates_say_which_is_the_first_and_the_last() -> None:
    tomorrow, yesterday = date(2027, 2, 3), date(2027, 2, 1)
    assert causes(a_case(terms=replace(TERMS, first_on=tomorrow)))[0].on == tomorrow
    assert causes(a_case(terms=replace(TERMS, last_on=yesterday)))[0].on == yesterday
    assert causes(a_case(terms=replace(TERMS, window_days=0)))[0].on == yesterday


@pytest.mark.rule("R9")
@pytest.mark.rule("R43")
def test_a_cap_says_how_many_bookings_there_are() -> None:
    case = a_case(terms=replace(TERMS, host_cap=Cap(1, 5)), starts=(AT - 6, AT - 12, AT - 9 * 288))
    assert causes(case) == [Cause("host_cap", "host_cap_day", minutes=2)]


@pytest.mark.rule("R9")
@pytest.mark.rule("R43")
def test_a_cap_of_the_hosts_own_is_the_one_that_is_named() -> None:
    case = a_case(terms=replace(TERMS, host_cap=Cap(5, 5)), starts=(AT - 6,), cap=Cap(1, 5))
    assert causes(case) == [Cause("host_cap", "host_cap_day", minutes=1)]
    assert would_be_free(case, causes(case))


@pytest.mark.rule("R12")
@pytest.mark.rule("R43")
def test_what_lies_beyond_the_last_reading_is_not_known() -> None:
    case = a_case(Diary(known_until=AT + 3))
    (cause,) = causes(case)
    assert (cause.kind, cause.taken and instant_of(cause.taken.start)) == (
        "not_known",
        NOON + timedelta(minutes=15),
    )
    assert would_be_free(case, [cause])
