"""What a thousand bookings add up to (R23). Everything is seeded: the same run gives the same bookings.

A *fair share* of some bookings is what a host's weight is of the weights of all.
"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scheduling.team import Team, longest_run
from website.scheduling.rotations import RECENT_DAYS, ROTATIONS, Share, decayed, head_start

WEIGHTS = [[1, 1, 1, 1], [3, 2, 1], [1, 2, 3, 4], [10, 1], [5, 5, 1, 1, 1]]
LOPSIDED = [100] + [1] * 100
SEEDS = range(12)
JOINER = 6


def furthest_above_fair(team: Team) -> float:
    """How many bookings the luckiest host is above their fair share."""
    return max(count - team.fair(host, len(team.log)) for host, count in team.given().items())


# Balanced, everyone free


@pytest.mark.rule("R23")
def test_balanced_keeps_equal_hosts_within_one_booking_at_every_moment() -> None:
    team = Team([1] * 7)
    for _ in range(1000):
        team.take(1)
        assert max(team.given().values()) - min(team.given().values()) <= 1


@pytest.mark.rule("R23")
@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
def test_balanced_keeps_each_host_within_2_percent_of_their_weight_over_1000_bookings(weights) -> None:
    team = Team(weights)
    team.take(1000)
    for host, count in team.given().items():
        assert abs(count - team.fair(host, 1000)) <= 0.02 * team.fair(host, 1000)


@pytest.mark.rule("R23")
def test_a_heavy_host_among_many_light_ones_gets_no_series_that_the_weights_do_not_explain() -> None:
    team = Team(LOPSIDED)
    for _ in range(1000):
        team.take(1)
        assert all(abs(count - team.fair(host, len(team.log))) <= 1 for host, count in team.given().items())
    assert longest_run(team.log, 1) <= 3


@pytest.mark.rule("R23")
@given(st.lists(st.integers(1, 100), min_size=1, max_size=8), st.integers(1, 120))
def test_balanced_never_gives_anyone_a_whole_booking_above_their_share(weights, bookings) -> None:
    team = Team(weights)
    team.take(bookings)
    assert furthest_above_fair(team) < 1


# Balanced, hosts busy now and then


@pytest.mark.rule("R23")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("weights", [[1] * 5, [3, 2, 1, 1, 1]], ids=str)
def test_hosts_who_are_busy_at_random_still_get_their_shares_within_2_percent(weights, seed) -> None:
    team = Team(weights, seed=seed)
    team.take(1000, busy_rate=0.3)
    for host, count in team.given().items():
        assert abs(count - team.fair(host, 1000)) <= 0.02 * team.fair(host, 1000)


@pytest.mark.rule("R23")
def test_a_host_who_is_always_busy_leaves_the_others_their_proportion() -> None:
    team = Team([2, 1, 1])
    team.take(999, busy=[2])
    assert team.given() == Counter({1: 666, 3: 333, 2: 0})


@pytest.mark.rule("R23")
def test_the_only_free_host_gets_the_booking_however_much_they_had() -> None:
    team = Team([1, 1])
    assert set(team.take(50, busy=[2])) == {1}
    assert team.take(1, busy=[2]) == [1]


# Balanced, a host joins


@pytest.mark.rule("R23")
def test_a_host_who_joins_after_500_bookings_is_never_a_whole_booking_above_their_share() -> None:
    team = Team([1] * 5)
    team.take(500)
    team.join(JOINER)
    joiner = 0
    for bookings in range(1, 51):
        joiner += team.take(1) == [JOINER]
        assert abs(joiner - bookings / 6) < 1


@pytest.mark.rule("R23")
def test_a_host_who_joins_is_never_chosen_twice_in_a_row_while_equals_are_free() -> None:
    team = Team([1] * 5)
    team.take(500)
    team.join(JOINER)
    assert longest_run(team.take(500), JOINER) == 1


@pytest.mark.rule("R23")
def test_without_a_head_start_a_joiner_would_be_flooded() -> None:
    team = Team([1] * 5)
    team.take(500)
    team.shares[JOINER] = Share(JOINER)
    assert team.take(50) == [JOINER] * 50


@pytest.mark.rule("R23")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("weight", [1, 3])
def test_a_joiner_among_busy_hosts_gets_at_most_twice_their_share_of_the_next_50(weight, seed) -> None:
    team = Team([1] * 5, seed=seed)
    team.take(500, busy_rate=0.3)
    team.join(JOINER, weight)
    assert team.take(50, busy_rate=0.3).count(JOINER) <= 2 * team.fair(JOINER, 50)


@pytest.mark.rule("R23")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_joiner_among_busy_hosts_has_no_longer_series_than_others_had(seed) -> None:
    team = Team([1] * 5, seed=seed)
    team.take(500, busy_rate=0.3)
    usual = max(longest_run(team.log, host) for host in team.shares)
    team.join(JOINER)
    assert longest_run(team.take(50, busy_rate=0.3), JOINER) <= usual


@pytest.mark.rule("R23")
def test_a_host_who_comes_back_after_an_absence_is_not_made_to_catch_up() -> None:
    team = Team([1] * 5)
    team.take(100)
    team.take(400, busy=[2])
    team.join(2)
    assert team.take(50).count(2) == 10


@pytest.mark.rule("R23")
def test_a_joiner_gets_their_full_share_of_the_following_1000() -> None:
    team = Team([1] * 5)
    team.take(500)
    team.join(JOINER)
    assert abs(team.take(1000).count(JOINER) - 1000 / 6) <= 1


@pytest.mark.rule("R23")
def test_a_joiner_gets_no_burst_while_the_recent_window_moves_on() -> None:
    joined = team_over_days(days=100, joins_on=40)[40 * 10 :]
    for first in range(0, len(joined) - 50, 10):
        assert 6 <= joined[first : first + 50].count(JOINER) <= 11


def team_over_days(*, days: int, joins_on: int, a_day: int = 10) -> list[int]:
    """Who got each booking, where only the last `RECENT_DAYS` days count and the head start fades."""
    rng, day_of, log = Random(1), timedelta(days=1), []
    recent: deque[int] = deque(maxlen=RECENT_DAYS * a_day)
    joined_at = datetime(2026, 11, 1, tzinfo=UTC)
    start, pool = 0.0, [Share(host, position=host) for host in range(1, JOINER)]
    for booking in range(days * a_day):
        if booking == joins_on * a_day:
            start = head_start(Share(JOINER), counted(pool, recent))
            pool.append(Share(JOINER, position=JOINER))
        left = decayed(start, joined_at, joined_at + (booking / a_day - joins_on) * day_of)
        shares = [
            replace(share, head_start=left if share.host_id == JOINER else 0.0)
            for share in counted(pool, recent)
        ]
        recent.append(ROTATIONS["balanced"].choose(shares, shares, rng).host_id)
        log.append(recent[-1])
    return log


def counted(pool: Sequence[Share], recent: Sequence[int]) -> list[Share]:
    counts = Counter(recent)
    return [replace(share, given=counts[share.host_id]) for share in pool]


# Random


@pytest.mark.rule("R23")
@pytest.mark.parametrize("seed", SEEDS)
def test_random_is_uniform_by_a_chi_square_test(seed) -> None:
    counts = Counter(Team([1] * 5, "random", seed=seed).take(1000))
    assert chi_square_p(counts, expected=200) > 0.001


@pytest.mark.rule("R23")
def test_random_does_not_look_at_weights() -> None:
    counts = Counter(Team([50, 1, 1, 1, 1], "random").take(1000))
    assert chi_square_p(counts, expected=200) > 0.001


@pytest.mark.rule("R23")
def test_random_among_busy_hosts_stays_uniform() -> None:
    counts = Counter(Team([1] * 5, "random").take(1000, busy_rate=0.3))
    assert chi_square_p(counts, expected=200) > 0.001


def chi_square_p(counts: Counter[int], *, expected: float) -> float:
    """The chance of such counts or worse from five equal chances."""
    return chi_square_tail(sum((counts[host] - expected) ** 2 / expected for host in range(1, 6)))


def chi_square_tail(x: float) -> float:
    """P(X > x) for four degrees of freedom: exactly exp(-x/2) (1 + x/2)."""
    return exp(-x / 2) * (1 + x / 2)


def test_the_chi_square_tail_is_right_at_the_known_critical_value() -> None:
    assert chi_square_tail(18.467) == pytest.approx(0.001, rel=1e-3)


# Strict and priority


@pytest.mark.rule("R23")
@pytest.mark.parametrize("rotation", ["strict", "balanced", "priority"])
def test_equal_hosts_who_are_always_free_take_turns(rotation) -> None:
    log = Team([1] * 5, rotation).take(1000)
    assert all(len(set(log[first : first + 5])) == 5 for first in range(0, 1000, 5))


@pytest.mark.rule("R23")
@pytest.mark.parametrize("seed", SEEDS)
def test_strict_leaves_nobody_far_behind_when_hosts_are_busy_at_random(seed) -> None:
    team = Team([1] * 5, "strict", seed=seed)
    team.take(1000, busy_rate=0.3)
    assert all(abs(count - 200) <= 0.02 * 1000 for count in team.given().values())


@pytest.mark.rule("R23")
def test_a_lower_rank_gets_only_what_the_higher_ones_cannot_take() -> None:
    team = Team([1] * 4, "priority")
    ranks = {1: 1, 2: 1, 3: 2, 4: None}
    team.shares = {host: replace(share, priority=ranks[host]) for host, share in team.shares.items()}
    team.take(100)
    assert team.given() == Counter({1: 50, 2: 50, 3: 0, 4: 0})
    assert team.take(3, busy=[1, 2]) == [3, 3, 3]
    assert team.take(2, busy=[1, 2, 3]) == [4, 4]
