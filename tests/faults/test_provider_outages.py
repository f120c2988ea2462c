"""Providers that lose requests or answers, revoke access, or are down for a day: one event each in the end."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, make_link, make_user
from tests.peers.google import Google
from tests.peers.google_links import ALL, secret_of, with_google
from tests.peers.radicale import Radicale
from tests.peers.relay import Relay
from tests.services.google.linking import NINE, account_of, link_of, make_rep, starts
from tests.services.test_booking import ask
from website.config import Config
from website.extensions import db
from website.models import Calendar, CalendarAccount, Link, Message
from website.models.message import DONE, FAILED, WAITING
from website.providers.calendars.records import FoundCalendar
from website.services.availability import offered_slots, scene_of
from website.services.booking import book
from website.services.calendar import refresh
from website.services.cancellation import cancel
from website.services.connect import Access, link_account
from website.services.contact import NOBODY
from website.services.errors import SlotTaken
from website.services.outbox import deliver_due
from website.services.worker import work_once

ANA = "ana@acme.example"
MINUTE, HALF_HOUR, HOUR = timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=1)


@pytest.fixture
def config(config: Config, google: Google) -> Config:
    return with_google(config, google)


def book_at(link: Link, number: int, now: datetime) -> str:
    request = ask(NINE + number * HALF_HOUR, nonce=str(number), email=f"v{number}@prospect.example")
    return book(link, request, now=now).token


def of_kind(kind: str) -> list[Message]:
    db.session.expire_all()
    return list(db.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


# 10: time-outs before and after the effect, at a real CalDAV server

LOSSES = [("request",), ("answer",), ("answer", "answer"), ("request", "answer", "request", "answer")]


@pytest.fixture
def relay(radicale: Radicale) -> Iterator[Relay]:
    made = Relay(radicale.url)
    yield made
    made.stop()


@pytest.mark.fault(10)
@pytest.mark.rule("R32")
@pytest.mark.parametrize("losses", LOSSES, ids="-".join)
def test_a_caldav_server_whose_answers_are_lost_holds_each_event_once(
    world: Flask, radicale: Radicale, relay: Relay, losses: tuple[str, ...]
) -> None:
    dav = radicale.new_user()
    office = dav.make_calendar("Office")
    secret = dict(dav.account().secret) | {"url": relay.url}
    user = make_user("Ana", calendar=False)
    url = office.replace(radicale.url, relay.url)
    account = CalendarAccount(kind="caldav", user=user, secret=secret)
    account.calendars = [Calendar(external_id=url, receives_bookings=True)]
    db.session.add(account)
    link = make_link("personal", hosts=[user])
    db.session.commit()
    refresh([account.id], NOW)
    token = book_at(link, 0, NOW)
    for verb, left in (("put", 1), ("remove", 0)):
        relay.loses.extend(losses)
        for hours in range(2 * len(losses) + 2):
            deliver_due(NOW + hours * HOUR)
        assert not relay.loses, verb
        found = dav.ask("PROPFIND", office, Depth="1").text
        assert found.count(".ics</") == left, verb
        if verb == "put":
            cancel(token, reason="", now=NOW)
    db.session.expire_all()
    assert set(db.session.scalars(select(Message.state))) == {DONE}


# 14: access is revoked while messages wait


@pytest.mark.fault(14)
@pytest.mark.rule("R12")
@pytest.mark.rule("R32")
@pytest.mark.parametrize("how", ["revoked", "scope removed"])
def test_what_waits_when_access_is_revoked_is_parked_told_once_and_resumed(
    world: Flask, google: Google, how: str
) -> None:
    ana = make_rep(google)
    link = link_of(ana)
    for number in range(3):
        book_at(link, number, NOW)
    google.fail("unavailable", times=None, method="calendar.events.")
    deliver_due(NOW)
    google.heal()
    if how == "revoked":
        google.revoke(ANA)
    else:
        google.fail("insufficientPermissions", times=None)
    for minutes in range(10, 180, 10):
        work_once(NOW + minutes * MINUTE)
    google.heal()
    assert [one.state for one in of_kind("event_put")] == [FAILED] * 3
    assert account_of(ana).broken
    assert len(of_kind("calendar_alarm")) == 1
    assert google.events(ANA) == []
    assert starts(link, NOW + HOUR) == []
    again(google, ana.id, NOW + 3 * HOUR)
    work_once(NOW + 3 * HOUR)
    assert [one.state for one in of_kind("event_put")] == [DONE] * 3
    assert len(google.events(ANA)) == 3
    assert len(google.invitations) == 3
    assert len(of_kind("calendar_alarm")) == 1
    assert not account_of(ana).broken


def again(google: Google, user_id: int, now: datetime) -> None:
    """The user links the account once more."""
    secret = secret_of(google.grant(ANA, *ALL))
    found = [FoundCalendar(ANA, ANA, timezone="Europe/Paris", writable=True, primary=True, meets=True)]
    account = db.session.scalars(select(CalendarAccount)).one()
    scopes = frozenset(account.scopes.split())
    link_account(
        Access("google", secret, found, ANA, ANA, scopes), user_id=user_id, now=now, account_id=account.id
    )


@pytest.mark.fault(14)
@pytest.mark.rule("R12")
def test_a_password_that_was_changed_parks_what_waits_until_the_new_one_is_given(
    world: Flask, radicale: Radicale
) -> None:
    dav = radicale.new_user()
    office = dav.make_calendar("Office")
    user = make_user("Ana", calendar=False)
    db.session.commit()
    secret = dict(dav.account().secret)
    found = [FoundCalendar(office, "Office", timezone="Europe/Paris", writable=True, primary=True)]
    account = link_account(Access("caldav", secret, found), user_id=user.id, now=NOW)
    link = make_link("personal", hosts=[user])
    db.session.commit()
    refresh([account.id], NOW)
    book_at(link, 0, NOW)
    radicale.set_password(dav, "another")
    for minutes in range(0, 180, 10):
        work_once(NOW + minutes * MINUTE)
    assert [one.state for one in of_kind("event_put")] == [FAILED]
    assert len(of_kind("calendar_alarm")) == 1
    link_account(
        Access("caldav", secret | {"password": "another"}, found), user_id=user.id, now=NOW + 3 * HOUR
    )
    work_once(NOW + 3 * HOUR)
    assert [one.state for one in of_kind("event_put")] == [DONE]
    radicale.set_password(dav, "secret")
    assert dav.ask("PROPFIND", office, Depth="1").text.count(".ics</") == 1


# 15: down for a day


@pytest.mark.fault(15)
@pytest.mark.both_engines
@pytest.mark.rule("R12")
@pytest.mark.rule("R32")
def test_a_provider_that_is_down_for_a_day_hides_its_host_and_gets_every_event_afterwards(
    world: Flask, google: Google
) -> None:
    ana, ben = make_rep(google), make_user("Ben")
    own, both = link_of(ana), make_link(hosts=[ana, ben], rotation="strict")
    db.session.commit()
    google.fail("down")
    made = [book_at(own, number, NOW + number * MINUTE) for number in range(3)]
    for minutes in range(10, 24 * 60, 30):
        now = NOW + minutes * MINUTE
        work_once(now)
        if minutes > 30:
            with pytest.raises(SlotTaken):
                book_at(own, 9, now)
    hosts = {
        host.user_id for host in book(both, ask(NINE + 4 * HOUR, nonce="ben"), now=NOW + 20 * HOUR).hosts
    }
    assert hosts == {ben.id}
    assert [one.state for one in of_kind("event_put")][:3] == [WAITING] * 3
    google.heal()
    for hours in range(24, 30):
        work_once(NOW + hours * HOUR)
    assert {one.state for one in of_kind("event_put")} == {DONE}
    assert len(google.events(ANA)) == len(google.invitations) == len(made)
    assert not account_of(ana).broken
    assert NINE + 24 * HOUR + 5 * HALF_HOUR in offered(own, NOW + 29 * HOUR)


def offered(link: Link, now: datetime) -> list[datetime]:
    scene = scene_of(link, visitor=NOBODY, duration=30, now=now)
    day = (NINE + 24 * HOUR).date()
    return offered_slots(scene, "Europe/Paris", day, day).starts
