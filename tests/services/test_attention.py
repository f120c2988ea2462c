"""What needs attention: one test for each kind of line, and that a user whose things are in order reads nothing."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests.factories import NOW, make_busy, make_feed, make_link, make_user
from tests.services.test_booking import NINE, ask
from tests.trouble import failed_mail, moved_event
from website.extensions import db
from website.models import Booking, User
from website.services.attention import MOST_LINKS, needs_of
from website.services.booking import book
from website.services.cancellation import cancel
from website.services.transaction import in_transaction
from website.services.worker_sign import SILENT, sign

LONG = timedelta(days=100)


@pytest.fixture
def ana(world: Flask) -> User:
    user = make_user("Ana")
    db.session.commit()
    return user


def kinds(user: User) -> list[str]:
    db.session.commit()
    return [need.kind for need in needs_of(user, NOW)]


def about(user: User, kind: str) -> Any:
    db.session.commit()
    found = [need.about for need in needs_of(user, NOW) if need.kind == kind]
    assert len(found) == 1
    return found[0]


def booked(host: User, **values: Any) -> Booking:
    link = make_link("personal", hosts=[host])
    db.session.commit()
    made = book(link, ask(NINE), now=NOW)
    for name, value in values.items():
        setattr(made, name, value)
    return made


@pytest.mark.both_engines
def test_nothing_is_asked_of_who_has_everything_in_order(world: Flask) -> None:
    ana = make_user("Ana")
    booked(ana)
    make_link("group", hosts=[ana, make_user("Ben")])
    assert kinds(ana) == []


@pytest.mark.rule("R31")
@pytest.mark.both_engines
@pytest.mark.parametrize("kind", ["clash", "unchecked"])
def test_a_meeting_that_clashes_or_could_not_be_checked(world: Flask, kind: str) -> None:
    ana, ben = make_user("Ana"), make_user("Ben")
    booking = booked(ana, **{kind: True})
    assert about(ana, kind) == booking
    assert kinds(ben) == []
    cancel(booking.token, reason="", now=NOW)
    assert kinds(ana) == []


@pytest.mark.rule("R31")
def test_a_meeting_that_is_over_is_past_caring_about(ana: User) -> None:
    booking = booked(ana, clash=True)
    booking.start_at, booking.end_at = NOW - timedelta(hours=1), NOW
    assert kinds(ana) == []


@pytest.mark.both_engines
def test_an_event_that_was_moved_or_deleted_in_the_calendar(world: Flask) -> None:
    ana = make_user("Ana")
    booking = booked(ana)
    event_id = moved_event(booking.id)
    assert about(ana, "event").id == event_id
    cancel(booking.token, reason="", now=NOW)
    assert kinds(ana) == []


@pytest.mark.rule("R12")
@pytest.mark.rule("R41")
@pytest.mark.parametrize(
    ("values", "standing"),
    [({"seat": False}, "no_seat"), ({"calendar": False}, "no_calendar")],
)
def test_who_cannot_host(world: Flask, values: dict[str, Any], standing: str) -> None:
    ben = make_user("Ben", **values)
    assert about(ben, "cannot_host").standing == standing


@pytest.mark.rule("R12")
def test_a_broken_calendar_that_keeps_its_user_from_hosting_is_told_once(ana: User) -> None:
    make_feed(ana, broken=True)
    make_link("personal", hosts=[ana])
    assert kinds(ana) == ["cannot_host"]


@pytest.mark.rule("R12")
def test_a_calendar_that_does_not_answer_while_its_user_still_hosts(ana: User) -> None:
    feed = make_feed(ana, checked_at=NOW, failing_since=NOW)
    state = about(ana, "calendar")
    assert (state.account, state.known.state) == (feed, "slow")


def test_a_link_without_any_host_who_can_host(ana: User) -> None:
    link = make_link(hosts=[make_user("Ben", calendar=False)])
    link.creator_id = ana.id
    assert about(ana, "no_host") == link


@pytest.mark.rule("R12")
def test_a_link_that_needs_all_of_its_hosts_and_misses_one(ana: User) -> None:
    cleo = make_user("Cleo", calendar=False)
    link = make_link("group", hosts=[ana, cleo])
    make_link("round_robin", hosts=[ana, cleo])
    assert about(ana, "host_missing") == link
    assert kinds(ana) == ["host_missing"]


@pytest.mark.both_engines
def test_a_link_that_nobody_can_book_as_it_has_no_times(world: Flask) -> None:
    ana = make_user("Ana")
    shut = make_link("personal", hosts=[ana], hours={})
    assert about(ana, "no_times") == shut
    shut.active = False
    make_busy(ana, (NOW - LONG, NOW + LONG))
    full = make_link("personal", hosts=[ana])
    assert about(ana, "no_times") == full


def test_links_that_are_off_are_not_looked_at_in_the_place_of_others(ana: User) -> None:
    for number in range(25):
        make_link("personal", hosts=[ana], title=f"A{number}", slug=f"a{number}", active=False)
    shut = make_link("personal", hosts=[ana], title="Z", hours={})
    assert about(ana, "no_times") == shut


def test_links_that_are_off_are_told_together(ana: User) -> None:
    off = [make_link("personal", hosts=[ana], active=False, title=title) for title in ("A", "B")]
    assert about(ana, "off") == off


def test_the_links_of_others_are_theirs_to_look_after(ana: User) -> None:
    make_link("personal", hosts=[make_user("Ben")], hours={})
    ana.role = "admin"
    db.session.commit()
    in_transaction(lambda: sign("worker", NOW))
    assert kinds(ana) == []


def test_admins_learn_that_no_worker_runs(ana: User) -> None:
    assert kinds(ana) == []
    ana.role = "admin"
    assert kinds(ana) == ["no_worker"]
    db.session.commit()
    in_transaction(lambda: sign("worker", NOW))
    assert kinds(ana) == []
    in_transaction(lambda: sign("worker", NOW - SILENT))
    assert kinds(ana) == ["no_worker"]


def test_admins_learn_what_could_not_be_delivered(ana: User) -> None:
    failed_mail()
    assert kinds(ana) == []
    ana.role = "admin"
    db.session.commit()
    in_transaction(lambda: sign("worker", NOW))
    assert about(ana, "undelivered") == 1


def test_it_reads_and_never_writes_and_looks_at_so_many_links_only(ana: User) -> None:
    for _ in range(MOST_LINKS + 5):
        make_link("personal", hosts=[ana], hours={})
    db.session.commit()
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    assert len(needs_of(ana, NOW)) == MOST_LINKS
    assert all(statement.startswith(("SELECT", "PRAGMA", "BEGIN")) for statement in said)


def test_each_kind_has_its_words() -> None:
    from website.views.workspace.attention import WORDS

    told = {
        "no_worker", "crm", "undelivered", "cannot_host", "calendar", "event", "clash", "unchecked", "no_host",
        "host_missing", "no_times", "off",
    }  # fmt: skip
    assert set(WORDS) == told
