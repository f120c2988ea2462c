"""What events do to a replay, one by one (R24)."""

from datetime import UTC, datetime, timedelta

import pytest

from website.scheduling import ring
from website.scheduling.ring import Recent, Seat
from website.scheduling.simulation import Declined, GivenBack, Passed, Request, Settings, Simulation

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ALL = frozenset((1, 2, 3))


def asked(key: int, free: frozenset[int] = ALL, *, days: float = 0.0, **values: object) -> Request:
    return Request(key, NOON + days * DAY, ALL, free, **values)  # type: ignore[arg-type]


def started(rotation: str = "strict", **values: object) -> Simulation:
    return Simulation([Seat(host, position=host) for host in sorted(ALL)], Settings(rotation, **values))  # type: ignore[arg-type]


def winners(simulation: Simulation, *events: object) -> list[int | None]:
    return [one.winner_id for one in simulation.play(events)]  # type: ignore[arg-type]


@pytest.mark.rule("R24")
def test_a_request_that_finds_nobody_is_lost_and_changes_nothing() -> None:
    simulation = started()
    assert winners(simulation, asked(1, frozenset()), asked(2), asked(3, frozenset({9}))) == [None, 1, None]
    assert simulation.lost == 2
    assert simulation.kept() == {1: 1}


@pytest.mark.rule("R24")
def test_the_owner_alone_hosts_and_takes_no_turn() -> None:
    simulation = started()
    assert winners(simulation, asked(1, owner_id=1), asked(2), asked(3, frozenset({2}), owner_id=1)) == [
        1,
        1,
        None,
    ]


@pytest.mark.rule("R24")
def test_a_booking_given_back_gives_the_turn_back_too() -> None:
    simulation = started()
    assert winners(simulation, asked(1), asked(2), GivenBack(1, NOON + DAY), asked(3, days=2)) == [1, 2, 1]
    assert simulation.host_of(1) is None
    assert winners(simulation, GivenBack(1, NOON + 3 * DAY), GivenBack(99, NOON + 3 * DAY)) == []


@pytest.mark.rule("R24")
def test_handing_over_keeps_the_turn_and_happens_only_to_who_got_it() -> None:
    simulation = started("balanced")
    events = asked(1), Passed(1, NOON, 1, 3), asked(2), Passed(2, NOON, 1, 3), asked(3)
    assert winners(simulation, *events) == [1, 2, 1]
    assert simulation.kept() == {1: 1, 2: 1, 3: 1}


@pytest.mark.rule("R24")
def test_a_declined_booking_goes_on_by_the_rule_unless_nobody_is_free() -> None:
    simulation = started()
    again = asked(1, frozenset({2, 3}), pool=frozenset({2, 3}))
    nobody = asked(2, frozenset(), pool=frozenset({1, 2}))
    assert winners(simulation, asked(1), Declined(again, 1), asked(2), Declined(nobody, 1)) == [1, 2, 1, None]
    assert [simulation.host_of(key) for key in (1, 2)] == [2, 1]
    assert winners(simulation, Declined(again, 1)) == []


@pytest.mark.rule("R23")
def test_bookings_leave_the_window_and_those_of_the_owner_count_where_that_is_said() -> None:
    for counts, expected in ((False, 1), (True, 2)):
        simulation = started("balanced", share_days=10, owner_counts=counts)
        assert winners(simulation, asked(1, owner_id=1), asked(2)) == [1, expected]
        shares = simulation.play([asked(3, days=11)])[0].shares
        assert [one.given for one in shares] == [0, 0, 0]


@pytest.mark.rule("R23")
def test_who_comes_back_starts_anew_at_the_mean() -> None:
    seats = [Seat(1, present=True), Seat(2, present=True), Seat(3, joined_at=NOON - 90 * DAY, turn=4)]
    assert ring.has_changed(seats, ALL)
    ring.welcome(seats, ALL, {1: 4, 2: 6, 3: 9}, NOON, Recent(30))
    assert not ring.has_changed(seats, ALL)
    assert (seats[2].head_start, seats[2].joined_at, seats[2].turn) == (5.0, NOON, 4)
    (_, _, back) = ring.shares_of(seats, {1: 4, 2: 6}, NOON + 15 * DAY, Recent(30))
    assert back.load == 2.5


@pytest.mark.rule("R23")
def test_a_burst_that_old_bookings_would_make_does_not_come() -> None:
    """Ten bookings a day for five hosts, one of them away for half of the window. Their share of the two weeks after is
    28; the others did their work meanwhile, which is a little more than that. Were what they hosted before counted
    beside the head start, and left the window early, they would get 41."""
    everybody = frozenset(range(1, 6))
    simulation = Simulation([Seat(host, position=host) for host in everybody], Settings("balanced", 30))
    got = 0
    for number in range(700):
        day = number / 10
        able = everybody - {1} if 40 <= day < 54 else everybody
        request = Request(number, NOON + day * DAY, able, able)
        got += simulation.play([request])[0].winner_id == 1 and 54 <= day < 68
    assert 28 <= got <= 32
