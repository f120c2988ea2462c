"""The way through R20's table for an address, told step by step (R20, R43)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.factories import NOW, make_busy, make_contact, make_link, make_user
from website.extensions import db
from website.models import Link
from website.services.availability import scene_of
from website.services.contact import recognise
from website.services.owner_path import TABLE, OwnerPath, owner_path

DANA = "dana@prospect.example"


def path(link: Link, email: str = DANA) -> OwnerPath:
    db.session.commit()
    return owner_path(scene_of(link, visitor=recognise(email, link), duration=30, now=NOW))


def team(kind: str = "round_robin", *, busy_days: int = 0, **values: Any) -> Link:
    """Ana and Ben on a link; Ben owns Dana."""
    ana, ben = make_user("Ana"), make_user("Ben")
    if busy_days:
        make_busy(ben, (NOW - timedelta(days=1), NOW + timedelta(days=busy_days)))
    make_contact(DANA, owner=ben)
    return make_link(kind, hosts=[ana, ben], **{"owner_first": True} | values)


@pytest.mark.rule("R20")
def test_an_owner_with_times_decides(world: Flask) -> None:
    found = path(team())
    assert (found.row, found.rule, found.hosts, found.standing) == ("owner", "owner", True, None)
    assert found.owner is not None and found.owner.name == "Ben"
    assert found.contact is not None and found.contact.name == "Dana"
    assert (found.source, found.first) == ("contact", NOW)


@pytest.mark.rule("R20")
def test_an_address_that_nobody_knows_or_owns_sees_everybody(world: Flask) -> None:
    link = team()
    unknown = path(link, "else@prospect.example")
    assert (unknown.row, unknown.contact, unknown.owner) == ("unowned", None, None)
    make_contact("eve@prospect.example")
    unowned = path(link, "eve@prospect.example")
    assert (unowned.row, unowned.contact is not None, unowned.owner) == ("unowned", True, None)


@pytest.mark.rule("R20")
def test_an_owner_who_cannot_host_or_is_no_host_does_not_decide(world: Flask) -> None:
    link = team()
    link.hosts[1].user.seat = False
    found = path(link)
    assert (found.row, found.rule, found.standing) == ("not_able", "owner_not_able", "no_seat")
    make_contact("eve@prospect.example", owner=make_user("Cleo"))
    stranger = path(link, "eve@prospect.example")
    assert (stranger.row, stranger.rule, stranger.hosts) == ("not_able", "owner_not_host", False)


@pytest.mark.rule("R20")
def test_an_owner_without_times_shows_none_and_colleagues_where_the_link_says_so(world: Flask) -> None:
    found = path(team(busy_days=200))
    assert (found.row, found.first, found.colleagues) == ("owner_without_times", None, False)


@pytest.mark.rule("R20")
def test_colleagues_are_offered_besides_when_the_owner_is_far_away(world: Flask) -> None:
    far = path(team(busy_days=9, owner_fallback_days=5))
    assert (far.row, far.days, far.colleagues) == ("owner", 5, True)


@pytest.mark.rule("R26")
@pytest.mark.parametrize(("kind", "owner_first"), [("group", True), ("round_robin", False)])
def test_a_link_that_heeds_no_owner_has_no_row(world: Flask, kind: str, owner_first: bool) -> None:
    found = path(team(kind, owner_first=owner_first))
    assert (found.asks, found.row) == (False, "")
    assert found.owner is not None


def test_the_table_has_the_rows_of_the_rule() -> None:
    assert list(TABLE) == ["unowned", "not_able", "owner", "owner_without_times"]
