"""What the mails about a booking say, and to whom (R34, R35, R44)."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, make_link, make_user
from tests.peers.smtp import MailServer
from tests.services.mails.letters import (
    ANA,
    BEN,
    BOSS,
    DANA,
    GUS,
    Letter,
    MailProgram,
    booked,
    hand_over,
    host,
    move,
    sent,
)
from tests.services.test_booking import ask
from website.extensions import db
from website.models import Message
from website.services.booking import book
from website.services.booking_mail import CHANNEL
from website.services.cancellation import cancel

QUESTIONS = [
    {"key": "size", "label": "How large is your team?", "kind": "short"},
    {"key": "topics", "label": "Topics", "kind": "choices"},
    {"key": "record", "label": "May we record?", "kind": "checkbox"},
]
ANSWERS = {"size": "<b>12</b>", "topics": ["Price", "SSO"], "record": True}
OWN = re.compile(r"https://meet\.acme\.example/booking/[\w-]+")


def by_reader(letters: list[Letter]) -> dict[str, Letter]:
    found = {letter.to: letter for letter in letters}
    assert len(found) == len(letters)
    return found


def words(letter: Letter) -> str:
    return " ".join(letter.text.split())


@pytest.mark.rule("R34")
@pytest.mark.both_engines
def test_a_booking_is_confirmed_announced_and_its_guests_are_invited(world: Flask, post: MailServer) -> None:
    booking = booked([host("Ana")], place={"kind": "phone", "value": "+33 1 23 45 67 89"})
    mails = by_reader(sent(post))
    assert set(mails) == {DANA, ANA, GUS}
    dana, ana, gus = mails[DANA], mails[ANA], mails[GUS]
    assert dana.subject == "Confirmed: Product demo, Tuesday, 2 February 2027, 08:00 (London)"
    assert "When: Tuesday, 2 February 2027, 08:00–08:30 (London, UTC+0)" in dana.text
    assert "When: Tuesday, 2 February 2027, 09:00–09:30 (Paris, UTC+1)" in ana.text
    assert ana.subject == "New booking: Dana Prospect, Tuesday, 2 February 2027, 09:00 (Paris)"
    assert all("Where: +33 1 23 45 67 89 (Phone)" in letter.text for letter in mails.values())
    assert (dana.method, ana.method, gus.method) == ("REQUEST", "", "REQUEST")
    assert dana.event["UID"] == gus.event["UID"] == booking.uid
    assert db.session.scalars(select(Message.state).where(Message.channel == CHANNEL)).all() == ["done"] * 3


@pytest.mark.rule("R24")
def test_the_host_reads_why_they_host_in_plain_words(world: Flask, post: MailServer) -> None:
    booked([host("Ana")])
    mails = by_reader(sent(post))
    assert "Why you: This is your personal link." in mails[ANA].text
    assert "This is your personal link." in mails[ANA].html
    assert not any("Why you" in mails[address].text for address in (DANA, GUS))


@pytest.mark.rule("R44")
def test_answers_are_in_the_mails_but_not_in_those_to_guests(world: Flask, post: MailServer) -> None:
    link = make_link("personal", hosts=[host("Ana")], questions=QUESTIONS)
    db.session.commit()
    book(link, ask(guests=(GUS,), answers=ANSWERS), now=NOW)
    mails = by_reader(sent(post))
    for address in (DANA, ANA):
        assert "How large is your team?: <b>12</b>" in mails[address].text
        assert "Topics: Price, SSO" in mails[address].text
        assert "May we record?: Yes" in mails[address].text
        assert "&lt;b&gt;12&lt;/b&gt;" in mails[address].html
    assert "12" not in mails[GUS].text.replace("2027", "")
    assert "Price" not in str(mails[GUS].mail)


@pytest.mark.rule("R35")
def test_only_the_invitee_learns_the_address_that_changes_the_booking(world: Flask, post: MailServer) -> None:
    ana, ben = host("Ana"), host("Ben")
    booking = booked([ana])
    letters = sent(post)
    move(booking)
    letters += sent(post)
    hand_over(booking, ben, by=make_user("Boss", email=BOSS))
    letters += sent(post)
    cancel(booking.token, reason="", now=NOW)
    letters += sent(post)
    assert len(letters) == 3 + 3 + 4 + 3
    for letter in letters:
        raw = letter.text + letter.html + (letter.event.to_ical().decode() if letter.event else "")
        assert letter.to == DANA or booking.token not in raw
        if letter.to in (ANA, BEN):
            assert "https://meet.acme.example/bookings" in letter.text
    first = next(letter for letter in letters if letter.to == DANA)
    page = f"https://meet.acme.example/booking/{booking.token}"
    for address in (page, f"{page}/cancel", f"{page}/reschedule"):
        assert address in first.text
        assert f'href="{address}"' in first.html


@pytest.mark.rule("R35")
def test_a_change_says_the_new_time_in_words_and_strikes_the_old_one(world: Flask, post: MailServer) -> None:
    booking = booked([host("Ana")])
    sent(post)
    move(booking)
    mails = by_reader(sent(post))
    assert mails[DANA].subject == "New time: Product demo, Tuesday, 2 February 2027, 09:00 (London)"
    assert "When: Tuesday, 2 February 2027, 09:00–09:30 (London, UTC+0)" in mails[DANA].text
    assert "Was: Tuesday, 2 February 2027, 08:00–08:30 (London, UTC+0)" in mails[DANA].text
    struck = re.findall(r"<s[^>]*><bdi>(.*?)</bdi></s>", mails[DANA].html)
    assert struck == ["Tuesday, 2 February 2027, 08:00–08:30 (London, UTC+0)"]
    assert "Dana Prospect chose a new time for your meeting." in mails[ANA].text


@pytest.mark.rule("R36")
def test_who_left_who_came_and_who_asked_read_of_a_hand_over(world: Flask, post: MailServer) -> None:
    ana, ben = host("Ana"), host("Ben")
    booking = booked([ana], place={"kind": "text", "value": "Room 1"})
    sent(post)
    hand_over(booking, ben, by=make_user("Boss", email=BOSS))
    mails = by_reader(sent(post))
    assert "Boss handed your meeting with Dana Prospect to Ben." in mails[ANA].text
    assert "Boss handed you a meeting with Dana Prospect." in mails[BEN].text
    assert "Why you" not in mails[BEN].text
    assert "Your meeting is with Ben now." in mails[DANA].text
    assert mails[DANA].mail["From"].addresses[0].display_name == "Ben"
    assert mails[DANA].mail["Reply-To"] == f"Ben <{BEN}>"
    assert mails[DANA].event["ORGANIZER"].params["CN"] == "Ben"


@pytest.mark.rule("R35")
def test_a_cancellation_says_who_and_why_but_guests_do_not_read_why(world: Flask, post: MailServer) -> None:
    booking = booked([host("Ana")])
    sent(post)
    cancel(booking.token, reason="I am\r\nill\x00", now=NOW)
    mails = by_reader(sent(post))
    assert "Dana Prospect cancelled the meeting with Ana." in mails[ANA].text
    assert "Reason: I am ill" in mails[ANA].text
    assert "You cancelled your meeting with Ana." in mails[DANA].text
    assert "ill" not in words(mails[GUS]).split()


def test_mails_come_from_the_host_and_answers_go_to_the_other_side(world: Flask, post: MailServer) -> None:
    booked([host("Ana")])
    mails = by_reader(sent(post))
    senders = {address: str(letter.mail["From"]) for address, letter in mails.items()}
    assert senders == {
        DANA: "Ana <meet@acme.example>",
        GUS: "Ana <meet@acme.example>",
        ANA: "Acme <meet@acme.example>",
    }
    answers = {address: str(letter.mail["Reply-To"]) for address, letter in mails.items()}
    assert answers == {DANA: f"Ana <{ANA}>", GUS: f"Ana <{ANA}>", ANA: f"Dana Prospect <{DANA}>"}


EVIL = "Eve\r\nBcc: eve@evil.example\u202e; \"x\": <script>alert('1')</script>\x00" + "A" * 5000


@pytest.mark.rule("R34")
def test_nobody_slips_anything_in_by_what_they_are_called(world: Flask, post: MailServer) -> None:
    ana = host("Ana")
    ana.name = EVIL
    link = make_link("personal", hosts=[ana], title=EVIL, questions=[{**QUESTIONS[0], "label": EVIL}])
    db.session.commit()
    booking = book(link, ask(name=EVIL, guests=(GUS,), answers={"size": EVIL}), now=NOW)
    letters = sent(post)
    cancel(booking.token, reason=EVIL, now=NOW)
    letters += sent(post)
    assert len(letters) == 6
    for letter in letters:
        assert letter.mail["Bcc"] is None
        assert "<script>" not in letter.html
        assert "\u202e" not in letter.text + letter.html + letter.subject
        assert len(letter.subject) < 300
        assert len(letter.mail.as_bytes()) < 60_000


@pytest.mark.rule("R35")
@pytest.mark.rule("R36")
def test_a_mail_program_ends_with_one_event_that_moved_then_with_none(world: Flask, post: MailServer) -> None:
    ana, ben = host("Ana"), host("Ben")
    booking = booked([ana])
    programs = {DANA: MailProgram(), GUS: MailProgram()}
    sequences: list[int] = []

    def arrive() -> list[dict[str, tuple[int, object]]]:
        for letter in sent(post):
            if letter.to in programs:
                programs[letter.to].take(letter)
                sequences.append(int(letter.event["SEQUENCE"]))
        return [program.events for program in programs.values()]

    assert arrive() == [{booking.uid: (0, booking.start_at)}] * 2
    move(booking)
    assert arrive() == [{booking.uid: (1, booking.start_at)}] * 2
    hand_over(booking, ben, by=ana)
    assert arrive() == [{booking.uid: (2, booking.start_at)}] * 2
    cancel(booking.token, reason="", now=NOW)
    assert arrive() == [{}, {}]
    assert sequences == [0, 0, 1, 1, 2, 2, 3, 3]


@pytest.mark.rule("R32")
def test_changes_that_wait_arrive_in_their_order_each_with_its_own_time(
    world: Flask, post: MailServer
) -> None:
    booking = booked([host("Ana")], guests=())
    move(booking)
    cancel(booking.token, reason="", now=NOW)
    letters = [letter for letter in sent(post) if letter.to == DANA]
    assert [letter.method for letter in letters] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [letter.event["DTSTART"].dt.hour for letter in letters] == [8, 9, 9]
    assert [letter.subject.split(":")[0] for letter in letters] == ["Confirmed", "New time", "Cancelled"]


def test_the_mails_are_in_the_language_of_whoever_reads_them(world: Flask, post: MailServer) -> None:
    link = make_link("personal", hosts=[host("Ana")])
    db.session.commit()
    book(link, ask(language="en-US", timezone="America/New_York"), now=NOW)
    mails = by_reader(sent(post))
    assert "Tuesday, February 2, 2027, 3:00" in mails[DANA].text
    assert "(New York, UTC-5)" in mails[DANA].text.replace("−", "-")
    assert 'lang="en-US"' in mails[DANA].html
    assert "Tuesday, 2 February 2027, 09:00" in mails[ANA].text
