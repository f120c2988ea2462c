"""A group link says whose calendar costs it slots, and who would have to be optional where it has none (R6)."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.factories import NOW, make_busy, make_feed, make_link, make_user
from website.extensions import db
from website.models import Link, User
from website.services.availability import Scene, booking_window, offer_in, scene_of
from website.services.contact import NOBODY
from website.services.group_cost import GroupCost, cost_of

FOR_EVER = (NOW - timedelta(days=1), NOW + timedelta(days=500))


def cost(link: Link) -> GroupCost:
    db.session.commit()
    found = cost_of(link, duration=30, now=NOW)
    assert found is not None
    return found


def scene(link: Link) -> Scene:
    db.session.commit()
    return scene_of(link, visitor=NOBODY, duration=30, now=NOW)


def offered_in_all(link: Link) -> int:
    asked = scene(link)
    window = booking_window(asked)
    assert window is not None
    return offer_in(asked, window).starts.bit_count()


def without(link: Link, *users: User) -> int:
    """How many slots there really are once these hosts are optional."""
    for host in link.hosts:
        host.optional = host.user_id in {user.id for user in users}
    count = offered_in_all(link)
    for host in link.hosts:
        host.optional = False
    return count


@pytest.mark.rule("R6")
def test_the_dearest_host_comes_first_with_what_is_gained_without(world: Flask) -> None:
    ana, ben, cleo = (make_user(name) for name in ("Ana", "Ben", "Cleo"))
    make_busy(ana, (NOW, NOW + timedelta(hours=2)))
    make_busy(ben, (NOW + timedelta(hours=1), NOW + timedelta(hours=6)))
    found = cost(make_link("group", hosts=[ana, ben, cleo]))
    assert [(one.host.name, one.gained) for one in found.hosts] == [
        ("Ben", (8, 8)),
        ("Ana", (2, 2)),
        ("Cleo", (0, 0)),
    ]
    # Office hours in Paris on a Monday at 9: sixteen half hours less the two that are past.
    assert found.possible[0] - found.offered[0] == 12
    assert found.ways == []
    assert found.first is not None


@pytest.mark.rule("R6")
@pytest.mark.rule("R12")
def test_where_nothing_is_left_the_smallest_set_is_named(world: Flask) -> None:
    ana, ben, cleo = (make_user(name) for name in ("Ana", "Ben", "Cleo"))
    make_feed(ben, broken=True, checked_at=NOW)
    link = make_link("group", hosts=[ana, ben, cleo])
    found = cost(link)
    assert (found.first, found.offered) == (None, (0, 0))
    assert found.hosts[0].host.standing == "calendar_broken"
    assert [way.host_ids for way in found.ways] == [(ben.id,)]
    assert found.ways[0].starts == without(link, ben)


@pytest.mark.rule("R6")
def test_where_nobody_alone_helps_pairs_are_named(world: Flask) -> None:
    ana, ben, cleo = (make_user(name) for name in ("Ana", "Ben", "Cleo"))
    make_busy(ana, FOR_EVER)
    make_busy(ben, FOR_EVER)
    link = make_link("group", hosts=[ana, ben, cleo])
    found = cost(link)
    assert [set(way.host_ids) for way in found.ways] == [{ana.id, ben.id}]
    assert found.ways[0].starts == without(link, ana, ben) > 0
    assert without(link, ana) == without(link, ben) == 0


@pytest.mark.rule("R6")
def test_where_the_links_own_rules_leave_nothing_nobody_is_blamed(world: Flask) -> None:
    found = cost(make_link("group", hosts=[make_user("Ana"), make_user("Ben")], hours={}))
    assert (found.possible, found.offered, found.ways) == ((0, 0), (0, 0), [])


@pytest.mark.rule("R6")
def test_an_optional_host_costs_nothing_and_one_host_alone_is_no_group(world: Flask) -> None:
    ana, ben = make_user("Ana"), make_user("Ben")
    make_busy(ben, FOR_EVER)
    link = make_link("group", hosts=[ana, ben])
    link.hosts[1].optional = True
    assert [one.host.name for one in cost(link).hosts] == ["Ana"]
    assert cost_of(make_link(hosts=[ana, ben]), duration=30, now=NOW) is None
    assert cost_of(make_link("personal", hosts=[ana]), duration=30, now=NOW) is None
