"""Sending the mails of a booking: what fails, what waits for a video meeting, what a site without a server keeps."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.diary import Diary
from tests.factories import NOW, make_user
from tests.peers.smtp import MailServer
from tests.services.mails.letters import (
    ANA,
    DANA,
    GUS,
    HOUR,
    MINUTE,
    MailProgram,
    booked,
    hand_over,
    host,
    letters,
    move,
    rows,
    sent,
)
from tests.views.workspace.test_links import sign_in
from website.config import in_force, put_in_force
from website.extensions import db
from website.models import Booking, BookingEvent, Message
from website.models.message import DONE, FAILED, WAITING
from website.providers.calendars.errors import (
    AccessRevoked,
    CalendarError,
    CalendarMissing,
    CalendarReadOnly,
    CalendarUnreachable,
)
from website.services.booking_mail import CHANNEL
from website.services.outbox import deliver_due

MEET = {"kind": "meet"}
URL = "https://video.example/abc"


def states() -> dict[str, list[str]]:
    db.session.expire_all()
    found: dict[str, list[str]] = {}
    for message in db.session.scalars(select(Message).where(Message.channel == CHANNEL).order_by(Message.id)):
        found.setdefault(message.payload["to"], []).append(message.state)
    return found


def event_of(booking: Booking) -> BookingEvent:
    db.session.expire_all()
    (event,) = booking.events
    return event


# The mail server's mishaps


@pytest.mark.rule("R32")
@pytest.mark.both_engines
@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_what_is_refused_for_now_comes_later_and_in_order(world: Flask, post: MailServer, step: str) -> None:
    booking = booked([host("Ana")], guests=())
    post.says[step] = "451 Later"
    deliver_due(NOW)
    move(booking)
    assert states() == {DANA: [WAITING, WAITING], ANA: [WAITING, WAITING]}
    post.says.clear()
    arrived = sent(post, NOW + HOUR)
    for reader, first in ((DANA, "Confirmed"), (ANA, "New booking")):
        subjects = [letter.subject.split(":")[0] for letter in arrived if letter.to == reader]
        assert subjects == [first, "New time"]
    assert sent(post, NOW + 2 * HOUR) == []


@pytest.mark.rule("R32")
def test_an_address_that_is_refused_for_good_holds_up_nobody(world: Flask, post: MailServer) -> None:
    booking = booked([host("Ana")])
    post.says["RCPT"] = "550 No such user"
    message = db.session.scalars(select(Message).where(Message.kind == "booking_confirmed")).one()
    for other in db.session.scalars(select(Message).where(Message.id != message.id)):
        other.due_at = NOW + MINUTE
    db.session.commit()
    deliver_due(NOW)
    post.says.clear()
    move(booking, now=NOW + MINUTE)
    deliver_due(NOW + MINUTE)
    assert states() == {DANA: [FAILED, DONE], ANA: [DONE, DONE], GUS: [DONE, DONE]}


@pytest.mark.rule("R32")
def test_a_mail_that_arrives_twice_is_known_as_one(world: Flask, post: MailServer) -> None:
    booked([host("Ana")], guests=())
    deliver_due(NOW)
    for message in db.session.scalars(select(Message).where(Message.channel == CHANNEL)):
        message.state, message.done_at = WAITING, None
    db.session.commit()
    deliver_due(NOW)
    ids = [letter.mail["Message-ID"] for letter in letters(post)]
    assert len(ids) == 4
    assert len(set(ids)) == 2


@pytest.mark.rule("R32")
def test_a_line_that_is_cut_after_the_mail_was_taken_costs_a_copy_that_changes_nothing(
    world: Flask, post: MailServer
) -> None:
    booking = booked([host("Ana")], guests=())
    post.drops = 1
    deliver_due(NOW)
    assert states() == {DANA: [WAITING], ANA: [DONE]}
    deliver_due(NOW + HOUR)
    copies, program = [letter for letter in letters(post) if letter.to == DANA], MailProgram()
    assert len({letter.mail["Message-ID"] for letter in copies}) == 1
    for letter in copies:
        program.take(letter)
    assert (len(copies), program.events) == (2, {booking.uid: (0, booking.start_at)})


# A video meeting that a provider makes


@pytest.mark.rule("R34")
@pytest.mark.both_engines
def test_the_mails_wait_for_the_video_meeting_and_name_it(
    world: Flask, post: MailServer, diary: Diary
) -> None:
    booking = booked([host("Ana", diary=True)], place=MEET)
    diary.wrong = CalendarUnreachable("No answer.")
    assert sent(post) == sent(post, NOW + MINUTE) == []
    diary.wrong, booking.meeting_url = None, URL
    db.session.commit()
    mails = sent(post, NOW + MINUTE + timedelta(seconds=10))
    assert [letter.to for letter in mails] == [DANA, ANA]
    assert all(URL in letter.text and f'href="{URL}"' in letter.html for letter in mails)


@pytest.mark.rule("R34")
def test_the_mails_wait_two_minutes_and_no_longer(world: Flask, post: MailServer, diary: Diary) -> None:
    booked([host("Ana", diary=True)], place=MEET)
    diary.wrong = CalendarUnreachable("No answer.")
    assert sent(post, NOW + MINUTE) == []
    waiting = select(Message.attempts).where(Message.channel == CHANNEL)
    assert db.session.scalars(waiting).all() == [0, 0]
    mails = sent(post, NOW + 2 * MINUTE)
    assert [letter.to for letter in mails] == [DANA, ANA]
    assert all("Where: Google Meet" in letter.text for letter in mails)


@pytest.mark.rule("R34")
def test_what_nobody_is_making_is_not_waited_for(world: Flask, post: MailServer, diary: Diary) -> None:
    booked([host("Ana", diary=True)], place=MEET)
    assert [letter.to for letter in sent(post)] == [DANA, ANA]  # the event stands, without a video meeting
    booked([host("Ben")], place=MEET)
    assert len(sent(post)) == 3


@pytest.mark.rule("R36")
def test_a_new_host_s_video_meeting_is_waited_for_and_the_old_one_named_no_more(
    world: Flask, post: MailServer, diary: Diary
) -> None:
    ana, ben = host("Ana", diary=True), host("Ben", diary=True)
    booking = booked([ana], place=MEET)
    booking.meeting_url = "https://video.example/of-ana"
    db.session.commit()
    deliver_due(NOW)
    diary.wrong = CalendarUnreachable("No answer.")
    hand_over(booking, ben, by=ana)
    assert sent(post) == []
    booking.meeting_url = URL
    db.session.commit()
    mails = sent(post, NOW + MINUTE)
    assert [letter.to for letter in mails] == [DANA, "ben@acme.example"]
    assert all(URL in letter.text and "of-ana" not in letter.text for letter in mails)


# A provider that was to invite and never can


@pytest.mark.rule("R34")
@pytest.mark.both_engines
@pytest.mark.parametrize("error", [AccessRevoked, CalendarMissing, CalendarReadOnly])
def test_where_the_provider_never_can_invite_we_do_once(
    world: Flask, post: MailServer, diary: Diary, error: type[CalendarError]
) -> None:
    booking = booked([host("Ana", diary=True)])
    diary.wrong = error("No.")
    mails = sent(post)
    invited = [letter.to for letter in mails if letter.method == "REQUEST"]
    assert sorted(invited) == [DANA, GUS]
    assert [letter.subject.split(":")[0] for letter in mails if letter.to == DANA] == [
        "Confirmed",
        "Invitation",
    ]
    assert not event_of(booking).invites
    _tried_again(diary)
    assert sent(post, NOW + HOUR) == []
    assert [event.guests for event in diary.wanted] == [()]


def _tried_again(diary: Diary) -> None:
    diary.wrong = None
    message = db.session.scalars(select(Message).where(Message.kind == "event_put")).one()
    assert message.state == FAILED
    message.state, message.due_at = WAITING, NOW
    db.session.commit()


@pytest.mark.rule("R34")
def test_while_it_may_have_invited_we_do_not(world: Flask, post: MailServer, diary: Diary) -> None:
    booking = booked([host("Ana", diary=True)])
    diary.wrong = CalendarUnreachable("Lost.")
    deliver_due(NOW)
    assert event_of(booking).invites
    diary.wrong = AccessRevoked("Revoked.")
    deliver_due(NOW + HOUR)
    assert event_of(booking).invites
    assert [letter.method for letter in letters(post)] == ["", ""]


@pytest.mark.rule("R34")
def test_an_event_that_stood_there_has_invited(world: Flask, post: MailServer, diary: Diary) -> None:
    booking = booked([host("Ana", diary=True)])
    deliver_due(NOW)
    diary.wrong = AccessRevoked("Revoked.")
    move(booking)
    sent(post)
    assert event_of(booking).invites
    assert {letter.method for letter in letters(post)} == {""}


@pytest.mark.rule("R34")
@pytest.mark.both_engines
@pytest.mark.parametrize(("stood", "invited"), [(False, [DANA, ANA, GUS]), (True, [])])
def test_where_the_calendar_was_unlinked_before_the_event_stood_we_invite(
    world: Flask, post: MailServer, diary: Diary, stood: bool, invited: list[str]
) -> None:
    ana = host("Ana", diary=True)
    booked([ana])
    if stood:
        deliver_due(NOW)
        for message in db.session.scalars(select(Message).where(Message.kind == "event_put")):
            message.state = WAITING
        db.session.commit()
    ana.accounts = []
    db.session.commit()
    deliver_due(NOW)
    assert [letter.to for letter in letters(post) if letter.method == "REQUEST"] == invited


# A site without a mail server


@pytest.mark.rule("R32")
@pytest.mark.both_engines
def test_a_site_without_a_mail_server_keeps_what_it_would_have_sent(
    world: Flask, client: FlaskClient, post: MailServer
) -> None:
    put_in_force(replace(in_force(), smtp_url=""))
    booked([host("Ana")], guests=())
    boss = make_user("Boss", role="admin")
    db.session.commit()
    deliver_due(NOW)
    kept = db.session.scalars(select(Message).where(Message.channel == CHANNEL)).all()
    assert [(message.state, message.payload["kept"]) for message in kept] == [(DONE, True)] * 2
    sign_in(client, boss)
    page = client.get("/outbox").text
    assert "A confirmation · for dana@prospect.example" in page
    assert "Word of a booking to its host · for ana@acme.example" in page
    assert "Your meeting with Ana is booked." in page
    assert post.taken == []
    assert len(rows()) == 2
