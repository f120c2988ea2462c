"""The figures of fairness: against what each host should have had of what was booked while they could host (R24)."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from tests.scheduling.year import DAY, START, Year
from tests.services.link_year import LinkYear
from website.extensions import db
from website.models import Booking
from website.services import fairness
from website.services.fairness import Fairness, fairness_of
from website.services.next_host import next_hosts

DAYS = 56
WEEKS = 12
END = START + 70 * DAY


@pytest.fixture
def real(world: Flask) -> LinkYear:
    year = Year(hosts=8, bookings=80, days=DAYS, seed=6)
    lived = LinkYear(year, "balanced")
    lived.log, lived.year = year.live(lived), year  # type: ignore[attr-defined]
    db.session.commit()
    return lived


def by_host(figures: Fairness) -> dict[int, float]:
    return {one.host_id: sum(one.wanted) for one in figures.hosts}


@pytest.mark.rule("R24")
def test_bookings_are_counted_by_who_hosts_them_now_and_shares_by_who_could(real) -> None:
    figures = fairness_of(real.link, WEEKS, END)
    kept = list(real.log.kept())
    got, routed = Counter(host for _request, host in kept), Counter(real.log.host_of.values())
    assert {one.host_id: sum(one.got) for one in figures.hosts} == {
        host: got[host] for host in real.year.weights()
    }
    assert {one.host_id: one.routed for one in figures.hosts} == {
        host: routed[host] - got[host] for host in real.year.weights()
    }
    made = db.session.query(Booking).count()
    assert (figures.made, figures.read, figures.counted) == (made, made, len(kept))
    wanted = real.year.targets(kept)
    assert all(abs(share - wanted[host]) < 0.1 * wanted[host] + 1 for host, share in by_host(figures).items())
    assert abs(sum(one.difference for one in figures.hosts)) < 1e-6


@pytest.mark.rule("R24")
def test_a_sample_of_receipts_tells_nearly_the_same(real, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fairness_of(real.link, WEEKS, END)
    monkeypatch.setattr(fairness, "SAMPLE", 40)
    sampled = fairness_of(real.link, WEEKS, END)
    assert sampled.read <= 40 < whole.read
    assert [sum(one.got) for one in sampled.hosts] == [sum(one.got) for one in whole.hosts]
    for host, share in by_host(whole).items():
        assert abs(by_host(sampled)[host] - share) < 0.25 * share + 1.5


@pytest.mark.rule("R24")
def test_absences_stand_where_the_receipts_say_so(real) -> None:
    for one in fairness_of(real.link, WEEKS, END).hosts:
        (worker,) = [each for each in real.year.workers if each.id == one.host_id]
        for first, last in one.away:
            assert any(start.date() <= first and last <= end.date() for start, end in worker.away)
        assert 0 < one.free < one.asked


@pytest.mark.rule("R24")
def test_owner_routed_bookings_count_where_the_link_says_so(real) -> None:
    apart = fairness_of(real.link, WEEKS, END)
    real.link.owner_counts = True
    together = fairness_of(real.link, WEEKS, END)
    assert together.counted == apart.counted + sum(one.routed for one in apart.hosts)
    assert abs(sum(one.difference for one in together.hosts)) < 1e-6


@pytest.mark.rule("R24")
def test_who_got_a_booking_and_left_the_link_is_still_there(real) -> None:
    gone = real.link.hosts[0].user_id
    real.link.hosts.pop(0)
    db.session.commit()
    figures = fairness_of(real.link, WEEKS, END)
    assert [one.on_link for one in figures.hosts] == [True] * 7 + [False]
    assert figures.hosts[-1].host_id == gone


@pytest.mark.rule("R24")
def test_bookings_before_the_period_are_not_read(real) -> None:
    said = list[str]()
    event.listen(db.engine, "before_cursor_execute", lambda *about: said.append(about[2]))
    figures = fairness_of(real.link, 4, START + 28 * DAY + DAY)
    assert figures.start_at == START + DAY
    plans = [
        row[-1]
        for sql in list(said)
        if "created_at >" in sql and "booking_host" in sql
        for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", _blanks(sql))
    ]
    assert any("ix_booking_counted (link_id=? AND created_at>?)" in plan for plan in plans)


def _blanks(sql: str) -> tuple[int, ...]:
    return (0,) * sql.count("?")


@pytest.mark.rule("R24")
def test_nothing_was_booked(real) -> None:
    figures = fairness_of(real.link, 4, END + timedelta(days=400))
    assert (figures.made, figures.counted, figures.read) == (0, 0, 0)
    assert all(one.wanted == [0.0] * 4 for one in figures.hosts)


@pytest.mark.rule("R24")
def test_who_is_next_changes_nothing(real) -> None:
    for member in real.link.hosts:
        member.user.seat = True
    before = [(one.turn, one.present, one.head_start) for one in real.link.hosts]
    assert next_hosts(real.link, END) == []
    assert [(one.turn, one.present, one.head_start) for one in real.link.hosts] == before
