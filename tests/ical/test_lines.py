"""What of a feed reaches the parser, and which bytes are no calendar."""

import pytest

from tests.ical.feeds import AT_NINE, PLAIN, busy, calendar, event, read
from website.ical.feed import FeedTooLarge, NotACalendar
from website.ical.lines import MAX_BYTES, MAX_COMPONENTS, sources

WHOLE = calendar(event(PLAIN))
STILL_A_CALENDAR = {
    "with a byte order mark": b"\xef\xbb\xbf" + WHOLE,
    "after empty lines": b"\r\n \r\n" + WHOLE,
    "with line feeds alone": WHOLE.replace(b"\r\n", b"\n"),
    "with names in small letters": WHOLE.lower()
    .replace(b"t09", b"T09")
    .replace(b"t10", b"T10")
    .replace(b"0z", b"0Z"),
    "with folded lines": WHOLE.replace(b"DTSTART", b"DTST\r\n ART").replace(b"0000Z", b"00\r\n\t00Z"),
    "without an end of the last line": WHOLE.rstrip(),
    "with text after it": WHOLE + b"thank you\r\n",
    "in a strange encoding": calendar(event(f"SUMMARY:x\n{PLAIN}")).replace(b":x", b":\xe9t\xe9"),
    "with spaces at the ends of lines": WHOLE.replace(b"VEVENT\r\n", b"VEVENT \r\n"),
}
OF_NO_INTEREST = {
    "a line that is none": "this is not a line of a calendar",
    "a header that cannot be read": "DTSTAMP;VALUE=:yesterday\nCREATED:never\nSUMMARY;X=:",
    "an alarm": "BEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT9H\nEND:VALARM",
    "an alarm that cannot be read": "BEGIN:VALARM\nTRIGGER:soon\nDTSTART:now\nEND:VALARM",
    "a sequence that is no number": "SEQUENCE:first",
}
OTHER_PARTS = {
    "a to-do": "BEGIN:VTODO\nUID:2\nDTSTART:20270203T090000Z\nDUE:20270203T100000Z\nEND:VTODO",
    "a journal": "BEGIN:VJOURNAL\nUID:2\nDTSTART:20270203T090000Z\nEND:VJOURNAL",
    "something of a vendor's": f"BEGIN:X-VENDOR\n{event('DTSTART:20270203T090000Z', uid='2')}\nEND:X-VENDOR",
}
NO_CALENDAR = {
    "nothing": b"",
    "a byte order mark alone": b"\xef\xbb\xbf",
    "a login page": b"<!DOCTYPE html><html><title>Sign in</title></html>",
    "an event alone": event(PLAIN).encode(),
    "text before it": b"Your calendar:\r\n" + WHOLE,
    "another encoding": WHOLE.decode().encode("utf-16"),
    "cut off in an event": WHOLE[: WHOLE.index(b"DTEND")],
    "cut off before its end": WHOLE[: WHOLE.index(b"END:VCALENDAR")],
    "an event without its end": WHOLE.replace(b"END:VEVENT\r\n", b""),
    "an end too many": WHOLE.replace(b"END:VEVENT", b"END:VALARM\r\nEND:VEVENT"),
    "ends in the wrong order": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\nEND:VEVENT\r\n",
    "an end first": WHOLE + b"END:VCALENDAR\r\n",
}


@pytest.mark.parametrize("form", STILL_A_CALENDAR)
def test_a_calendar_is_read_in_any_form(form: str) -> None:
    assert busy(STILL_A_CALENDAR[form]) == AT_NINE


def test_a_line_may_be_folded_in_the_middle_of_a_letter() -> None:
    folded = calendar(event(PLAIN, uid="Café")).replace("é".encode(), b"\xc3\r\n \xa9")
    assert [one.uid for one in read(folded).busy] == ["Café"]


@pytest.mark.parametrize("row", OF_NO_INTEREST)
def test_a_line_of_no_interest_does_no_harm(row: str) -> None:
    assert busy(calendar(event(f"{OF_NO_INTEREST[row]}\n{PLAIN}"))) == AT_NINE


def test_an_alarm_s_length_is_not_the_event_s() -> None:
    alarm = "BEGIN:VALARM\nDURATION:PT9H\nEND:VALARM"
    assert busy(calendar(event(f"DTSTART:20270202T090000Z\n{alarm}"))) == []


@pytest.mark.parametrize("row", OTHER_PARTS)
def test_parts_that_are_no_events_do_not_block(row: str) -> None:
    assert busy(calendar(OTHER_PARTS[row], event(PLAIN), OTHER_PARTS[row])) == AT_NINE


def test_several_calendars_in_one_feed() -> None:
    second = calendar(event("DTSTART:20270203T090000\nDURATION:PT1H"), headers="X-WR-TIMEZONE:Asia/Tokyo")
    assert busy(WHOLE + second) == [*AT_NINE, "02-03 00:00 → 02-03 01:00"]


def test_a_calendar_without_events() -> None:
    assert busy(calendar()) == []


@pytest.mark.rule("R12")
@pytest.mark.parametrize("row", NO_CALENDAR)
def test_what_is_no_whole_calendar_is_not_read_as_an_empty_one(row: str) -> None:
    with pytest.raises(NotACalendar):
        busy(NO_CALENDAR[row])


def test_more_bytes_than_anybody_s_calendar_has() -> None:
    just = WHOLE.ljust(MAX_BYTES)
    assert busy(just) == AT_NINE
    with pytest.raises(FeedTooLarge, match="10 MB"):
        sources(just + b" ")


def test_more_parts_than_anybody_s_calendar_has() -> None:
    parts = "BEGIN:VEVENT\nEND:VEVENT\n" * MAX_COMPONENTS
    with pytest.raises(FeedTooLarge, match="20,000"):
        sources(calendar(parts.rstrip()))
    assert len(sources(calendar(*["BEGIN:VEVENT\nEND:VEVENT"] * (MAX_COMPONENTS - 1)))) == 1
