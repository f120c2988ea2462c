"""What failed several times in a row is left alone for a while, and tried by one caller then."""

from website.services.breaker import Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def failing(times: int, clock: Clock) -> Breaker:
    breaker = Breaker(3, 30.0, clock)
    for _time in range(times):
        assert breaker.may_ask()
        breaker.failed()
    return breaker


def test_a_few_failures_open_it_and_one_success_between_does_not_count_them() -> None:
    assert failing(2, Clock()).may_ask()
    assert not failing(3, Clock()).may_ask()
    mixed = failing(2, Clock())
    mixed.succeeded()
    mixed.failed()
    assert mixed.may_ask() and not mixed.open


def test_later_one_caller_tries_and_its_success_closes_it() -> None:
    clock = Clock()
    breaker = failing(3, clock)
    clock.now = 30.0
    assert [breaker.may_ask() for _caller in range(3)] == [True, False, False]
    breaker.succeeded()
    assert breaker.may_ask() and not breaker.open


def test_a_trial_that_fails_or_never_ends_lets_the_next_one_wait_again() -> None:
    clock = Clock()
    breaker = failing(3, clock)
    clock.now = 30.0
    assert breaker.may_ask()
    clock.now = 59.0
    assert not breaker.may_ask()
    clock.now = 60.0
    assert breaker.may_ask()  # whoever tried before never told
    breaker.failed()
    clock.now = 89.0
    assert not breaker.may_ask()


def test_who_asks_to_be_left_alone_for_long_is_left_alone_at_once() -> None:
    clock = Clock()
    breaker = Breaker(3, 30.0, clock)
    breaker.failed(3600.0)
    clock.now = 3599.0
    assert not breaker.may_ask()
    clock.now = 3600.0
    assert breaker.may_ask()
    short = Breaker(3, 30.0, clock)
    short.failed(10.0)
    assert short.may_ask()
