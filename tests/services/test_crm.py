"""Whom the CRM names as owner while a visitor waits, and that the visitor goes on whatever it says."""

import logging

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, make_contact, make_link, make_user
from tests.peers.hubspot import HubSpot
from tests.peers.hubspot_site import with_hubspot
from tests.services.test_booking import HALF_HOUR, NINE, ask
from website.config import Config
from website.extensions import db
from website.models import CrmOwner, Link, User
from website.services import crm
from website.services.booking import book
from website.services.contact import recognise
from website.services.crm import NOT_ASKED, CrmAnswer, ask_crm
from website.services.crm_owner import read_owners_now, set_user
from website.services.memory import Memory

DANA = "dana@prospect.example"
pytestmark = pytest.mark.rule("R20")


@pytest.fixture
def config(config: Config, hubspot: HubSpot) -> Config:
    return with_hubspot(config, hubspot)


@pytest.fixture(autouse=True)
def _patiently(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no slow CRM."""
    monkeypatch.setattr(crm, "BUDGET_SECONDS", 20.0)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which answers grow old."""
    clock = Clock()
    monkeypatch.setattr(crm, "_memory", Memory(100, clock))
    return clock


@pytest.fixture
def boss(world: Flask) -> User:
    boss = make_user("Boss", role="admin", calendar=False, seat=False)
    db.session.commit()
    return boss


def linked(boss: User, hubspot: HubSpot, name: str = "Ana", **values: bool) -> tuple[User, str]:
    """A user who is an owner in HubSpot too, and has been read from there."""
    user = make_user(name)
    number = hubspot.add_owner(user.email.title(), name, **values)
    db.session.commit()
    assert read_owners_now(by=boss, now=NOW)
    hubspot.calls.clear()
    return user, number


def owner_first(*hosts: User, **values: object) -> Link:
    link = make_link(hosts=hosts or [make_user("Ben")], owner_first=True, **values)
    db.session.commit()
    return link


def test_the_owner_in_the_crm_is_the_owner(boss: User, hubspot: HubSpot) -> None:
    ana, number = linked(boss, hubspot)
    link = owner_first(ana, make_user("Ben"))
    hubspot.add_contact(DANA, number)
    assert ask_crm(DANA, link) == CrmAnswer(ana.id, "owned")
    visitor = recognise(DANA.upper(), link)
    assert (visitor.owner_id, visitor.owner_source, visitor.contact_id) == (ana.id, "crm", None)


def test_what_else_the_crm_may_say(boss: User, hubspot: HubSpot) -> None:
    ana, number = linked(boss, hubspot)
    _, gone = linked(boss, hubspot, "Ben", archived=True)
    link = owner_first(ana)
    stranger = hubspot.add_owner("stranger@acme.example")
    hubspot.add_contact("none@prospect.example")
    hubspot.add_contact("gone@prospect.example", gone)
    hubspot.add_contact("stranger@prospect.example", stranger)
    hubspot.add_contact("two@prospect.example", number)
    hubspot.add_contact("two@home.example", gone, "two@prospect.example")
    hubspot.add_contact("same@prospect.example", number)
    hubspot.add_contact("same@home.example", number, "same@prospect.example")
    said = {
        name: ask_crm(f"{name}@prospect.example", link)
        for name in ("nobody", "none", "gone", "stranger", "two", "same")
    }
    assert said == {
        "nobody": CrmAnswer(None, "unknown"),
        "none": CrmAnswer(None, "unowned"),
        "gone": CrmAnswer(None, "owner_archived"),
        "stranger": CrmAnswer(None, "owner_unknown"),
        "two": CrmAnswer(None, "ambiguous"),
        "same": CrmAnswer(ana.id, "owned"),
    }


def test_whom_an_admin_chose_by_hand_counts_at_once_for_who_left_too(boss: User, hubspot: HubSpot) -> None:
    ana, number = linked(boss, hubspot, archived=True)
    link = owner_first(ana)
    hubspot.add_contact(DANA, number)
    assert ask_crm(DANA, link).outcome == "owner_archived"
    owner = db.session.scalars(select(CrmOwner)).one()
    set_user(owner.id, boss.id, by=boss)
    assert ask_crm(DANA, link) == CrmAnswer(boss.id, "owned")
    set_user(owner.id, None, by=boss)
    assert ask_crm(DANA, link) == CrmAnswer(None, "owner_unknown")


def test_links_that_heed_no_owner_ask_nobody(boss: User, hubspot: HubSpot) -> None:
    ana, number = linked(boss, hubspot)
    hubspot.add_contact(DANA, number)
    links = [
        owner_first(ana, kind="group"), owner_first(ana, kind="personal"), make_link(hosts=[ana]),
    ]  # fmt: skip
    db.session.commit()
    assert [ask_crm(DANA, link) for link in links] == [NOT_ASKED] * 3
    book(links[-1], ask(), now=NOW)
    assert hubspot.calls == []


def test_a_site_without_a_crm_asks_nobody(world: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    link = owner_first()
    monkeypatch.setattr(crm, "linked_crm", lambda: None)
    assert ask_crm(DANA, link) == NOT_ASKED


def test_no_transaction_is_held_while_it_is_asked(
    boss: User, hubspot: HubSpot, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = owner_first()
    held = []
    real = crm.linked_crm().find_contacts  # type: ignore[union-attr]

    def watching(*values: object) -> object:
        held.append(db.session().in_transaction())
        return real(*values)  # type: ignore[arg-type]

    monkeypatch.setattr("website.providers.crm.hubspot.HubSpot.find_contacts", lambda _self, *v: watching(*v))
    book(link, ask(email=DANA), now=NOW)
    assert held == [False]


@pytest.mark.rule("R22")
@pytest.mark.parametrize("known", [True, False])
def test_the_crm_is_asked_again_as_soon_for_the_known_as_for_the_unknown(
    boss: User, hubspot: HubSpot, clock: Clock, known: bool
) -> None:
    ana, number = linked(boss, hubspot)
    link = owner_first(ana)
    if known:
        hubspot.add_contact(DANA, number)
    asked = []
    for clock.now in (0.0, 119.0, 121.0, 240.0, 242.0):
        ask_crm(DANA, link)
        asked.append(len(hubspot.calls))
    assert asked == [2, 2, 4, 4, 6]


def test_a_known_owner_lasts_while_the_crm_fails_and_an_unknown_contact_does_not(
    boss: User, hubspot: HubSpot, clock: Clock
) -> None:
    ana, number = linked(boss, hubspot)
    link = owner_first(ana)
    hubspot.add_contact(DANA, number)
    assert ask_crm(DANA, link).owner_id == ana.id
    assert ask_crm("new@prospect.example", link).outcome == "unknown"
    hubspot.fail("error")
    clock.now = 599.0
    assert ask_crm(DANA, link) == CrmAnswer(ana.id, "owned")
    assert ask_crm("new@prospect.example", link).outcome == "failed"
    clock.now = 601.0
    assert ask_crm(DANA, link).outcome == "failed"


def test_after_a_few_failures_nobody_is_asked_until_it_answers_again(boss: User, hubspot: HubSpot) -> None:
    link = owner_first()
    hubspot.fail("unavailable")
    outcomes = [ask_crm(f"{number}@prospect.example", link).outcome for number in range(5)]
    assert outcomes == ["failed"] * 3 + ["resting"] * 2
    assert len(hubspot.calls) == 6
    hubspot.heal()
    assert read_owners_now(by=boss, now=NOW)
    assert ask_crm(DANA, link).outcome == "unknown"


def test_a_daily_limit_is_left_alone_at_once(boss: User, hubspot: HubSpot) -> None:
    link = owner_first()
    hubspot.fail("daily")
    assert [ask_crm(DANA, link).outcome for _time in range(2)] == ["limited", "resting"]


def test_no_address_and_no_token_is_kept_or_logged(
    boss: User, hubspot: HubSpot, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    link = owner_first()
    ask_crm(DANA, link)
    monkeypatch.setattr(crm, "BUDGET_SECONDS", 0.3)
    for kind in ("unauthorized", "cut", "html", "slow"):
        hubspot.heal()
        hubspot.fail(kind)
        crm.breaker.succeeded()
        ask_crm(f"{kind}-dana@prospect.example", link)
    # The stand-in is a server of this process, whose own logger is not the site's.
    said = "\n".join(row.getMessage() for row in caplog.records)
    assert "asked in vain" in said
    assert "prospect.example" not in said and hubspot.token not in said
    assert not any(b"dana" in key for key in crm._memory._rows)


def test_the_crm_counts_before_the_contact_s_own_owner(boss: User, hubspot: HubSpot) -> None:
    ana, number = linked(boss, hubspot)
    ben = make_user("Ben")
    make_contact(DANA, owner=ben)
    link = owner_first(ana, ben)
    assert recognise(DANA, link).owner_id == ben.id
    hubspot.add_contact(DANA, number)
    crm.forget_answers()
    assert recognise(DANA, link).owner_id == ana.id


@pytest.mark.rule("R25")
def test_who_owns_the_contact_in_the_crm_and_cannot_host_owns_it_here_too(
    boss: User, hubspot: HubSpot
) -> None:
    ana, number = linked(boss, hubspot)
    ben = make_user("Ben")
    link = owner_first(ben, assign_owner=True)
    hubspot.add_contact(DANA, number)
    booking = book(link, ask(email=DANA), now=NOW)
    assert [host.user_id for host in booking.hosts] == [ben.id]
    assert (booking.contact.owner_id, booking.receipt["rule"]) == (ana.id, "owner_not_host")
    other = book(link, ask(NINE + HALF_HOUR, email="new@prospect.example", nonce="2"), now=NOW)
    assert other.contact.owner_id == ben.id


@pytest.mark.rule("R21")
def test_a_personal_link_goes_by_its_contact_s_owner_there_whatever_address_is_typed(
    boss: User, hubspot: HubSpot
) -> None:
    ana, number = linked(boss, hubspot)
    link = owner_first(make_user("Ben"), ana)
    contact = make_contact(DANA)
    db.session.commit()
    hubspot.add_contact(DANA, number)
    booking = book(link, ask(email="dana@home.example", personal=contact.id), now=NOW)
    assert [host.user_id for host in booking.hosts] == [ana.id]
    assert (booking.receipt["owner_source"], booking.receipt["crm"]) == ("crm", "owned")
