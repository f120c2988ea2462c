"""What hosts offer is noted once a day, and forgotten after a year (R24)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, make_busy, make_link, make_user
from website.extensions import db
from website.models import Link, OfferedHours, User
from website.services import offered_hours
from website.services.offered_hours import average_hours, note_offered_due, offered_minutes
from website.services.seldom import Seldom

DAY = timedelta(days=1)
# Ten working days of eight hours.
OPEN = 10 * 8 * 60


@pytest.fixture(autouse=True)
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has noted nothing yet."""
    monkeypatch.setattr(offered_hours, "_rest", Seldom(timedelta(hours=1)))


def notes() -> dict[tuple[int, str], int]:
    return {(row.user_id, f"{row.on}"): row.minutes for row in db.session.scalars(select(OfferedHours))}


def team() -> tuple[Link, User, User]:
    ana, ben = make_user("Ana"), make_user("Ben")
    make_busy(ben, (NOW, NOW + 7 * DAY))
    link = make_link(hosts=[ana, ben, make_user("Cleo", calendar=False)])
    db.session.commit()
    return link, ana, ben


@pytest.mark.both_engines
@pytest.mark.rule("R24")
def test_each_host_of_a_link_has_a_note_a_day(world: Flask) -> None:
    link, ana, ben = team()
    make_link("group", [ana, ben])
    make_link("round_robin", [ana], active=False)
    db.session.commit()
    assert note_offered_due(NOW) == 0
    assert notes() == {
        (ana.id, "2027-02-01"): OPEN, (ben.id, "2027-02-01"): OPEN // 2, (link.hosts[2].user_id, "2027-02-01"): 0,
    }  # fmt: skip


@pytest.mark.rule("R24")
def test_a_second_look_on_the_same_day_changes_nothing(world: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _link, ana, _ben = team()
    note_offered_due(NOW)
    before = notes()
    make_busy(ana, (NOW, NOW + 7 * DAY))
    db.session.commit()
    assert note_offered_due(NOW + timedelta(hours=2)) == 0
    assert notes() == before
    note_offered_due(NOW + DAY)
    assert len(notes()) == 2 * len(before)


@pytest.mark.rule("R24")
def test_two_workers_at_once_make_one_note(world: Flask) -> None:
    link, _ana, _ben = team()
    minutes = offered_minutes(link, NOW)
    for _worker in range(2):
        offered_hours._store(link.id, minutes, NOW.date())
    db.session.commit()
    assert len(notes()) == 3


@pytest.mark.rule("R24")
def test_slots_that_overlap_count_once(world: Flask) -> None:
    ana = make_user("Ana")
    link = make_link(hosts=[ana], durations=[60], increment=15)
    db.session.commit()
    assert offered_minutes(link, NOW) == {ana.id: OPEN}


@pytest.mark.both_engines
@pytest.mark.rule("R24")
def test_an_average_of_the_dates_asked_for_and_old_notes_go(world: Flask) -> None:
    link, ana, _ben = team()
    for days, minutes in ((401, 60), (3, 120), (2, 240), (1, 999)):
        on = (NOW - days * DAY).date()
        db.session.add(OfferedHours(link_id=link.id, user_id=ana.id, on=on, minutes=minutes))
    db.session.commit()
    dates = ((NOW - 3 * DAY).date(), (NOW - 2 * DAY).date())
    assert average_hours(link.id, *dates) == {ana.id: 3}
    note_offered_due(NOW)
    assert (NOW - 401 * DAY).date() not in set(db.session.scalars(select(OfferedHours.on)))


@pytest.mark.rule("R24")
def test_many_links_are_noted_a_few_at_a_time(world: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offered_hours, "BATCH", 2)
    ana = make_user("Ana")
    for _number in range(3):
        make_link(hosts=[ana])
    db.session.commit()
    assert [note_offered_due(NOW) for _round in range(3)] == [2, 0, 0]
    assert len({row.link_id for row in db.session.scalars(select(OfferedHours))}) == 3
