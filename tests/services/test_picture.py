"""Pictures are kept once for each content, shown for whom they stand, and thrown away when nobody shows them."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import make_link, make_user
from tests.images import picture
from website.extensions import db
from website.models import Picture, User
from website.services.errors import Invalid, NotAllowed
from website.services.picture import (
    content_of,
    hide_link,
    hide_user,
    picture_for,
    prune_pictures,
    show_link,
    show_user,
)
from website.services.transaction import in_transaction

MANY = 100


def user(name: str = "Ana", **values: Any) -> User:
    made = make_user(name, **values)
    db.session.commit()
    return made


def names() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Picture.name)))


@pytest.mark.both_engines
def test_the_same_picture_is_kept_once(world: Flask) -> None:
    ana, ben = user(), user("Ben")
    show_user(picture(), of=ana)
    show_user(picture(), of=ben)
    assert ana.picture == ben.picture
    assert names() == [ana.picture]
    assert content_of(ana.picture) is not None
    assert content_of("0" * 32) is None


def test_what_is_no_picture_changes_nothing(world: Flask) -> None:
    ana = user()
    show_user(picture(), of=ana)
    before = ana.picture
    with pytest.raises(Invalid) as refused:
        show_user(b"no picture", of=ana)
    assert list(refused.value.errors) == ["picture"]
    assert ana.picture == before


def test_a_link_shows_its_own_picture_else_its_only_host(world: Flask) -> None:
    ana, ben = user(), user("Ben")
    mine, ours = make_link("personal", hosts=[ana], slug="mine"), make_link(hosts=[ana, ben], slug="ours")
    db.session.commit()
    show_user(picture(), of=ana)
    assert (picture_for(mine), picture_for(ours)) == (ana.picture, "")
    for link in (mine, ours):
        show_link(link.slug, picture(colour="#ff0000"), by=ana)
        assert picture_for(link) == link.picture != ana.picture
    hide_link("mine", by=ana)
    assert picture_for(mine) == ana.picture
    hide_user(of=ana)
    assert picture_for(mine) == ""


@pytest.mark.rule("R42")
def test_who_may_not_change_a_link_gives_it_no_picture(world: Flask) -> None:
    link, eve = make_link(hosts=[user()], slug="ours"), user("Eve")
    with pytest.raises(NotAllowed):
        show_link("ours", picture(), by=eve)
    with pytest.raises(NotAllowed):
        hide_link("ours", by=eve)
    assert link.picture == ""


@pytest.mark.both_engines
def test_a_picture_that_nobody_shows_any_more_goes(world: Flask) -> None:
    ana, link = user(), make_link(hosts=[user("Ben")], slug="ours")
    db.session.commit()
    show_user(picture(), of=ana)
    show_link("ours", picture(colour="#ff0000"), by=link.hosts[0].user)
    assert in_transaction(lambda: prune_pictures(MANY)) == 0
    show_user(picture(colour="#00ff00"), of=ana)
    assert in_transaction(lambda: prune_pictures(MANY)) == 1
    assert sorted(names()) == sorted([ana.picture, link.picture])
    hide_user(of=ana)
    hide_link("ours", by=link.hosts[0].user)
    assert in_transaction(lambda: prune_pictures(MANY)) == 2
    assert names() == []
