"""What else is busy where a meeting of ours stands (R4, R5)."""

from datetime import date, timedelta

import pytest

from tests.peers.google import Google
from tests.peers.google_links import ANA, BUSY, LIST, linked
from tests.providers.calendars.google.meetings import HOUR, NINE, Calendar, meeting
from website.ical.feed import BusyEvent
from website.providers.calendars.errors import CalendarError, CalendarUnreachable
from website.providers.calendars.google import GoogleCalendar
from website.providers.calendars.records import EventRef

HALF = timedelta(minutes=30)
pytestmark = pytest.mark.rule("R4")


def times(events: list[BusyEvent]) -> list[tuple[object, object]]:
    return [(event.start, event.end) for event in events]


def beside(anas: Calendar, ref: EventRef, start=NINE, end=NINE + 2 * HOUR) -> list[BusyEvent]:
    return anas.provider.busy_beside(anas.account, ANA, ref, start, end, 10)


def test_our_own_event_is_left_out_and_no_other(anas: Calendar) -> None:
    ref = anas.put(meeting()).ref
    assert beside(anas, ref) == []
    anas.google.add_event(ANA, NINE + HALF, NINE + HOUR)
    assert times(beside(anas, ref)) == [(NINE + HALF, NINE + HOUR)]


def test_the_window_is_half_open(anas: Calendar) -> None:
    ref = anas.put(meeting()).ref
    anas.google.add_event(ANA, NINE - HOUR, NINE)
    anas.google.add_event(ANA, NINE + 2 * HOUR, NINE + 3 * HOUR)
    anas.google.add_event(ANA, NINE - HOUR, NINE + HALF)
    assert times(beside(anas, ref)) == [(NINE - HOUR, NINE + HALF)]


@pytest.mark.rule("R5")
@pytest.mark.parametrize(
    ("values", "blocks"),
    [
        ({}, True),
        ({"transparency": "transparent"}, False),
        ({"status": "tentative"}, True),
        ({"response": "declined"}, False),
        ({"response": "tentative"}, True),
        ({"response": "accepted"}, True),
        ({"eventType": "outOfOffice"}, True),
    ],
)
def test_what_blocks_is_what_free_busy_counts(anas: Calendar, values: dict[str, str], blocks: bool) -> None:
    ref = anas.put(meeting()).ref
    anas.google.add_event(ANA, NINE, NINE + HOUR, **values)
    assert bool(beside(anas, ref)) == blocks


def test_a_deleted_event_does_not_block(anas: Calendar) -> None:
    ref = anas.put(meeting()).ref
    anas.google.delete_event(ANA, anas.google.add_event(ANA, NINE, NINE + HOUR))
    assert beside(anas, ref) == []


@pytest.mark.rule("R5")
def test_a_whole_day_is_one_of_the_calendar_s_zone(anas: Calendar) -> None:
    ref = anas.put(meeting()).ref
    anas.google.add_event(ANA, date(2027, 2, 1), date(2027, 2, 2))
    (event,) = beside(anas, ref)
    assert event.start.isoformat() == "2027-01-31T23:00:00+00:00"
    assert event.end.isoformat() == "2027-02-01T23:00:00+00:00"


def test_every_page_is_read(anas: Calendar) -> None:
    ref = anas.put(meeting()).ref
    anas.google.page_size = 2
    for minutes in range(0, 50, 10):
        start = NINE + timedelta(minutes=minutes)
        anas.google.add_event(ANA, start, start + timedelta(minutes=10))
    assert len(beside(anas, ref)) == 5


@pytest.mark.rule("R31")
@pytest.mark.parametrize("kind", ["lost_before", "unavailable", "truncated", "html", "rateLimitExceeded"])
def test_a_mishap_is_no_answer(anas: Calendar, kind: str) -> None:
    ref = anas.put(meeting()).ref
    anas.google.fail(kind, times=9, method="calendar.events.list")
    with pytest.raises(CalendarUnreachable):
        beside(anas, ref)


def test_without_the_right_to_write_nobody_looks(google: Google, calendar: GoogleCalendar) -> None:
    account = linked(google, scopes=(LIST, BUSY))
    with pytest.raises(CalendarError):
        calendar.busy_beside(account, ANA, EventRef("a"), NINE, NINE + HOUR, 10)
