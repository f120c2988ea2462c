"""A link's own receipts, replayed: as it is, and under other settings (R24)."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import NOW, make_busy, make_calendar, make_link, make_user
from tests.scheduling import year as year_of
from tests.scheduling.year import DAY, START, Year
from tests.services.link_year import A_WEEK, LinkYear
from tests.services.test_booking import NINE, ask
from website.extensions import db
from website.models import Booking, Link
from website.scheduling.receipt import Receipt
from website.scheduling.simulation import Settings
from website.services.booking import book
from website.services.cancellation import cancel
from website.services.handover import candidates, hand_over
from website.services.reschedule import reschedule
from website.services.simulator import Trial, simulate

DAYS = 60
END = START + (DAYS + 20) * DAY
WEEKS = 12


def lived(rotation: str, *, bookings: int = 100) -> LinkYear:
    real = LinkYear(Year(hosts=8, bookings=bookings, days=DAYS, seed=4), rotation)
    for member in real.link.hosts:
        member.priority = member.user_id % 3 or None
    db.session.flush()
    Year.live(Year(hosts=8, bookings=bookings, days=DAYS, seed=4), real)
    db.session.commit()
    return real


def as_it_is(link: Link) -> list[Trial]:
    return [Trial(one.user_id, one.weight, one.priority) for one in link.hosts]


def settings_of(link: Link) -> Settings:
    return Settings(link.rotation, link.share_days, link.owner_counts)


@pytest.mark.rule("R24")
@pytest.mark.parametrize("rotation", ["balanced", "priority"])
def test_under_the_settings_as_they_are_everything_is_as_it_was(
    world: Flask, monkeypatch: pytest.MonkeyPatch, rotation: str
) -> None:
    # Of a declined booking only the last receipt is kept.
    monkeypatch.setattr(year_of, "DECLINED", 0)
    real = lived(rotation)
    result = simulate(real.link, settings_of(real.link), as_it_is(real.link), WEEKS, END)
    chosen = [one for one in result.outcomes if one.scores]
    receipts = [one for one in real.receipts if one.rotation]
    assert [one.winner_id for one in chosen] == [one.winner_id for one in receipts]
    assert [dict(one.scores) for one in chosen] == [dict(one.scores) for one in receipts]
    assert [one.shares for one in chosen] == [one.shares for one in receipts]
    assert [(one.then, one.difference, one.guessed) for one in result.hosts] == [
        (one.then, 0, False) for one in result.hosts
    ]
    assert (result.lost, result.made) == (0, stored())


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Booking)) or 0


@pytest.mark.rule("R24")
def test_declines_change_little(world: Flask) -> None:
    real = lived("balanced")
    result = simulate(real.link, settings_of(real.link), as_it_is(real.link), WEEKS, END)
    assert sum(one.then for one in result.hosts) == sum(one.now for one in result.hosts)
    assert max(abs(one.difference) for one in result.hosts) <= 3


@pytest.mark.rule("R24")
def test_other_weights_shift_bookings_and_nothing_is_saved(world: Flask) -> None:
    real = lived("balanced")
    link, heavy = real.link, real.link.hosts[0].user_id
    trials = [Trial(one.user_id, 20 if one.user_id == heavy else 1) for one in link.hosts]
    result = simulate(link, settings_of(link), trials, WEEKS, END)
    (first,) = [one for one in result.hosts if one.user_id == heavy]
    assert first.difference > first.then
    assert not db.session.dirty
    assert not db.session.new
    assert [one.weight for one in link.hosts] == [2, 2, 2, 2, 1, 2, 2, 2]


@pytest.mark.rule("R24")
def test_fewer_hosts_lose_bookings_that_none_of_them_was_free_for(world: Flask) -> None:
    real = lived("strict")
    link, alone = real.link, real.link.hosts[1].user_id
    result = simulate(link, settings_of(link), [Trial(alone)], WEEKS, END)
    by_host = {one.user_id: one for one in result.hosts}
    assert result.lost > 0
    assert {one.now for one in result.hosts if one.user_id != alone} == {0}
    given_back = result.made - sum(one.then for one in result.hosts)
    assert by_host[alone].then < by_host[alone].now <= result.made - result.lost
    assert by_host[alone].now >= result.made - result.lost - given_back


@pytest.mark.rule("R24")
def test_somebody_new_is_free_by_what_is_known_of_their_calendar_and_that_is_said(world: Flask) -> None:
    real = lived("balanced", bookings=40)
    idle, busy = make_user("Idle"), make_user("Busy", calendar=False)
    make_calendar(busy)
    make_busy(busy, (START, END + 4 * A_WEEK))
    db.session.commit()
    trials = [*as_it_is(real.link), Trial(idle.id, 2), Trial(busy.id, 2)]
    result = simulate(real.link, settings_of(real.link), trials, WEEKS, END)
    found = {one.name: (one.then, one.now > 0, one.guessed) for one in result.hosts if one.guessed}
    assert found == {"Idle": (0, True, True), "Busy": (0, False, True)}


@pytest.mark.rule("R24")
def test_a_period_that_begins_in_the_middle_begins_with_what_counted_by_then(world: Flask) -> None:
    real = lived("balanced", bookings=120)
    late = START + DAYS * DAY
    result = simulate(real.link, settings_of(real.link), as_it_is(real.link), 4, late)
    assert result.since == late - timedelta(weeks=4)
    assert max(abs(one.difference) for one in result.hosts) <= 3
    told = Counter(one.winner_id for one in result.outcomes)
    assert sum(told.values()) >= result.made


@pytest.mark.rule("R24")
@pytest.mark.parametrize("rotation", ["random", "strict"])
def test_bookings_made_by_the_services_themselves_replay_to_the_same(world: Flask, rotation: str) -> None:
    """Booked, cancelled, handed over, moved and missed as visitors and hosts do it."""
    people = [make_user(name, role="admin") for name in ("Ana", "Ben", "Cleo", "Dan")]
    make_busy(people[1], (NOW, NOW + 9 * DAY))
    link = make_link(hosts=people, rotation=rotation, increment=30)
    link.hosts[0].weight = 2
    db.session.commit()
    receipts = []
    for number in range(20):
        now = NOW + number * timedelta(hours=8)
        people[3].seat = not 6 <= number < 13
        db.session.commit()
        # Always a Tuesday to Thursday of a later week, in office hours.
        start = NINE + (7 * (1 + number // 4) + number % 3) * DAY + (number % 7) * timedelta(minutes=30)
        made = book(link, ask(start, nonce=f"n{number}"), now=now)
        receipts.append(Receipt.from_json(made.receipt))
        after = now + timedelta(hours=1)
        if number % 5 == 1:
            cancel(made.token, reason="", now=after)
        elif number % 5 == 3:
            mine = made.hosts[0].user_id
            free = [one.user_id for one in candidates(made, after) if one.able]
            hand_over(made.id, free[0], from_user_id=mine, by=people[0], now=after)
        elif number % 7 == 4:
            later = made.start_at + 2 * A_WEEK
            reschedule(made.id, later, by=people[0], any_host=False, nonce=f"m{number}", now=after)
    result = simulate(link, settings_of(link), as_it_is(link), 4, NOW + 9 * DAY)
    assert [one.winner_id for one in result.outcomes] == [one.winner_id for one in receipts]
    assert [dict(one.scores) for one in result.outcomes] == [dict(one.scores) for one in receipts]
    assert [one.shares for one in result.outcomes] == [one.shares for one in receipts]
    assert [one.difference for one in result.hosts] == [0, 0, 0, 0]
    assert result.lost == 0
