"""Whose time costs a group link its slots: counted, and checked by really making hosts optional (R6)."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from website.scheduling.cost import MOST_WAYS, gained, smallest_ways
from website.scheduling.hours import ALWAYS, Hours
from website.scheduling.slots import HostTime, Question, Terms, offer
from website.scheduling.timeline import Window, instant_of

TERMS = Terms(Hours("UTC", ALWAYS), increment=5, duration=10, everyone=True)
WINDOW = Window(2_000_000, 24)
WITHIN = WINDOW.span(2_000_002, 2_000_020)
busy_times = st.lists(st.integers(0, WINDOW.mask), min_size=1, max_size=5)


def question(busy: list[int]) -> Question:
    hosts = [HostTime(number, busy=mask) for number, mask in enumerate(busy)]
    return Question(TERMS, hosts, WINDOW, instant_of(WINDOW.start - 300))


def starts(asked: Question, optional: tuple[int, ...] = ()) -> int:
    """How many starts are really offered with these hosts optional."""
    hosts = [host._replace(optional=host.host_id in optional) for host in asked.hosts]
    return (offer(replace(asked, hosts=hosts)).starts & WITHIN).bit_count()


@pytest.mark.rule("R6")
@given(busy_times)
def test_what_a_host_costs_is_what_is_gained_by_making_the_host_optional(busy: list[int]) -> None:
    asked = question(busy)
    found = gained(offer(asked).by_host, WITHIN)
    if len(busy) > 1:
        really = {host.host_id: starts(asked, (host.host_id,)) - starts(asked) for host in asked.hosts}
        assert found == really
    else:
        assert found == {0: 0}


@pytest.mark.rule("R6")
@given(busy_times)
def test_the_smallest_sets_really_give_starts_and_no_smaller_one_does(busy: list[int]) -> None:
    asked = question(busy)
    ways = smallest_ways(offer(asked).by_host, WITHIN)
    for way in ways:
        assert starts(asked, way.host_ids) == way.starts > 0
    size = len(ways[0].host_ids) if ways else 3
    assert not ways or starts(asked) == 0
    if not starts(asked):
        for smaller in range(1, size):
            for host_ids in combinations(range(len(busy)), smaller):
                assert not starts(asked, host_ids)


@pytest.mark.rule("R6")
def test_only_the_best_ways_are_told() -> None:
    open_for = (1 << 10) - 1
    by_host = dict.fromkeys(range(20), open_for) | {number: open_for & ~(1 << number) for number in range(10)}
    ways = smallest_ways(by_host, open_for)
    assert len(ways) == MOST_WAYS
    assert {way.starts for way in ways} == {1}
