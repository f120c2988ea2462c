"""Inviting and changing users: admins alone, every address once, and never without an admin."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.at_once import at_once
from tests.factories import NOW, make_organisation, make_user
from website.extensions import db
from website.models import User
from website.services.errors import Invalid, NotAllowed, UnknownUser
from website.services.sign_in import Person, sign_in
from website.services.team import UserValues, change_profile, change_user, forget_account, invite

ADA = UserValues("Ada@Acme.example", "Ada", "member", seat=True)
PERSON = Person("https://accounts.example", "1", "ada@acme.example", True, "Ada at the provider")


@pytest.fixture
def cleo(world: Flask) -> User:
    make_organisation(timezone="Europe/Lisbon")
    cleo = make_user("Cleo", role="admin", email="cleo@acme.example")
    db.session.commit()
    return cleo


def values_of(user: User) -> UserValues:
    return UserValues(user.email, user.name, user.role, user.seat, user.active)


def test_an_invited_user_is_there_and_can_sign_in(cleo: User) -> None:
    user = invite(ADA, by=cleo)
    assert (user.email, user.name, user.timezone) == ("ada@acme.example", "Ada", "Europe/Lisbon")
    assert (user.role, user.seat, user.active, user.hours) == ("member", True, True, {})
    assert sign_in(PERSON, now=NOW) == user


@pytest.mark.parametrize("active", [True, False])
def test_an_address_is_one_user_s_whoever_is_still_there(cleo: User, active: bool) -> None:
    make_user("Ada", email="ada@acme.example", active=active)
    db.session.commit()
    with pytest.raises(Invalid) as refused:
        invite(ADA, by=cleo)
    assert set(refused.value.errors) == {"email"}
    with pytest.raises(Invalid):
        change_user(cleo.id, replace(values_of(cleo), email="ADA@acme.example"), by=cleo, now=NOW)
    assert cleo.email == "cleo@acme.example"


def test_everything_about_a_user_can_be_changed(cleo: User) -> None:
    ada = invite(ADA, by=cleo)
    change_user(
        ada.id, UserValues("a@acme.example", "A", "admin", seat=False, active=False), by=cleo, now=NOW
    )
    assert values_of(ada) == UserValues("a@acme.example", "A", "admin", False, False)
    change_user(ada.id, values_of(ada), by=cleo, now=NOW)
    assert ada.email == "a@acme.example"


@pytest.mark.parametrize(("change", "field"), [({"role": "member"}, "role"), ({"active": False}, "active")])
def test_the_last_active_admin_does_not_go(cleo: User, change: dict[str, object], field: str) -> None:
    former = make_user("Former", role="admin", active=False)
    db.session.commit()
    with pytest.raises(Invalid) as refused:
        change_user(cleo.id, replace(values_of(cleo), **change), by=cleo, now=NOW)
    assert set(refused.value.errors) == {field}
    assert values_of(cleo) == replace(values_of(cleo), role="admin", active=True)
    change_user(former.id, replace(values_of(former), active=True), by=cleo, now=NOW)
    change_user(cleo.id, replace(values_of(cleo), **change), by=cleo, now=NOW)
    assert getattr(cleo, field) == change[field]


def test_the_last_admin_may_change_in_any_other_way(cleo: User) -> None:
    change_user(cleo.id, replace(values_of(cleo), name="C", seat=False), by=cleo, now=NOW)
    assert (cleo.name, cleo.seat) == ("C", False)


@pytest.mark.both_engines
def test_of_admins_who_all_go_at_once_one_stays(world: Flask) -> None:
    admins = [make_user(f"A{number}", role="admin") for number in range(5)]
    db.session.commit()
    ids = [admin.id for admin in admins]

    def go(user_id: int) -> None:
        user = db.session.get_one(User, user_id)
        change_user(user_id, replace(values_of(user), role="member"), by=user, now=NOW)

    answers = at_once(world, go, ids)
    assert sorted(type(answer).__name__ for answer in answers) == ["Invalid", *["NoneType"] * 4]
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).where(User.role == "admin")) == 1


@pytest.mark.both_engines
def test_of_invitations_to_one_address_at_once_one_is_made(cleo: User, world: Flask) -> None:
    cleo_id = cleo.id
    answers = at_once(
        world, lambda values: invite(values, by=db.session.get_one(User, cleo_id)).id, [ADA] * 5
    )
    assert sum(isinstance(answer, Invalid) for answer in answers) == 4, answers
    assert db.session.scalar(select(func.count()).where(User.email == "ada@acme.example")) == 1


def test_only_active_admins_change_the_team(cleo: User) -> None:
    for by in (make_user("Ben"), make_user("Gone", role="admin", active=False)):
        db.session.commit()
        for attempt in (
            lambda by=by: invite(ADA, by=by),
            lambda by=by: change_user(cleo.id, values_of(cleo), by=by, now=NOW),
            lambda by=by: forget_account(cleo.id, by=by),
        ):
            with pytest.raises(NotAllowed):
                attempt()


def test_who_does_not_exist_cannot_be_changed(cleo: User) -> None:
    with pytest.raises(UnknownUser):
        change_user(999, ADA, by=cleo, now=NOW)
    with pytest.raises(UnknownUser):
        forget_account(999, by=cleo)


def test_a_user_can_be_given_to_another_account(cleo: User) -> None:
    ada = invite(ADA, by=cleo)
    sign_in(PERSON, now=NOW)
    forget_account(ada.id, by=cleo)
    assert sign_in(replace(PERSON, subject="new"), now=NOW) == ada
    assert [identity.subject for identity in ada.identities] == ["new"]


def test_users_change_their_own_name_and_zone(cleo: User) -> None:
    change_profile("Cleopatra", "Africa/Cairo", "ar-EG", of=cleo)
    assert (cleo.name, cleo.timezone) == ("Cleopatra", "Africa/Cairo")
