"""Never two invitations: what Google sends and what we send, counted together (R34)."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from tests.factories import NOW
from tests.peers.dav import DavUser
from tests.peers.google import Google
from tests.peers.google_links import with_google
from tests.peers.radicale import Radicale
from tests.peers.smtp import MailServer
from tests.services.google.linking import DANA, NINE, link_of, mails, make_rep, read, work
from tests.services.mails.letters import GUS, hand_over, host, letters, move
from tests.services.test_booking import ask
from tests.services.test_caldav_account import linked
from website.config import Config
from website.models import Booking, User
from website.services.booking import book
from website.services.cancellation import cancel
from website.services.worker import work_once

MINUTE = timedelta(minutes=1)


@pytest.fixture
def post(mail_server: MailServer) -> MailServer:
    return mail_server


@pytest.fixture
def config(config: Config, google: Google, post: MailServer) -> Config:
    return replace(with_google(config, google), smtp_url=post.url())


def booked(*hosts: User, kind: str = "personal") -> Booking:
    return book(link_of(*hosts, kind=kind), ask(NINE, guests=(GUS,)), now=NOW)


def asked(google: Google, post: MailServer) -> Counter[tuple[str, str, str]]:
    """(who sent it, what, to whom) of every invitation and cancellation for Dana and her guest."""
    theirs = [("google", kind, guest) for kind, guest in mails(google)]
    ours = [("we", letter.method.lower(), letter.to) for letter in letters(post) if letter.method]
    return Counter(row for row in theirs + ours if row[2] in (DANA, GUS))


def by(sender: str, *kinds: str) -> Counter[tuple[str, str, str]]:
    return Counter((sender, kind, guest) for kind in kinds for guest in (DANA, GUS))


@pytest.mark.rule("R34")
def test_google_invites_alone(world: Flask, google: Google, post: MailServer) -> None:
    booking = booked(make_rep(google))
    work()
    assert asked(google, post) == by("google", "request")
    assert [letter.to for letter in letters(post)] == [DANA, "ana@acme.example"]
    assert all(booking.meeting_url in letter.text for letter in letters(post))
    cancel(booking.token, reason="", now=NOW)
    work()
    assert asked(google, post) == by("google", "request", "cancel")


@pytest.mark.rule("R34")
def test_in_a_mixed_group_google_invites_alone(world: Flask, google: Google, post: MailServer) -> None:
    booking = booked(host("Cleo"), make_rep(google), make_rep(google, "Ben"), kind="group")
    work()
    assert asked(google, post) == by("google", "request")
    cancel(booking.token, reason="", now=NOW)
    work()
    assert asked(google, post) == by("google", "request", "cancel")


@pytest.mark.rule("R34")
def test_the_built_in_calendar_leaves_it_to_us(world: Flask, google: Google, post: MailServer) -> None:
    booking = booked(host("Cleo"))
    work()
    assert asked(google, post) == by("we", "request")
    cancel(booking.token, reason="", now=NOW)
    work()
    assert asked(google, post) == by("we", "request", "cancel")


@pytest.mark.rule("R34")
@pytest.mark.parametrize("kind", ["lost_before", "lost_after", "unavailable"])
def test_passing_mishaps_make_no_second_invitation(
    world: Flask, google: Google, post: MailServer, kind: str
) -> None:
    booked(make_rep(google))
    google.fail(kind, times=4, method="calendar.events.")
    work()
    assert asked(google, post) == by("google", "request")


@pytest.mark.rule("R34")
def test_where_access_is_gone_before_the_event_stood_we_invite(
    world: Flask, google: Google, post: MailServer
) -> None:
    booking = booked(make_rep(google))
    google.revoke("ana@acme.example")
    work()
    assert asked(google, post) == by("we", "request")
    cancel(booking.token, reason="", now=NOW)
    work()
    assert asked(google, post) == by("we", "request", "cancel")


@pytest.mark.rule("R34")
def test_an_answer_that_was_lost_before_access_went_may_have_invited(
    world: Flask, google: Google, post: MailServer
) -> None:
    booked(make_rep(google))
    google.fail("lost_after", method="calendar.events.insert")
    work_once(NOW)
    google.revoke("ana@acme.example")
    work()
    assert asked(google, post) == by("google", "request")


@pytest.mark.rule("R36")
def test_google_hands_over_to_us_and_we_hand_back(world: Flask, google: Google, post: MailServer) -> None:
    ana, cleo = make_rep(google), host("Cleo")
    read(ana)
    booking = booked(ana)
    work()
    hand_over(booking, cleo, by=ana)
    work()
    assert asked(google, post) == by("google", "request", "cancel") + by("we", "request")
    move(booking)
    work()
    hand_over(booking, ana, by=cleo)
    work()
    assert asked(google, post) == (
        by("google", "request", "cancel", "request") + by("we", "request", "request", "cancel")
    )


@pytest.fixture
def dav(radicale: Radicale) -> DavUser:
    return radicale.new_user()


@pytest.mark.rule("R34")
def test_caldav_leaves_it_to_us_and_its_copy_asks_nobody(
    world: Flask, google: Google, post: MailServer, dav: DavUser
) -> None:
    _account, link = linked(dav, dav.make_calendar("Work"))
    booking = book(link, ask(guests=(GUS,)), now=NOW)
    work_once(NOW)
    copy = dav.text(booking.events[0].external_id)
    assert f"UID:{booking.uid}" in copy
    assert not any(f"\n{name}" in copy for name in ("ORGANIZER", "ATTENDEE", "METHOD"))
    move(booking)
    work_once(NOW + MINUTE)
    cancel(booking.token, reason="", now=NOW)
    work_once(NOW + 2 * MINUTE)
    assert dav.text(booking.events[0].external_id) == ""
    assert asked(google, post) == by("we", "request", "request", "cancel")
