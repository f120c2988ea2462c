"""Free/busy of Google accounts: complete or unknown, never half."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.peers.google import Google
from tests.peers.google.records import Calendar
from tests.peers.google_links import ANA, linked
from website.ical.feed import BusyEvent
from website.providers.calendars.errors import AccessRevoked, CalendarMissing, CalendarUnreachable
from website.providers.calendars.google import GoogleCalendar
from website.providers.calendars.google.busy import LONGEST, windows
from website.providers.calendars.records import Account, Reading

START = datetime(2027, 2, 1, tzinfo=UTC)
NINE, TEN = START + timedelta(hours=9), START + timedelta(hours=10)
DAY = timedelta(days=1)
TEAM = "team@group.calendar.google.com"


def read(calendar: GoogleCalendar, account: Account, days: float = 31) -> Reading:
    return calendar.read_busy(account, START, START + days * DAY, 10)


def test_what_blocks_is_read_and_nothing_else(google: Google, calendar: GoogleCalendar, ana: Account) -> None:
    google.add_event(ANA, NINE, TEN)
    google.add_event(ANA, TEN + DAY, TEN + DAY + timedelta(hours=1), transparency="transparent")
    google.add_event(ANA, TEN + 2 * DAY, TEN + 3 * DAY, response="declined")
    google.add_event(ANA, TEN + 4 * DAY, TEN + 5 * DAY, status="tentative")
    reading = read(calendar, ana)
    assert reading.busy == {ANA: [BusyEvent(NINE, TEN), BusyEvent(TEN + 4 * DAY, TEN + 5 * DAY)]}
    assert not reading.unknown


@pytest.mark.rule("R5")
def test_an_all_day_event_blocks_the_day_of_its_calendars_zone(
    google: Google, calendar: GoogleCalendar, ana: Account
) -> None:
    google.add_event(ANA, date(2027, 2, 3), date(2027, 2, 4))
    paris = datetime(2027, 2, 3, tzinfo=ZoneInfo("Europe/Paris"))
    assert read(calendar, ana).busy[ANA] == [BusyEvent(paris, paris + DAY)]


@pytest.mark.fault(11)
@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ("notFound", CalendarMissing),
        ("internalError", CalendarUnreachable),
        ("somethingNew", CalendarUnreachable),
        ("omitted", CalendarUnreachable),
    ],
)
def test_a_calendar_that_fails_inside_a_good_answer_is_unknown_and_no_other(
    google: Google, calendar: GoogleCalendar, ana: Account, broken: str, error: type
) -> None:
    google.add_calendar(ANA, TEAM).broken = broken
    google.add_event(ANA, NINE, TEN)
    reading = read(calendar, replace(ana, calendars=(ANA, TEAM)))
    assert reading.busy == {ANA: [BusyEvent(NINE, TEN)]}
    assert [(name, type(found)) for name, found in reading.unknown.items()] == [(TEAM, error)]


@pytest.mark.rule("R12")
def test_a_calendar_that_is_shared_no_more_is_missing(
    google: Google, calendar: GoogleCalendar, ana: Account
) -> None:
    google.add_account("ben@acme.example")
    google.share("ben@acme.example", ANA, "freeBusyReader")
    google.unshare("ben@acme.example", ANA)
    reading = read(calendar, replace(ana, calendars=("ben@acme.example",)))
    assert reading.busy == {}
    assert isinstance(reading.unknown["ben@acme.example"], CalendarMissing)


@pytest.mark.rule("R12")
def test_a_calendar_that_fails_in_one_window_of_many_is_unknown(
    google: Google, calendar: GoogleCalendar, ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    reasons = iter([None, "internalError", None])
    monkeypatch.setattr(Calendar, "broken", property(lambda _: next(reasons), lambda *_: None), raising=False)
    google.add_event(ANA, NINE, TEN)
    reading = read(calendar, ana, days=3 * 31)
    assert (reading.busy, list(reading.unknown)) == ({}, [ANA])
    assert next(reasons, "no window left") == "no window left"


@pytest.mark.rule("R12")
def test_a_reading_of_which_one_call_failed_is_none(
    google: Google, calendar: GoogleCalendar, ana: Account
) -> None:
    google.fail("slow")
    google.fail("unavailable")
    with pytest.raises(CalendarUnreachable):
        read(calendar, ana, days=62)
    assert [call.status for call in google.calls_of("calendar.freebusy")] == [200, 503]


def test_more_calendars_than_google_answers_at_once_are_asked_about_in_turn(
    google: Google, calendar: GoogleCalendar, ana: Account
) -> None:
    names = [google.add_calendar(ANA, f"c{number}@group.calendar.google.com").id for number in range(120)]
    google.add_event(names[-1], NINE, TEN)
    reading = read(calendar, replace(ana, calendars=tuple(names)), days=1)
    assert reading.busy == {**{name: [] for name in names}, names[-1]: [BusyEvent(NINE, TEN)]}
    asked = [len(call.body["items"]) for call in google.calls_of("calendar.freebusy")]
    assert asked == [50, 50, 20]


def test_a_long_time_is_asked_about_in_pieces_that_join(
    google: Google, calendar: GoogleCalendar, ana: Account
) -> None:
    border = START + LONGEST
    google.add_event(ANA, border - timedelta(hours=1), border + timedelta(hours=1))
    google.add_event(ANA, START + 399 * DAY, START + 401 * DAY)
    busy = read(calendar, ana, days=400).busy[ANA]
    assert {(event.start, event.end) for event in busy} == {
        (border - timedelta(hours=1), border),
        (border, border + timedelta(hours=1)),
        (START + 399 * DAY, START + 400 * DAY),
    }
    assert len(google.calls_of("calendar.freebusy")) == 13


ZONES = st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=ZONES.map(ZoneInfo)),
    length=st.timedeltas(timedelta(0), timedelta(days=400)),
)
@example(datetime(2027, 3, 28, 1, 59, 59, 999999, tzinfo=ZoneInfo("Europe/Paris")), timedelta(days=400))
@example(datetime(2027, 10, 31, 2, 30, tzinfo=ZoneInfo("Europe/Paris")), timedelta(days=31))
@example(datetime(2027, 10, 31, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Paris")), timedelta(days=200))
def test_windows_join_without_hole_or_overlap_whatever_clocks_do(start: datetime, length: timedelta) -> None:
    end = (start.astimezone(UTC) + length).astimezone(start.tzinfo)
    found = list(windows(start, end))
    if not found:
        assert end <= start
        return
    assert found[0][0] <= start < found[0][0] + timedelta(seconds=1)
    assert found[-1][1] - timedelta(seconds=1) < end.astimezone(UTC) <= found[-1][1]
    assert all(before[1] == after[0] for before, after in pairwise(found))
    assert all(timedelta(0) < last - first <= LONGEST for first, last in found)
    assert all(
        moment.utcoffset() == timedelta(0) and not moment.microsecond for pair in found for moment in pair
    )


@pytest.mark.fault(11)
@pytest.mark.rule("R12")
@pytest.mark.parametrize("kind", ["html", "truncated", "lost_before", "lost_after", "backendError"])
def test_an_answer_that_is_none_is_not_taken_for_free(
    google: Google, calendar: GoogleCalendar, ana: Account, kind: str
) -> None:
    google.fail(kind)
    with pytest.raises(CalendarUnreachable):
        read(calendar, ana)
    assert read(calendar, ana).busy == {ANA: []}


@pytest.mark.fault(12)
def test_nobody_waits_longer_than_the_deadline(
    google: Google, calendar: GoogleCalendar, ana: Account
) -> None:
    google.fail("slow", times=None, seconds=30)
    with pytest.raises(CalendarUnreachable):
        calendar.read_busy(ana, START, START + DAY, 0.2)
    google.heal()
    google.fail("slow", times=None, seconds=0.15)
    with pytest.raises(CalendarUnreachable):
        calendar.read_busy(ana, START, START + 400 * DAY, 0.4)


def test_nothing_is_asked_once_the_deadline_is_over(
    google: Google, calendar: GoogleCalendar, ana: Account
) -> None:
    with pytest.raises(CalendarUnreachable, match="in time"):
        calendar.read_busy(ana, START, START + DAY, 0)
    assert google.calls == []


def test_an_account_without_a_calendar_to_read_is_tried_all_the_same(
    google: Google, calendar: GoogleCalendar, ana: Account
) -> None:
    nothing = replace(ana, calendars=())
    assert read(calendar, nothing).busy == {}
    google.revoke(ANA)
    with pytest.raises(AccessRevoked):
        read(calendar, nothing)


@pytest.mark.rule("R12")
def test_without_the_needed_access_nothing_is_asked(google: Google, calendar: GoogleCalendar) -> None:
    account = linked(google, scopes=("calendar.events.owned",))
    with pytest.raises(AccessRevoked, match="See when you are busy"):
        read(calendar, account)
    assert google.calls == []
