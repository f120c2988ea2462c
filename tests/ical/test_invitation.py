"""Invitations as texts: judged by libical, and safe whatever people are called."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tests.peers.libical import complaints
from website.ical.invitation import Person, cancellation, invitation, published
from website.ical.write import Meeting

NOW = datetime(2027, 1, 1, tzinfo=UTC)
NINE = datetime(2027, 2, 2, 9, tzinfo=UTC)
ANA, DANA = Person("Ana Ruiz", "meet@acme.example"), Person("Dana", "dana@prospect.example")
WRITERS = {"REQUEST": invitation, "CANCEL": cancellation}
EVIL = [
    "Eve\r\nATTENDEE:mailto:all@acme.example",
    "Eve\nEND:VEVENT",
    'Eve";X=1:mailto:eve@evil.example',
    "a;b:c,d^e'f\\g",
    "\x00\x07\x1b\x7f\x85",
    "é" * 5000,
    "",
]


def meeting(title: str = "Demo", text: str = "", place: str = "", sequence: int = 1) -> Meeting:
    return Meeting("a@firsthand", sequence, NINE, NINE + timedelta(minutes=30), title, text, place)


def unfolded(text: bytes) -> list[str]:
    return text.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


@pytest.mark.rule("R34")
@pytest.mark.parametrize("method", WRITERS)
def test_libical_accepts_what_we_send(method: str) -> None:
    text = WRITERS[method](meeting(), ANA, DANA, NOW)
    assert complaints(text) == []
    assert f"METHOD:{method}" in unfolded(text)


@pytest.mark.parametrize("line", ["UID", "DTSTAMP", "DTSTART", "ORGANIZER", "ATTENDEE"])
def test_libical_would_refuse_an_invitation_that_lacks_a_line(line: str) -> None:
    text = invitation(meeting(), ANA, DANA, NOW).replace(b"\r\n ", b"")
    assert complaints(re.sub(rb"(?m)^" + line.encode() + rb"[;:].*\r\n", b"", text)) != []


@pytest.mark.rule("R34")
def test_the_whole_text_of_an_invitation() -> None:
    assert sorted(unfolded(invitation(meeting("Demo; with, Dana"), ANA, DANA, NOW))) == sorted(
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Firsthand//Bookings//EN", "METHOD:REQUEST", "BEGIN:VEVENT",
            "UID:a@firsthand", "SEQUENCE:1", "DTSTAMP:20270101T000000Z", "DTSTART:20270202T090000Z",
            "DTEND:20270202T093000Z", r"SUMMARY:Demo\; with\, Dana",
            'ORGANIZER;CN="Ana Ruiz":mailto:meet@acme.example',
            "ATTENDEE;CN=Dana;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:"
            "mailto:dana@prospect.example",
            "STATUS:CONFIRMED", "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR",
        ]
    )  # fmt: skip


@pytest.mark.rule("R35")
def test_a_cancellation_says_so_and_wants_no_answer() -> None:
    lines = unfolded(cancellation(meeting(), ANA, DANA, NOW))
    assert "STATUS:CANCELLED" in lines
    assert not any("RSVP" in line or "PARTSTAT" in line for line in lines)


def test_a_copy_to_download_wants_no_answer_and_names_nobody_who_was_asked() -> None:
    lines = unfolded(published(meeting(), NOW))
    assert "METHOD:PUBLISH" in lines
    assert not any(line.startswith(("ATTENDEE", "ORGANIZER")) for line in lines)
    assert complaints(published(meeting(), NOW, ANA)) == []


@pytest.mark.rule("R34")
@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("method", WRITERS)
def test_nobody_slips_a_line_into_an_invitation(evil: str, method: str) -> None:
    _judge(
        WRITERS[method](meeting(evil, evil, evil), Person(evil, ANA.address), Person(evil, DANA.address), NOW)
    )


@pytest.mark.rule("R34")
@given(name=st.text(), words=st.text(max_size=200))
def test_any_name_and_words_make_an_invitation_to_one_address(name: str, words: str) -> None:
    _judge(
        invitation(meeting(words, words, words), Person(name, ANA.address), Person(name, DANA.address), NOW)
    )


def _judge(text: bytes) -> None:
    assert complaints(text) == []
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in text.split(b"\r\n"))
    assert text.endswith(b"END:VCALENDAR\r\n")
    assert len(text) < 60_000
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    names = [line.partition(":")[0].partition(";")[0] for line in unfolded(text)]
    assert names.count("ATTENDEE") == names.count("ORGANIZER") == names.count("BEGIN") - 1 == 1
    assert (event["ATTENDEE"], event["ORGANIZER"]) == (f"mailto:{DANA.address}", f"mailto:{ANA.address}")
