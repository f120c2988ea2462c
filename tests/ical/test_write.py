"""Meetings of ours as iCalendar text, and read back as they stand."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from website.ical.read import FeedTooLarge, NotACalendar, StoredEvent, read_event
from website.ical.stored import MAX_BYTES, parse_event
from website.ical.write import Meeting, stored_copy, written_times

NOW = datetime(2027, 1, 1, tzinfo=UTC)
NINE, TEN = datetime(2027, 2, 2, 9, tzinfo=UTC), datetime(2027, 2, 2, 10, tzinfo=UTC)
NAMES = {
    "BEGIN", "END", "VERSION", "PRODID", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION",
    "LOCATION", "URL", "STATUS", "TRANSP", "X-FIRSTHAND-BOOKED",
}  # fmt: skip


def lines_of(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def stored(*lines: str, uid: str = "1", timezone: str = "Europe/Paris") -> StoredEvent | None:
    body = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"])
    return parse_event(f"{body}\r\nEND:VCALENDAR\r\n".encode(), uid="1", timezone=timezone)


@pytest.mark.rule("R34")
def test_the_whole_text_of_a_stored_copy() -> None:
    meeting = Meeting(
        "a@b", 2, NINE, TEN, "Demo; with, Dana", "First\r\nsecond", "Room 1", "https://a.example/x?y=1,2"
    )
    assert sorted(lines_of(stored_copy(meeting, NOW))) == sorted(
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Firsthand//Bookings//EN", "BEGIN:VEVENT", "UID:a@b",
            "SEQUENCE:2", "DTSTAMP:20270101T000000Z", "DTSTART:20270202T090000Z", "DTEND:20270202T100000Z",
            r"SUMMARY:Demo\; with\, Dana", r"DESCRIPTION:First\nsecond", "LOCATION:Room 1",
            "URL:https://a.example/x?y=1,2", "STATUS:CONFIRMED", "TRANSP:OPAQUE",
            "X-FIRSTHAND-BOOKED:20270202T090000Z/20270202T100000Z", "END:VEVENT", "END:VCALENDAR",
        ]
    )  # fmt: skip


def test_what_is_empty_is_left_out() -> None:
    names = {line.partition(":")[0] for line in lines_of(stored_copy(Meeting("a", 0, NINE, TEN, "T"), NOW))}
    assert not names & {"DESCRIPTION", "LOCATION", "URL"}


@pytest.mark.rule("R34")
@given(title=st.text(), description=st.text(), location=st.text())
def test_any_text_stays_within_its_line_and_comes_back(title: str, description: str, location: str) -> None:
    data = stored_copy(Meeting("1", 0, NINE, TEN, title, description, location), NOW)
    assert {re.split("[:;]", line)[0] for line in lines_of(data)} <= NAMES
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    event = parse_event(data, uid="1", timezone="UTC")
    assert event is not None
    assert (event.start, event.end, event.written) == (NINE, TEN, written_times(NINE, TEN))
    for said, meant in ((event.title, title), (event.description, description), (event.location, location)):
        assert said.split() == without_controls(meant).split()


def without_controls(text: str) -> str:
    kept = text.replace("\r", "\n")
    return "".join(
        letter for letter in kept if letter in "\n\t" or not (ord(letter) < 32 or ord(letter) == 127)
    )


# Each row: how an event says when it takes place, to an owner in Paris, and when that is.
TIMES = {
    "in UTC": (["DTSTART:20270202T090000Z", "DTEND:20270202T100000Z"], (NINE, TEN)),
    "in a Windows zone": (
        [
            "DTSTART;TZID=Eastern Standard Time:20270202T040000",
            "DTEND;TZID=Eastern Standard Time:20270202T050000",
        ],
        (NINE, TEN),
    ),
    "floating": (["DTSTART:20270202T100000", "DTEND:20270202T110000"], (NINE, TEN)),
    "with a duration": (["DTSTART:20270202T090000Z", "DURATION:PT1H"], (NINE, TEN)),
    "without an end": (["DTSTART:20270202T090000Z"], (NINE, NINE)),
    "a day": (["DTSTART;VALUE=DATE:20270203"], (TEN + timedelta(hours=13), TEN + timedelta(hours=37))),
}


@pytest.mark.rule("R38")
@pytest.mark.parametrize("row", TIMES)
def test_an_event_stands_where_it_says(row: str) -> None:
    lines, times = TIMES[row]
    event = stored(*lines)
    assert event is not None
    assert (event.start, event.end) == times


@pytest.mark.rule("R38")
def test_of_a_series_the_series_stands_and_not_its_exceptions() -> None:
    exception = [
        "UID:1",
        "RECURRENCE-ID:20270209T090000Z",
        "DTSTART:20270209T150000Z",
        "DTEND:20270209T160000Z",
    ]
    series = ["UID:1", "DTSTART:20270202T090000Z", "DTEND:20270202T100000Z", "RRULE:FREQ=WEEKLY"]
    events = ["BEGIN:VEVENT", *exception, "END:VEVENT", "BEGIN:VEVENT", *series, "END:VEVENT"]
    data = "\r\n".join(["BEGIN:VCALENDAR", *events, "END:VCALENDAR", ""]).encode()
    event = parse_event(data, uid="1", timezone="UTC")
    assert event == StoredEvent(NINE, TEN)


def test_an_event_may_be_cancelled() -> None:
    event = stored("DTSTART:20270202T090000Z", "STATUS:cancelled")
    assert event is not None
    assert event.cancelled


def test_another_event_is_not_the_one_that_was_asked_for() -> None:
    assert stored("DTSTART:20270202T090000Z", uid="2") is None


@pytest.mark.parametrize(
    "lines", [["DTSTART:never"], [], ["DTSTART:20270202T090000Z", "DTEND:20270101T090000Z", "DURATION:X"]]
)
def test_an_event_that_cannot_be_read_is_not_read(lines: list[str]) -> None:
    with pytest.raises(NotACalendar):
        stored(*lines)


def test_an_event_is_read_in_a_process_of_its_own() -> None:
    data = stored_copy(Meeting("a@b", 0, NINE, TEN, "Demo", "Text", "Room"), NOW)
    found = read_event(data, uid="a@b", timezone="UTC")
    assert found == StoredEvent(NINE, TEN, "Demo", "Text", "Room", written=written_times(NINE, TEN))
    assert read_event(data, uid="other", timezone="UTC") is None
    with pytest.raises(NotACalendar):
        read_event(b"<html>", uid="a@b", timezone="UTC")
    with pytest.raises(FeedTooLarge):
        read_event(data + b" " * MAX_BYTES, uid="a@b", timezone="UTC")
