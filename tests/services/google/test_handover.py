"""A meeting goes from one Google calendar to another: its guests keep one event, and none reads "cancelled"."""

import pytest
from flask import Flask

from tests.factories import NOW
from tests.peers.google import Google
from tests.services.google.linking import DANA, NINE, book_nine, link_of, mails, make_rep, read, work
from website.services.booking import book
from website.services.booking_request import Request
from website.services.cancellation import cancel
from website.services.handover import hand_over

ANA, BEN, GUEST = "ana@acme.example", "ben@acme.example", "guest@gmail.example"
pytestmark = [pytest.mark.both_engines, pytest.mark.rule("R36"), pytest.mark.rule("R34")]


def test_one_event_with_the_guests_stands_and_one_mail_says_each_thing(world: Flask, google: Google) -> None:
    ana, ben = make_rep(google, "Ana"), make_rep(google, "Ben")
    booking = book_nine(link_of(ana, ben, kind="round_robin", rotation="strict"))
    now = work(rounds=2)
    assert mails(google) == [("request", DANA)]
    read(ana, ben, now=now)
    hand_over(booking.id, ben.id, from_user_id=ana.id, by=ana, now=now)
    now = work(now, rounds=4)
    assert google.events(ANA) == []
    (event,) = google.events(BEN)
    assert [guest["email"] for guest in event["attendees"]] == [DANA]
    # Dana's calendar is not Google's: without a CANCEL the old entry would stay in it for ever.
    assert sorted(mails(google)[1:]) == [("cancel", DANA), ("request", DANA)]
    assert {mail.send_updates for mail in google.invitations if mail.kind == "cancel"} == {"externalOnly"}
    assert booking.meeting_url == event["hangoutLink"]
    cancel(booking.token, reason="", now=now)
    work(now, rounds=4)
    assert google.events(ANA) == google.events(BEN) == []
    assert mails(google)[3:] == [("cancel", DANA)]


def test_a_guest_with_a_google_calendar_reads_of_no_cancellation(world: Flask, google: Google) -> None:
    google.add_account(GUEST, time_zone="Europe/Paris")
    ana, ben = make_rep(google, "Ana"), make_rep(google, "Ben")
    link = link_of(ana)
    asked = Request(NINE, duration=30, timezone="Europe/London", name="Gus", email=GUEST, nonce="first")
    booking = book(link, asked, now=NOW)
    now = work(rounds=2)
    read(ana, ben, now=now)
    hand_over(booking.id, ben.id, from_user_id=ana.id, by=ana, now=now)
    now = work(now, rounds=4)
    assert mails(google) == [("request", GUEST), ("request", GUEST)]
    assert (len(google.events(ANA)), len(google.events(BEN))) == (0, 1)
    # A real cancellation is told to everybody.
    cancel(booking.token, reason="", now=now)
    work(now, rounds=4)
    assert mails(google)[2:] == [("cancel", GUEST)]


def test_the_other_hosts_of_a_group_keep_theirs_and_the_guests_their_invitation(
    world: Flask, google: Google
) -> None:
    hosts = _, ben = make_rep(google, "Ana"), make_rep(google, "Ben")
    cleo = make_rep(google, "Cleo")
    booking = book_nine(link_of(*hosts, kind="group"))
    now = work(rounds=2)
    read(*hosts, cleo, now=now)
    hand_over(booking.id, cleo.id, from_user_id=ben.id, by=ben, now=now)
    work(now, rounds=4)
    counts = [len(google.events(email)) for email in (ANA, BEN, "cleo@acme.example")]
    assert counts == [1, 0, 1]
    (event,) = google.events(ANA)
    assert [guest["email"] for guest in event["attendees"]] == [DANA]
    assert "Cleo" in event["summary"]
    assert [kind for kind, _ in mails(google)] == ["request", "update"]
