"""Somebody leaves: everything is handed over in one step, or nothing is (R42)."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.diary import Diary, diaries, link_diary
from tests.factories import NOW, make_busy, make_link, make_organisation, make_user
from tests.services.meetings import booked, claimed_by, hosts_of, no_overlap, team
from tests.services.test_booking import HALF_HOUR, NINE
from website.extensions import db
from website.ical.feed import BusyEvent
from website.models import Booking, Link, User
from website.services.errors import (
    CannotLeave,
    HostNotFree,
    Invalid,
    NobodyFree,
    NotAllowed,
    NotEligible,
    StaysBehind,
    UnknownUser,
)
from website.services.leaving import CANCEL, FREE, OFF, Choices, Unchosen, leave
from website.services.staying import left_behind, what_stays
from website.services.team import LAST_ADMIN, UserValues, change_user
from website.services.workspace_file import apply

pytestmark = [pytest.mark.both_engines, pytest.mark.rule("R42")]


@pytest.fixture
def boss(world: Flask) -> User:
    make_organisation()
    boss = make_user("Boss", role="admin")
    db.session.commit()
    return boss


@pytest.fixture
def diary() -> Iterator[Diary]:
    with diaries() as provider:
        yield provider


def go(user: User, boss: User, bookings: Any = None, links: Any = None, creator: User | None = None) -> None:
    db.session.commit()
    choices = Choices(bookings or {}, links or {}, creator.id if creator else None)
    leave(user.id, choices, by=boss, now=NOW)
    db.session.expire_all()


def hosts_on(link: Link) -> list[str]:
    return [member.user.name for member in link.hosts]


def test_what_would_stay_is_told_apart(boss: User) -> None:
    ana, ben = team("Ana", "Ben")
    coming = booked([ana], "personal", slug="alone")
    over = booked([ana], "personal", slug="over", start=NINE + HALF_HOUR)
    over.start_at, over.end_at = NOW - HALF_HOUR, NOW
    shared = make_link(hosts=[ben, ana], slug="shared")
    off = make_link("personal", hosts=[ana], slug="off", active=False)
    made = make_link("personal", hosts=[ben], slug="made")
    made.creator_id = ana.id
    stays = what_stays(ana, NOW)
    assert stays.bookings == [coming]
    assert {link.slug for link in stays.alone} == {"alone", "over"}
    assert stays.shared == [shared]
    assert {link.slug for link in stays.made} == {"alone", "over", "off", "made"}
    assert left_behind([ana.id, ben.id], NOW) == {ana.id: 1}
    assert not what_stays(make_user("Cleo"), NOW)
    assert off.creator_id == ana.id


def test_everything_goes_where_it_was_to_go_in_one_step(boss: User) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    link = make_link(hosts=[ana, ben], slug="shared", rotation="strict")
    alone = booked([ana], "personal", slug="alone")
    other = booked([ana], "personal", slug="other", start=NINE + HALF_HOUR)
    third = booked([ana], "personal", slug="third", start=NINE + 2 * HALF_HOUR)
    routed = booked([ana, cleo], slug="routed", start=NINE + 3 * HALF_HOUR)
    go(
        ana, boss,
        {alone.id: ben.id, other.id: CANCEL, third.id: cleo.id, routed.id: FREE},
        {alone.link_id: ben.id, other.link_id: OFF, third.link_id: OFF},
        creator=ben,
    )  # fmt: skip
    assert not ana.active
    assert hosts_of(alone) == ["Ben"] and hosts_of(third) == ["Cleo"] and hosts_of(routed) == ["Cleo"]
    assert not other.confirmed
    assert claimed_by(alone) == {ben.id} and claimed_by(other) == set()
    assert (hosts_on(alone.link), alone.link.active) == (["Ben"], True)
    assert not other.link.active and not third.link.active
    assert hosts_on(link) == ["Ben"] and hosts_on(routed.link) == ["Cleo"]
    assert {made.creator_id for made in db.session.scalars(select(Link))} == {ben.id}
    assert [entry["by"] for entry in alone.changes] == [boss.id]
    assert not what_stays(ana, NOW).bookings
    assert no_overlap()


@pytest.mark.parametrize("choice", ["busy", "nobody free", "nothing chosen", "cannot host"])
def test_what_cannot_go_is_told_and_nothing_is_changed(boss: User, choice: str) -> None:
    ana, ben = team("Ana", "Ben")
    cleo = make_user("Cleo", seat=False)
    make_busy(ben, (NINE, NINE + HALF_HOUR))
    booking = booked([ana, ben], slug="shared")
    fine = booked([ana], "personal", slug="fine", start=NINE + 2 * HALF_HOUR)
    chosen, error = {
        "busy": (ben.id, HostNotFree), "nobody free": (FREE, NobodyFree), "nothing chosen": ("", Unchosen),
        "cannot host": (cleo.id, NotEligible),
    }[choice]  # fmt: skip
    with pytest.raises(CannotLeave) as refused:
        go(ana, boss, {booking.id: chosen, fine.id: ben.id}, {fine.link_id: OFF})
    assert {number: type(why) for number, why in refused.value.bookings.items()} == {booking.id: error}
    db.session.expire_all()
    assert ana.active and fine.link.active
    assert hosts_of(booking) == ["Ana"] and hosts_of(fine) == ["Ana"]
    assert hosts_on(booking.link) == ["Ana", "Ben"]


def test_a_link_goes_only_to_who_can_host(boss: User) -> None:
    ana, cleo = make_user("Ana"), make_user("Cleo", calendar=False)
    link = make_link("personal", hosts=[ana])
    for chosen, error in ((cleo.id, NotEligible), ("", Unchosen), (999, UnknownUser)):
        with pytest.raises(CannotLeave) as refused:
            go(ana, boss, {}, {link.id: chosen})
        assert {number: type(why) for number, why in refused.value.links.items()} == {link.id: error}
    db.session.expire_all()
    assert ana.active and hosts_on(link) == ["Ana"]


def test_one_who_was_only_invited_is_needed_when_the_link_becomes_theirs(boss: User) -> None:
    ana, ben = team("Ana", "Ben")
    link = make_link("group", hosts=[ana, ben])
    link.hosts[1].optional = True
    go(ana, boss, {}, {link.id: ben.id})
    assert hosts_on(link) == ["Ben"]
    assert not link.hosts[0].optional


def test_who_made_a_group_link_is_one_of_its_hosts(boss: User) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    group, round_robin = make_link("group", hosts=[ana, ben, cleo]), make_link(hosts=[ana, ben])
    go(ana, boss)
    assert (group.creator_id, round_robin.creator_id) == (ben.id, boss.id)


def test_their_place_in_a_group_goes_to_whom_it_was_given(boss: User) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    booking = booked([ana, ben], "group")
    go(ana, boss, {booking.id: cleo.id})
    assert hosts_of(booking) == ["Cleo", "Ben"]
    assert hosts_on(booking.link) == ["Ben"]


@pytest.mark.rule("R31")
def test_calendars_are_asked_before_and_what_they_say_counts(boss: User, diary: Diary) -> None:
    ana = make_user("Ana")
    ben = make_user("Ben", calendar=False, email="ben@acme.example")
    link_diary(ben, NOW)
    first = booked([ana], "personal", slug="first")
    second = booked([ana], "personal", slug="second", start=NINE + HALF_HOUR)
    diary.busy[ben.email] = [BusyEvent(NINE, NINE + HALF_HOUR, "dentist")]
    links = {first.link_id: OFF, second.link_id: OFF}
    with pytest.raises(CannotLeave) as refused:
        go(ana, boss, {first.id: ben.id, second.id: ben.id}, links)
    assert set(refused.value.bookings) == {first.id}
    db.session.expire_all()
    assert ana.active and hosts_of(second) == ["Ana"]
    go(ana, boss, {first.id: CANCEL, second.id: ben.id}, links)
    assert not ana.active and hosts_of(second) == ["Ben"] and not second.unchecked


def test_whoever_is_inactive_already_can_still_be_cleared_up_after(boss: User) -> None:
    ana, ben = team("Ana", "Ben")
    booking = booked([ana], "personal")
    ana.active = False
    go(ana, boss, {booking.id: ben.id}, {booking.link_id: ben.id})
    assert hosts_of(booking) == ["Ben"]
    assert left_behind([ana.id], NOW) == {}


def test_admins_alone_and_never_the_last_one(boss: User) -> None:
    ana = make_user("Ana")
    db.session.commit()
    with pytest.raises(NotAllowed):
        leave(boss.id, Choices(), by=ana, now=NOW)
    with pytest.raises(Invalid) as refused:
        leave(boss.id, Choices(), by=boss, now=NOW)
    assert refused.value.errors == {"active": [LAST_ADMIN]}
    with pytest.raises(UnknownUser):
        leave(999, Choices(), by=boss, now=NOW)


def test_links_do_not_go_to_who_leaves(boss: User) -> None:
    ana = make_user("Ana", role="admin")
    link = make_link("personal", hosts=[ana])
    with pytest.raises(UnknownUser):
        go(ana, ana, {}, {link.id: OFF})
    go(ana, ana, {}, {link.id: OFF}, creator=boss)
    assert (ana.active, link.creator_id, link.active) == (False, boss.id, False)


@pytest.mark.parametrize("what", ["booking", "alone", "shared", "made", "nothing"])
def test_nobody_is_deactivated_silently(boss: User, what: str) -> None:
    ana, ben = team("Ana", "Ben")
    if what == "booking":
        booked([ana], "personal").link.active = False
    elif what == "alone":
        make_link("personal", hosts=[ana]).creator_id = boss.id
    elif what == "shared":
        make_link(hosts=[ben, ana])
    elif what == "made":
        make_link("personal", hosts=[ben]).creator_id = ana.id
    db.session.commit()
    gone = UserValues(ana.email, "Ana", "member", seat=True, active=False)
    if what == "nothing":
        change_user(ana.id, gone, by=boss, now=NOW)
    else:
        with pytest.raises(StaysBehind):
            change_user(ana.id, gone, by=boss, now=NOW)
    db.session.expire_all()
    assert ana.active is (what != "nothing")


# The workspace file


FILE = """
[[users]]
email = "boss@acme.example"
name = "Boss"
role = "admin"
"""


def test_the_workspace_file_says_what_is_left_to_hand_over(boss: User) -> None:
    ana = make_user("Ana", email="ana@acme.example")
    booking = booked([ana], "personal")
    text = FILE + '[[users]]\nemail = "ana@acme.example"\nname = "Ana"\nseat = true\nactive = false\n'
    line = f"user ana@acme.example: 1 coming booking is left to hand over at /team/{ana.id}/leave"
    assert line in apply(text, prune=False, now=NOW)
    assert apply(text, prune=False, now=NOW) == []
    assert hosts_of(booking) == ["Ana"]


def test_so_does_pruning(boss: User) -> None:
    ana = make_user("Ana", email="ana@acme.example")
    booked([ana], "personal")
    booked([ana], "personal", start=NINE + HALF_HOUR)
    said = apply(FILE, prune=True, now=NOW)
    line = f"user ana@acme.example: 2 coming bookings are left to hand over at /team/{ana.id}/leave"
    assert said[said.index("deactivated user ana@acme.example") + 1] == line
    assert db.session.query(Booking).count() == 2
