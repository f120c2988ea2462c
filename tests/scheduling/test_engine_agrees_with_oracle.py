"""Two implementations of R1 to R9 that share nothing: the engine's masks, and a count of every minute.

`ORACLE_CASES` sets how many cases are tried (2,500 unless set).
"""

import os
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle import brute_force, engine
from tests.oracle.asking import at, daily, host, personal
from tests.oracle.case import Case
from tests.oracle.strategies import STEP, cases
from website.scheduling.slots import why_not

CASES = int(os.environ.get("ORACLE_CASES", "2500"))


@pytest.mark.fault(17)
@pytest.mark.rule("R1")
@pytest.mark.rule("R2")
@pytest.mark.rule("R3")
@pytest.mark.rule("R4")
@pytest.mark.rule("R6")
@pytest.mark.rule("R7")
@pytest.mark.rule("R8")
@pytest.mark.rule("R9")
@given(cases())
@settings(max_examples=CASES, deadline=None)
def test_the_engine_offers_what_counting_every_minute_offers(case: Case) -> None:
    assert engine.offered(case) == brute_force.offered(case)


@pytest.mark.rule("R43")
@given(cases(), st.lists(st.integers(0, 4 * 288 - 1), min_size=8, max_size=8))
@settings(max_examples=CASES // 10, deadline=None)
def test_why_not_is_silent_exactly_when_the_host_is_free(case: Case, steps: list[int]) -> None:
    question, free = engine.question(case), brute_force.free_hosts(case)
    asked = {(case.query_start // STEP + step) * STEP for step in steps}
    for start in sorted(start for start in asked if case.query_start <= start < case.query_end):
        silent = {
            one.id
            for one, time in zip(case.hosts, question.hosts, strict=True)
            if not why_not(question, time, engine.instant(start))
        }
        assert silent == free.get(start, frozenset())


@pytest.mark.rule("R4")
@given(cases())
@settings(max_examples=CASES // 10, deadline=None)
def test_rounding_busy_time_outwards_to_five_minutes_changes_no_slot(case: Case) -> None:
    exact = [replace(one, busy=[(a, b) for a, b in one.busy if a < b]) for one in case.hosts]
    rounded = tuple(replace(one, busy=[outwards(a, b) for a, b in one.busy]) for one in exact)
    assert brute_force.offered(replace(case, hosts=rounded)) == brute_force.offered(case)


def outwards(begin: int, end: int) -> tuple[int, int]:
    return begin // STEP * STEP, -(-end // STEP) * STEP


@pytest.mark.rule("R1")
def test_hours_that_touch_inside_a_step_of_the_engine_are_one() -> None:
    link = personal(daily("UTC", "09:00-10:02", "10:02-11:00"))
    case = Case(at("2027-01-01T00:00"), link, (host(),), at("2027-01-08T00:00"), at("2027-01-09T00:00"))
    assert list(engine.offered(case)) == [at("2027-01-08T09:00"), at("2027-01-08T10:00")]
