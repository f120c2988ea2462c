"""Owners of the CRM, copied hourly, and which user each of them is."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, make_user
from tests.peers.hubspot import HubSpot
from tests.peers.hubspot_site import with_hubspot
from website.config import Config
from website.extensions import db
from website.models import CrmOwner, CrmState, User
from website.services import crm_owner
from website.services.crm_owner import go_by_address, read_owners_due, read_owners_now, set_user
from website.services.errors import BadRequest, NotAllowed
from website.services.seldom import Seldom

pytestmark = pytest.mark.rule("R20")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def config(config: Config, hubspot: HubSpot) -> Config:
    return with_hubspot(config, hubspot)


@pytest.fixture(autouse=True)
def _first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crm_owner, "_look", Seldom(timedelta(seconds=30)))


@pytest.fixture
def boss(world: Flask) -> User:
    boss = make_user("Boss", role="admin", calendar=False, seat=False)
    db.session.commit()
    return boss


def owners() -> dict[str, tuple[int | None, bool, bool]]:
    """By the id in HubSpot: the user, by hand, archived."""
    db.session.rollback()
    rows = db.session.scalars(select(CrmOwner))
    return {row.external_id: (row.user_id, row.by_hand, row.archived) for row in rows}


@pytest.mark.both_engines
def test_owners_are_users_by_their_address_and_stay_whom_an_admin_chose(boss: User, hubspot: HubSpot) -> None:
    ana, ben = make_user("Ana"), make_user("Ben")
    first = hubspot.add_owner(f" {ana.email.upper()} ", "Ana Alves")
    second = hubspot.add_owner("ben@elsewhere.example", "Ben")
    gone = hubspot.add_owner(ben.email, "Ben", archived=True)
    db.session.commit()
    assert read_owners_due(NOW) == 1
    assert owners() == {
        first: (ana.id, False, False), second: (None, False, False), gone: (ben.id, False, True),
    }  # fmt: skip
    number = db.session.scalars(select(CrmOwner.id).where(CrmOwner.external_id == second)).one()
    set_user(number, ben.id, by=boss)
    hubspot.owners[first].email = "other@acme.example"
    del hubspot.owners[gone]
    assert read_owners_now(by=boss, now=NOW + MINUTE)
    assert owners() == {
        first: (None, False, False), second: (ben.id, True, False), gone: (ben.id, False, True),
    }  # fmt: skip
    go_by_address(number, by=boss)
    assert owners()[second] == (None, False, False)


def test_any_number_of_workers_read_once_an_hour_and_sooner_after_a_failure(
    boss: User, hubspot: HubSpot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another_worker(now_after: timedelta) -> int:
        monkeypatch.setattr(crm_owner, "_look", Seldom(timedelta(seconds=30)))
        return read_owners_due(NOW + now_after)

    assert [another_worker(MINUTE * n) for n in (0, 0, 1, 59, 60)] == [1, 0, 0, 0, 1]
    hubspot.fail("unauthorized")
    assert [another_worker(MINUTE * n) for n in (120, 121, 126)] == [1, 0, 1]
    state = db.session.scalars(select(CrmState)).one()
    assert state.error == "CrmRefused: HubSpot refuses the token."
    assert (state.read_at, state.tried_at) == (NOW + 60 * MINUTE, NOW + 126 * MINUTE)
    hubspot.heal()
    assert another_worker(132 * MINUTE) == 1
    db.session.rollback()
    assert (state.error, state.read_at) == ("", NOW + 132 * MINUTE)
    monkeypatch.setattr(crm_owner, "linked_crm", lambda: None)
    assert another_worker(999 * MINUTE) == 0


def test_a_reading_that_fails_leaves_the_owners_as_they_are(boss: User, hubspot: HubSpot) -> None:
    number = hubspot.add_owner(boss.email)
    assert read_owners_now(by=boss, now=NOW)
    before = owners()
    for kind in ("error", "html", "truncated"):
        hubspot.fail(kind)
        assert not read_owners_now(by=boss, now=NOW)
        hubspot.heal()
    assert owners() == before and before[number] == (boss.id, False, False)


def test_only_admins_decide(boss: User, hubspot: HubSpot) -> None:
    ana = make_user("Ana")
    hubspot.add_owner(ana.email)
    db.session.commit()
    read_owners_now(by=boss, now=NOW)
    number = db.session.scalars(select(CrmOwner.id)).one()
    with pytest.raises(NotAllowed):
        read_owners_now(by=ana, now=NOW)
    with pytest.raises(NotAllowed):
        set_user(number, ana.id, by=ana)
    with pytest.raises(NotAllowed):
        go_by_address(number, by=ana)
    for owner, user in ((number + 1, ana.id), (number, 999_999)):
        with pytest.raises(BadRequest):
            set_user(owner, user, by=boss)
