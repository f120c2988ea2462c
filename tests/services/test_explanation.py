"""A whole day explained says what offering says, cell by cell, and its diaries are what the rules saw (R11, R43)."""

from datetime import timedelta
from random import Random

import pytest
from flask import Flask

from tests.factories import NOW, make_busy, make_feed, make_link, make_user
from tests.services.test_booking import HALF_HOUR, NINE, ask
from tests.services.test_why_not import DANA, random_team
from website.extensions import db
from website.models import BuiltinEvent, Link
from website.scheduling.case import Taken
from website.scheduling.hours import window_of_dates
from website.scheduling.timeline import STEPS_A_DAY, Window, instant_of, step_before
from website.services.availability import offer_in, scene_of, sooner_with_colleague
from website.services.booking import book
from website.services.contact import NOBODY, recognise
from website.services.diary import diaries_of, titles_at
from website.services.why_not import Explanation, explanation_of

TUESDAY = NINE.date()
DAY = window_of_dates("Europe/Paris", TUESDAY, TUESDAY)


def explained(link: Link, *, email: str | None = None, asked: Window = DAY) -> Explanation:
    db.session.commit()
    return explanation_of(link, recognise(email, link), asked, duration=30, now=NOW)


@pytest.mark.rule("R11")
@pytest.mark.rule("R43")
@pytest.mark.parametrize("email", [None, DANA])
@pytest.mark.parametrize("kind", ["personal", "group", "round_robin"])
def test_a_cell_is_free_exactly_when_offering_says_so(world: Flask, kind: str, email: str | None) -> None:
    rng = Random(f"{kind} {email}")
    team = random_team(rng)
    hosts = {"personal": team[:1], "group": team[:3], "round_robin": team}[kind]
    link = make_link(
        kind, hosts=hosts, owner_first=True, owner_fallback_days=1, buffer_before=5, increment=15
    )
    days = window_of_dates("Europe/Paris", TUESDAY, TUESDAY + timedelta(days=2))
    found = explained(link, email=email, asked=days)
    scene = scene_of(link, visitor=recognise(email, link), duration=30, now=NOW)
    own, sooner = offer_in(scene, days), sooner_with_colleague(scene, days)
    seen = set()
    for start in found.starts():
        offered = set(own.hosts_at(start)) or set(sooner.hosts_at(start) if sooner else ())
        assert found.offers(start) == bool(offered)
        for answer in found.at(start):
            assert answer.offered == (answer.host_id in offered) == (not answer.reasons)
            if answer.host_id in own.by_host:
                assert answer.free == bool(own.by_host[answer.host_id] >> own.window.bit(start) & 1)
            seen.add((answer.offered, answer.free))
    assert {(True, True), (False, False)} <= seen
    # What is a start of the day, and nothing else, is offered in it.
    assert {
        instant_of(own.window.start + bit) for bit in range(own.window.length) if own.starts >> bit & 1
    } <= set(found.starts())


@pytest.mark.rule("R43")
def test_the_starts_of_a_day_are_those_inside_the_links_hours(world: Flask) -> None:
    found = explained(make_link(hosts=[make_user("Ana")], notice_minutes=3 * 24 * 60))
    assert found.starts() == [NINE + timedelta(minutes=30 * number) for number in range(16)]
    assert not any(found.offers(start) for start in found.starts())
    sunday = window_of_dates("Europe/Paris", TUESDAY + timedelta(days=5), TUESDAY + timedelta(days=5))
    assert explained(make_link(hosts=[make_user("Ana")]), asked=sunday).starts() == []


@pytest.mark.rule("R4")
@pytest.mark.rule("R43")
def test_diaries_are_what_the_rules_saw(world: Flask) -> None:
    ana, ben = make_user("Ana"), make_user("Ben")
    make_busy(ana, (NINE, NINE + HALF_HOUR), (NINE + HALF_HOUR, NINE + 2 * HALF_HOUR))
    make_feed(ana, checked_at=NOW, known_until=NINE + timedelta(hours=4))
    other = make_link("personal", hosts=[ben], buffer_before=10, buffer_after=20)
    db.session.commit()
    booking = book(other, ask(), now=NOW)
    found = explained(make_link(hosts=[ana, ben]))
    window = found.everybody.window
    diaries = diaries_of(found.scene.hosts, window)
    for time in found.everybody.hosts:
        assert diaries.by_host[time.host_id].host_time(time, window) == time
    first = step_before(NINE)
    assert [(one.start, one.end) for one in diaries.by_host[ana.id].busy] == [(first, first + 12)]
    assert diaries.by_host[ana.id].known_until == first + 48
    assert diaries.by_host[ben.id].booked == (Taken(booking.id, first, first + 6, 2, 4),)


@pytest.mark.rule("R43")
def test_titles_are_told_to_nobody_but_their_host(world: Flask) -> None:
    ana, ben = make_user("Ana"), make_user("Ben")
    make_busy(ana, (NINE, NINE + HALF_HOUR))
    db.session.query(BuiltinEvent).one().title = "Board"
    link = make_link(hosts=[ana, ben])
    db.session.commit()
    scene = scene_of(link, visitor=NOBODY, duration=30, now=NOW)
    (taken,) = diaries_of(scene.hosts, DAY.widened(STEPS_A_DAY)).by_host[ana.id].busy
    assert titles_at(taken, ana) == ["Board"]
    assert titles_at(taken, ben) == []
