"""Which of several free hosts takes a booking (R23): each rotation by example, and what holds for any."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scheduling.team import Team
from website.scheduling.rotations import (
    RECENT_DAYS,
    ROTATIONS,
    Choice,
    Share,
    decayed,
    head_start,
    next_turn,
)

ANA, BEN, CLEO = 1, 2, 3
JOINED = datetime(2026, 11, 1, 9, tzinfo=UTC)


def choose(rotation: str, *free: Share, seed: int = 1) -> Choice:
    return ROTATIONS[rotation].choose(free, free, Random(seed))


# Random


@pytest.mark.rule("R23")
def test_random_gives_every_free_host_the_same_chance() -> None:
    choice = choose("random", Share(ANA, given=9), Share(BEN, weight=5))
    assert choice.scores == {ANA: 0.5, BEN: 0.5}


@pytest.mark.rule("R23")
def test_random_with_the_same_seed_draws_the_same_host() -> None:
    shares = [Share(host) for host in range(1, 30)]
    assert choose("random", *shares, seed=7) == choose("random", *reversed(shares), seed=7)


# Balanced


@pytest.mark.rule("R23")
def test_balanced_picks_the_host_with_the_fewest_bookings() -> None:
    choice = choose("balanced", Share(ANA, given=4), Share(BEN, given=2), Share(CLEO, given=3))
    assert choice == Choice(BEN, {ANA: -0.666666667, BEN: 1.333333333, CLEO: 0.333333333})


@pytest.mark.rule("R23")
def test_balanced_counts_bookings_against_weights() -> None:
    choice = choose("balanced", Share(ANA, weight=3, given=5), Share(BEN, weight=1, given=2))
    assert choice == Choice(ANA, {ANA: 1.0, BEN: 0.0})


@pytest.mark.rule("R23")
def test_balanced_counts_a_head_start_as_bookings() -> None:
    assert choose("balanced", Share(ANA, head_start=4.0), Share(BEN, given=3)).host_id == BEN


@pytest.mark.rule("R23")
def test_balanced_prefers_among_equals_the_fewest_bookings_then_the_longest_wait_then_the_order() -> None:
    fewer = Share(BEN, given=1, head_start=1.0, turn=8, position=8)
    assert choose("balanced", Share(ANA, given=2), fewer).host_id == BEN
    waited = Share(BEN, given=2, turn=3, position=8)
    assert choose("balanced", Share(ANA, given=2, turn=4), waited).host_id == BEN
    first = Share(BEN, given=2, position=1)
    assert choose("balanced", Share(ANA, given=2, position=2), first).host_id == BEN


# Strict


@pytest.mark.rule("R23")
def test_strict_picks_whoever_has_waited_longest_whatever_they_were_given() -> None:
    choice = choose("strict", Share(ANA, turn=7), Share(BEN, turn=5, given=90), Share(CLEO, turn=6))
    assert choice == Choice(BEN, {ANA: 7.0, BEN: 5.0, CLEO: 6.0})


@pytest.mark.rule("R23")
def test_strict_begins_in_the_order_of_the_link() -> None:
    assert Team([1, 1, 1, 1], "strict").take(8) == [1, 2, 3, 4, 1, 2, 3, 4]


@pytest.mark.rule("R23")
def test_a_busy_host_keeps_their_place_in_the_ring() -> None:
    team = Team([1, 1, 1], "strict")
    assert team.take(2, busy=[ANA]) == [BEN, CLEO]
    assert team.take(3) == [ANA, BEN, CLEO]


@pytest.mark.rule("R23")
def test_a_host_who_was_busy_for_long_is_next_once_and_then_at_the_back() -> None:
    team = Team([1, 1, 1], "strict")
    team.take(40, busy=[ANA])
    assert team.take(4) == [ANA, BEN, CLEO, ANA]


def test_the_next_turn_is_behind_everybody() -> None:
    assert next_turn([Share(ANA, turn=4), Share(BEN, turn=9)]) == 10
    assert next_turn([]) == 1


# Turns given back


@pytest.mark.rule("R23")
def test_a_host_whose_meeting_came_to_nothing_is_next_again() -> None:
    team = Team([1, 1, 1], "strict")
    before = dict(team.shares)
    assert team.take(2) == [ANA, BEN]
    team.give_back(before[ANA])
    assert team.take(3) == [ANA, CLEO, BEN]


@pytest.mark.rule("R23")
@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(2, 6))
def test_a_turn_that_is_given_back_at_once_leaves_no_trace(plan, hosts) -> None:
    """Whoever takes turns beside a team whose every booking of a kind is called off sees the same ring."""
    plain, other = Team([1] * hosts, "strict"), Team([1] * hosts, "strict")
    for step in plan:
        busy = {1 + step % hosts} if step > 4 else set()
        before = dict(other.shares)
        (chosen,) = other.take(1, busy)
        other.give_back(before[chosen])
        assert other.take(1, busy) == plain.take(1, busy) == [chosen]
    assert ring(other) == ring(plain)


@pytest.mark.rule("R23")
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=60))
def test_giving_back_moves_nobody_else_and_nobody_to_the_back(plan) -> None:
    """Bookings of a team of four, some given back later, in any order and twice."""
    team, made = Team([1] * 4, "strict"), []
    for which, books in plan:
        if books or not made:
            before = dict(team.shares)
            (chosen,) = team.take(1, busy={1 + which} if which < 4 else ())
            made.append(before[chosen])
            continue
        former = made[which % len(made)]
        before = dict(team.shares)
        team.give_back(former)
        team.give_back(former)
        turns = {host: (before[host].turn, share.turn) for host, share in team.shares.items()}
        held, now = turns.pop(former.host_id)
        assert now == min(held, former.turn)
        assert all(was == still for was, still in turns.values())


def ring(team: Team) -> list[int]:
    return sorted(team.shares, key=lambda host: (team.shares[host].turn, team.shares[host].position))


# Priority


@pytest.mark.rule("R23")
def test_priority_picks_the_highest_rank_that_is_free() -> None:
    choice = choose("priority", Share(BEN, priority=3), Share(CLEO, priority=2, given=50))
    assert choice == Choice(CLEO, {BEN: 3.0, CLEO: 2.0})


@pytest.mark.rule("R23")
def test_a_host_without_a_rank_comes_after_all_ranks() -> None:
    choice = choose("priority", Share(ANA), Share(BEN, priority=100, given=50))
    assert choice == Choice(BEN, {ANA: 101.0, BEN: 100.0})


@pytest.mark.rule("R23")
def test_equal_ranks_are_balanced_and_lower_ones_do_not_count() -> None:
    ana, ben = Share(ANA, priority=1, given=6), Share(BEN, priority=1, given=5)
    assert choose("priority", ana, ben, Share(CLEO, priority=2)).host_id == BEN


@pytest.mark.rule("R23")
def test_hosts_who_all_have_no_rank_are_balanced() -> None:
    assert choose("priority", Share(ANA, given=6), Share(BEN, given=5)).host_id == BEN


# Shares


@pytest.mark.parametrize("weight", [0, -1])
def test_a_weight_that_is_not_above_zero_is_refused(weight) -> None:
    with pytest.raises(ValueError, match="weight of host 1"):
        Share(ANA, weight=weight)


@pytest.mark.rule("R23")
@pytest.mark.parametrize(
    ("joiner", "expected"),
    [
        (Share(CLEO), 15.0),
        (Share(CLEO, weight=3), 45.0),
        (Share(CLEO, given=5), 10.0),
        (Share(CLEO, given=20), -5.0),
    ],
)
def test_a_head_start_brings_a_host_to_the_mean_of_the_rest(joiner, expected) -> None:
    rest = [Share(ANA, given=9), Share(BEN, weight=2, given=30, head_start=6.0)]
    assert head_start(joiner, rest) == expected
    assert head_start(joiner, [*rest, joiner]) == expected


def test_the_first_host_of_a_link_needs_no_head_start() -> None:
    assert head_start(Share(ANA), []) == 0.0


@pytest.mark.rule("R23")
@pytest.mark.parametrize(
    ("days", "left"), [(-1, 12.0), (0, 12.0), (10, 8.0), (15, 6.0), (30, 0.0), (45, 0.0)]
)
def test_a_head_start_fades_evenly_over_the_recent_window(days, left) -> None:
    assert RECENT_DAYS == 30
    assert decayed(12.0, JOINED, JOINED + timedelta(days=days)) == pytest.approx(left)


@pytest.mark.rule("R23")
@pytest.mark.parametrize(
    ("first", "days", "left"),
    [
        (-90, 15, 6.0), (-30, 15, 6.0), (-10, 20, 12.0), (-10, 25, 6.0), (-10, 30, 0.0), (0, 29, 12.0), (0, 30, 0.0),
        (5, 29, 12.0), (5, 31, 0.0),
    ],
)  # fmt: skip
def test_on_a_young_link_nothing_fades_before_the_first_bookings_leave_the_window(first, days, left) -> None:
    first_at, now = JOINED + timedelta(days=first), JOINED + timedelta(days=days)
    assert decayed(12.0, JOINED, now, 30, first_at) == pytest.approx(left)


# The table, and what holds for any shares


@pytest.mark.rule("R23")
def test_there_are_four_rotations_and_random_comes_first() -> None:
    assert list(ROTATIONS) == ["random", "balanced", "strict", "priority"]


@pytest.mark.parametrize("rotation", ROTATIONS.values(), ids=lambda rotation: rotation.key)
def test_every_rotation_says_what_it_does(rotation) -> None:
    assert rotation.label and rotation.description and rotation.score and rotation.sentence


def test_nobody_can_be_chosen_where_nobody_is_free() -> None:
    with pytest.raises(ValueError, match="no host is free"):
        ROTATIONS["random"].choose([], [Share(ANA)], Random(1))


def test_a_host_outside_the_pool_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not in the pool: \[2\]"):
        ROTATIONS["balanced"].choose([Share(ANA), Share(BEN)], [Share(ANA)], Random(1))


share_lists = st.lists(
    st.builds(
        Share,
        host_id=st.integers(1, 20),
        weight=st.integers(1, 100),
        priority=st.none() | st.integers(1, 5),
        given=st.integers(0, 50),
        head_start=st.floats(-50, 50),
        turn=st.integers(0, 50),
        position=st.integers(0, 20),
    ),
    min_size=1,
    max_size=8,
    unique_by=(lambda share: share.host_id, lambda share: share.position),
)
keys = st.sampled_from(list(ROTATIONS))


@pytest.mark.rule("R23")
@given(keys, share_lists, st.data(), st.integers())
def test_the_choice_is_always_one_of_the_free_hosts_and_all_of_them_are_scored(key, pool, data, seed) -> None:
    free = data.draw(st.lists(st.sampled_from(pool), min_size=1, unique=True))
    choice = ROTATIONS[key].choose(free, pool, Random(seed))
    assert choice.host_id in choice.scores
    assert set(choice.scores) == {share.host_id for share in free}


@pytest.mark.rule("R23")
@given(keys, share_lists, st.randoms(), st.integers())
def test_the_order_in_which_hosts_are_listed_changes_nothing(key, free, shuffler, seed) -> None:
    shuffled = list(free)
    shuffler.shuffle(shuffled)
    assert choose(key, *free, seed=seed) == choose(key, *shuffled, seed=seed)


@pytest.mark.rule("R23")
@given(st.integers(1, 6), st.data())
def test_strict_is_a_ring_from_which_the_first_free_host_goes_to_the_back(size, data) -> None:
    team, ring = Team([1] * size, "strict"), list(range(1, size + 1))
    for _ in range(20):
        free = data.draw(st.sets(st.sampled_from(ring), min_size=1))
        expected = next(host for host in ring if host in free)
        ring.append(ring.pop(ring.index(expected)))
        assert team.book(free).host_id == expected
