"""A provider that is dead, slow, flapping or lying: pages go on, others stay bookable, and everything catches up."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import NOW, make_user
from tests.peers.google import Google
from tests.peers.google_links import with_google
from tests.services.google.linking import (
    DANA,
    MINUTE,
    NINE,
    account_of,
    book_nine,
    link_of,
    mails,
    make_rep,
    starts,
    work,
)
from website import clock
from website.config import Config
from website.extensions import db
from website.services.errors import SlotTaken
from website.services.outbox import deliver_due
from website.services.worker import work_once

Fault = Callable[[Google], None]
FAULTS: dict[str, Fault] = {
    "dead": lambda google: google.fail("down", times=None),
    "slow": lambda google: google.fail("slow", times=None, seconds=30),
    "lying": lambda google: google.fail("html", times=None),
}


@pytest.fixture
def config(config: Config, google: Google) -> Config:
    return with_google(config, google)


@pytest.fixture(params=FAULTS)
def fault(request: pytest.FixtureRequest) -> Fault:
    return FAULTS[request.param]


@pytest.mark.fault(12)
@pytest.mark.rule("R12")
def test_pages_ask_no_provider(
    world: Flask, client: FlaskClient, google: Google, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    link = link_of(make_rep(google), slug="demo")
    pages = [f"/book/{link.slug}?timezone=Europe/Paris", f"/book/{link.slug}/slots?month=2027-02"]
    before = [client.get(page).text for page in pages]
    fault(google)
    asked = len(google.calls)
    assert [client.get(page).text for page in pages] == before
    assert len(google.calls) == asked


@pytest.mark.fault(12)
@pytest.mark.rule("R31")
def test_other_hosts_stay_bookable(world: Flask, google: Google, fault: Fault) -> None:
    ana, ben = make_rep(google), make_user("Ben")
    link = link_of(ana, ben, kind="round_robin", rotation="strict")
    fault(google)
    booking = book_nine(link, now=NOW + MINUTE)
    assert [host.user_id for host in booking.hosts] == [ben.id]
    assert not booking.unchecked


@pytest.mark.fault(15)
@pytest.mark.rule("R31")
def test_nothing_is_booked_on_what_is_too_old(world: Flask, google: Google, fault: Fault) -> None:
    link = link_of(make_rep(google))
    fault(google)
    with pytest.raises(SlotTaken):
        book_nine(link, now=NOW + 31 * MINUTE)
    assert google.events("ana@acme.example") == []


@pytest.mark.fault(15)
@pytest.mark.rule("R32")
def test_what_was_booked_meanwhile_is_caught_up_with_and_stands_once(
    world: Flask, google: Google, fault: Fault
) -> None:
    link = link_of(make_rep(google))
    fault(google)
    booking = book_nine(link, now=NOW + MINUTE)
    assert booking.unchecked
    google.heal()
    later = work(NOW + 2 * MINUTE) - timedelta(hours=2)
    assert len(google.events("ana@acme.example")) == 1
    assert mails(google) == [("request", DANA)]
    assert (booking.unchecked, booking.clash) == (False, False)
    assert NINE + 120 * MINUTE in starts(link, later)


@pytest.mark.fault(10)
@pytest.mark.rule("R32")
def test_a_flapping_provider_gets_each_event_once_and_is_read_between_its_faults(
    world: Flask, google: Google
) -> None:
    ana = make_rep(google)
    link = link_of(ana)
    booking = book_nine(link, now=NOW + MINUTE)
    now = NOW + 2 * MINUTE
    for kind in ("lost_after", "unavailable", "lost_before", "html", "truncated", "tooManyRequests"):
        google.fail(kind)
        work_once(now)
        now += timedelta(hours=2)
    google.heal()
    work(now)
    assert len(google.events("ana@acme.example")) == 1
    assert mails(google) == [("request", DANA)]
    assert account_of(ana).failures == 0
    assert booking.events[0].sequence == 0


@pytest.mark.rule("R31")
def test_an_event_whose_answer_was_lost_is_no_clash_with_its_own_unchecked_booking(
    world: Flask, google: Google
) -> None:
    link = link_of(make_rep(google))
    google.fail("down", times=None)
    booking = book_nine(link, now=NOW + MINUTE)
    assert booking.unchecked
    google.heal()
    google.fail("lost_after", method="calendar.events.insert")
    # The calendars are read later: what settles the booking is the outbox's own look.
    deliver_due(NOW + 2 * MINUTE)
    deliver_due(NOW + 20 * MINUTE)
    db.session.expire_all()
    assert booking.events[0].sequence == 0
    assert not booking.clash
    work(NOW + 30 * MINUTE)
    assert len(google.events("ana@acme.example")) == 1
    assert (booking.unchecked, booking.clash) == (False, False)
