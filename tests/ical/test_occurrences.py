"""When events take place. In 2027 clocks change in Europe on 28 March and 31 October, in America on 14 March."""

import pytest

from tests.ical.feeds import busy, calendar, event

BERLIN = "DTSTART;TZID=Europe/Berlin"
WEEKLY = f"{BERLIN}:20270322T100000\nDTEND;TZID=Europe/Berlin:20270322T110000\nRRULE:FREQ=WEEKLY;COUNT=3"
FIRST, SECOND, THIRD = (
    "03-22 09:00 → 03-22 10:00",
    "03-29 08:00 → 03-29 09:00",
    "04-05 08:00 → 04-05 09:00",
)
MOVED = f"{BERLIN}:20270330T150000\nDTEND;TZID=Europe/Berlin:20270330T160000"

# Each row: the lines of one event, and when its owner is busy, worked out by hand.
SINGLE = {
    "in UTC": ("DTSTART:20270202T090000Z\nDTEND:20270202T100000Z", ["02-02 09:00 → 02-02 10:00"]),
    "floating": ("DTSTART:20270202T090000\nDTEND:20270202T100000", ["02-02 08:00 → 02-02 09:00"]),
    "starts and ends in different zones": (
        f"{BERLIN}:20270202T090000\nDTEND;TZID=America/New_York:20270202T090000",
        ["02-02 08:00 → 02-02 14:00"],
    ),
    "reaches into the window": (
        "DTSTART:20270131T230000Z\nDTEND:20270201T010000Z",
        ["01-31 23:00 → 02-01 01:00"],
    ),
    "ends where the window starts": ("DTSTART:20270131T230000Z\nDTEND:20270201T000000Z", []),
    "starts where the window ends": ("DTSTART:20271201T000000Z\nDTEND:20271201T010000Z", []),
    "longer than the window": (
        "DTSTART:20260101T000000Z\nDTEND:20280101T000000Z",
        ["2026-01-01 00:00 → 2028-01-01 00:00"],
    ),
    "without an end": ("DTSTART:20270202T090000Z", []),
    "without a length": ("DTSTART:20270202T090000Z\nDURATION:PT0S", []),
    "ends before it starts": (
        "DTSTART:20270202T100000Z\nDTEND:20270202T090000Z",
        ["02-02 09:00 → 02-02 10:00"],
    ),
    "starts in the hour that spring skips": (
        f"{BERLIN}:20270328T023000\nDTEND;TZID=Europe/Berlin:20270328T043000",
        ["03-28 01:30 → 03-28 02:30"],
    ),
    "starts in the hour that autumn repeats": (
        f"{BERLIN}:20271031T023000\nDTEND;TZID=Europe/Berlin:20271031T033000",
        ["10-31 00:30 → 10-31 02:30"],
    ),
}
LENGTHS = {
    "PT90M": "03-27 12:30",
    "PT24H": "03-28 11:00",
    "P1D": "03-28 10:00",
    "P1DT2H": "03-28 12:00",
    "P1W": "04-03 10:00",
    "PT86400S": "03-28 11:00",
}
AUTUMN_LENGTHS = {"PT24H": "10-31 10:00", "P1D": "10-31 11:00"}
ALL_DAY = {
    "without an end": ("DTSTART;VALUE=DATE:20270202", ["02-01 23:00 → 02-02 23:00"]),
    "with an end": (
        "DTSTART;VALUE=DATE:20270202\nDTEND;VALUE=DATE:20270204",
        ["02-01 23:00 → 02-03 23:00"],
    ),
    "with an end that is its start": (
        "DTSTART;VALUE=DATE:20270202\nDTEND;VALUE=DATE:20270202",
        ["02-01 23:00 → 02-02 23:00"],
    ),
    "with a length": ("DTSTART;VALUE=DATE:20270202\nDURATION:P2D", ["02-01 23:00 → 02-03 23:00"]),
    "on a day of 23 hours": ("DTSTART;VALUE=DATE:20270328", ["03-27 23:00 → 03-28 22:00"]),
    "on a day of 25 hours": ("DTSTART;VALUE=DATE:20271031", ["10-30 22:00 → 10-31 23:00"]),
    "with a zone that a date cannot have": (
        "DTSTART;VALUE=DATE;TZID=America/New_York:20270202",
        ["02-01 23:00 → 02-02 23:00"],
    ),
    "repeated over the change of the clocks": (
        "DTSTART;VALUE=DATE:20270327\nRRULE:FREQ=DAILY;COUNT=3",
        ["03-26 23:00 → 03-27 23:00", "03-27 23:00 → 03-28 22:00", "03-28 22:00 → 03-29 22:00"],
    ),
    "repeated, with an exception": (
        "DTSTART;VALUE=DATE:20270301\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20270302",
        ["02-28 23:00 → 03-01 23:00", "03-02 23:00 → 03-03 23:00"],
    ),
    "and on one more day": (
        "DTSTART;VALUE=DATE:20270301\nRDATE;VALUE=DATE:20270305",
        ["02-28 23:00 → 03-01 23:00", "03-04 23:00 → 03-05 23:00"],
    ),
}
SERIES = {
    "weekly into summer": (WEEKLY, [FIRST, SECOND, THIRD]),
    "weekly into winter": (
        f"{BERLIN}:20271025T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2",
        ["10-25 08:00 → 10-25 09:00", "11-01 09:00 → 11-01 10:00"],
    ),
    "weekly in the owner's zone": (
        "DTSTART:20270322T100000\nDTEND:20270322T110000\nRRULE:FREQ=WEEKLY;COUNT=3",
        [FIRST, SECOND, THIRD],
    ),
    "weekly in UTC": (
        "DTSTART:20270322T090000Z\nDTEND:20270322T100000Z\nRRULE:FREQ=WEEKLY;COUNT=2",
        [FIRST, "03-29 09:00 → 03-29 10:00"],
    ),
    "daily through the hour that spring skips": (
        f"{BERLIN}:20270327T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3",
        ["03-27 01:30 → 03-27 02:30", "03-28 01:30 → 03-28 02:30", "03-29 00:30 → 03-29 01:30"],
    ),
    "a day of the wall clock at a time": (
        f"{BERLIN}:20270326T120000\nDURATION:P1D\nRRULE:FREQ=DAILY;COUNT=2",
        ["03-26 11:00 → 03-27 11:00", "03-27 11:00 → 03-28 10:00"],
    ),
    "24 hours at a time": (
        f"{BERLIN}:20270326T120000\nDURATION:PT24H\nRRULE:FREQ=DAILY;COUNT=2",
        ["03-26 11:00 → 03-27 11:00", "03-27 11:00 → 03-28 11:00"],
    ),
    "an end over the change of the clocks keeps the later reading": (
        f"{BERLIN}:20270326T220000\nDTEND;TZID=Europe/Berlin:20270327T060000\nRRULE:FREQ=DAILY;COUNT=2",
        ["03-26 21:00 → 03-27 05:00", "03-27 21:00 → 03-28 05:00"],
    ),
    "the week starts on Monday": (
        "DTSTART:20270302T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
        [f"03-{day} 09:00 → 03-{day} 10:00" for day in ("02", "07", "16", "21")],
    ),
    "the week starts on Sunday": (
        "DTSTART:20270302T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
        [f"03-{day} 09:00 → 03-{day} 10:00" for day in ("02", "14", "16", "28")],
    ),
    "the last working day of the month": (
        "DTSTART:20270226T090000Z\nDURATION:PT1H\n"
        "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2",
        ["02-26 09:00 → 02-26 10:00", "03-31 09:00 → 03-31 10:00"],
    ),
    "yearly for a long time": (
        "DTSTART:20000326T090000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        ["03-28 09:00 → 03-28 10:00"],
    ),
    "on 29 February, which this year has not": (
        "DTSTART:20240229T090000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        [],
    ),
    "longer than its interval": (
        "DTSTART:20270301T090000Z\nDURATION:PT30H\nRRULE:FREQ=DAILY;COUNT=2",
        ["03-01 09:00 → 03-02 15:00", "03-02 09:00 → 03-03 15:00"],
    ),
    "started before the window, still going on": (
        "DTSTART:20270131T200000Z\nDURATION:PT6H\nRRULE:FREQ=DAILY;COUNT=1",
        ["01-31 20:00 → 02-01 02:00"],
    ),
}
EXCEPTIONS = {
    "in the zone of the series": ("EXDATE;TZID=Europe/Berlin:20270329T100000", [FIRST, THIRD]),
    "in UTC": ("EXDATE:20270329T080000Z", [FIRST, THIRD]),
    "in another zone": ("EXDATE;TZID=America/New_York:20270329T040000", [FIRST, THIRD]),
    "floating": ("EXDATE:20270329T100000", [FIRST, THIRD]),
    "a date": ("EXDATE;VALUE=DATE:20270329", [FIRST, THIRD]),
    "a list": ("EXDATE;TZID=Europe/Berlin:20270322T100000,20270405T100000", [SECOND]),
    "several lines": ("EXDATE:20270322T090000Z\nEXDATE:20270405T080000Z", [SECOND]),
    "that meets nothing": ("EXDATE:20270330T080000Z", [FIRST, SECOND, THIRD]),
    "that cannot be read": ("EXDATE:soon", [FIRST, SECOND, THIRD]),
}
MORE_DATES = {
    "a time": ("RDATE;TZID=Europe/Berlin:20270401T160000", ["04-01 14:00 → 04-01 15:00"]),
    "a list": (
        "RDATE:20270401T140000Z,20270402T140000Z",
        ["04-01 14:00 → 04-01 15:00", "04-02 14:00 → 04-02 15:00"],
    ),
    "a period with an end": (
        "RDATE;VALUE=PERIOD:20270401T140000Z/20270401T160000Z",
        ["04-01 14:00 → 04-01 16:00"],
    ),
    "a period with a length": (
        "RDATE;VALUE=PERIOD:20270401T140000Z/PT30M",
        ["04-01 14:00 → 04-01 14:30"],
    ),
}
OVERRIDES = {
    "moved": (f"RECURRENCE-ID;TZID=Europe/Berlin:20270329T100000\n{MOVED}", ["03-30 13:00 → 03-30 14:00"]),
    "named in UTC": (f"RECURRENCE-ID:20270329T080000Z\n{MOVED}", ["03-30 13:00 → 03-30 14:00"]),
    "made longer": (
        f"RECURRENCE-ID:20270329T080000Z\n{BERLIN}:20270329T100000\nDURATION:PT3H",
        ["03-29 08:00 → 03-29 11:00"],
    ),
    "cancelled": (f"RECURRENCE-ID:20270329T080000Z\n{MOVED}\nSTATUS:CANCELLED", []),
    "free": (f"RECURRENCE-ID:20270329T080000Z\n{MOVED}\nTRANSP:TRANSPARENT", []),
    "moved out of the window": (
        "RECURRENCE-ID:20270329T080000Z\nDTSTART:20280103T090000Z\nDTEND:20280103T100000Z",
        [],
    ),
}


@pytest.mark.parametrize("row", SINGLE)
def test_a_single_event(row: str) -> None:
    lines, expected = SINGLE[row]
    assert busy(calendar(event(lines))) == expected


@pytest.mark.parametrize("length", LENGTHS)
def test_a_length_over_the_change_to_summer_time(length: str) -> None:
    lines = f"{BERLIN}:20270327T120000\nDURATION:{length}"
    assert busy(calendar(event(lines))) == [f"03-27 11:00 → {LENGTHS[length]}"]


@pytest.mark.parametrize("length", AUTUMN_LENGTHS)
def test_a_length_over_the_change_to_winter_time(length: str) -> None:
    lines = f"{BERLIN}:20271030T120000\nDURATION:{length}"
    assert busy(calendar(event(lines))) == [f"10-30 10:00 → {AUTUMN_LENGTHS[length]}"]


@pytest.mark.rule("R5")
@pytest.mark.parametrize("row", ALL_DAY)
def test_an_all_day_event_lasts_the_owner_s_whole_local_day(row: str) -> None:
    lines, expected = ALL_DAY[row]
    assert busy(calendar(event(lines))) == expected


@pytest.mark.rule("R5")
def test_an_all_day_event_far_from_greenwich() -> None:
    feed = calendar(event("DTSTART;VALUE=DATE:20270202"))
    assert busy(feed, timezone="Pacific/Auckland") == ["02-01 11:00 → 02-02 11:00"]
    assert busy(feed, timezone="America/Los_Angeles") == ["02-02 08:00 → 02-03 08:00"]


@pytest.mark.parametrize("row", SERIES)
def test_a_series(row: str) -> None:
    lines, expected = SERIES[row]
    assert busy(calendar(event(lines))) == expected


@pytest.mark.parametrize("row", EXCEPTIONS)
def test_a_series_with_an_exception(row: str) -> None:
    lines, expected = EXCEPTIONS[row]
    assert busy(calendar(event(f"{WEEKLY}\n{lines}"))) == expected


@pytest.mark.parametrize("row", MORE_DATES)
def test_an_event_with_further_dates(row: str) -> None:
    lines, expected = MORE_DATES[row]
    once = f"{BERLIN}:20270322T100000\nDTEND;TZID=Europe/Berlin:20270322T110000"
    assert busy(calendar(event(f"{once}\n{lines}"))) == [FIRST, *expected]


@pytest.mark.parametrize("row", OVERRIDES)
@pytest.mark.parametrize("order", ["after its series", "before its series"])
def test_an_override_takes_the_place_of_its_occurrence(row: str, order: str) -> None:
    lines, expected = OVERRIDES[row]
    parts = [event(WEEKLY), event(lines)]
    if order == "before its series":
        parts.reverse()
    assert busy(calendar(*parts)) == sorted([FIRST, *expected, THIRD])


def test_an_override_moved_into_the_window() -> None:
    series = event(f"{BERLIN}:20270118T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2")
    moved = event(
        f"RECURRENCE-ID;TZID=Europe/Berlin:20270125T100000\n{BERLIN}:20270203T100000\nDURATION:PT1H"
    )
    assert busy(calendar(series, moved)) == ["02-03 09:00 → 02-03 10:00"]


def test_an_override_without_its_series() -> None:
    orphan = event(f"RECURRENCE-ID;TZID=Europe/Berlin:20270329T100000\n{MOVED}")
    assert busy(calendar(orphan)) == ["03-30 13:00 → 03-30 14:00"]


def test_two_overrides_without_their_series() -> None:
    second = event(f"RECURRENCE-ID:20270329T080000Z\n{MOVED}")
    third = event(f"RECURRENCE-ID:20270405T080000Z\n{BERLIN}:20270405T120000\nDURATION:PT1H")
    assert busy(calendar(second, third)) == ["03-30 13:00 → 03-30 14:00", "04-05 10:00 → 04-05 11:00"]


def test_an_override_of_this_and_all_that_follow() -> None:
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20270329T100000\n"
        f"{BERLIN}:20270329T140000\nDTEND;TZID=Europe/Berlin:20270329T143000"
    )
    expected = [FIRST, "03-29 12:00 → 03-29 12:30", "04-05 12:00 → 04-05 12:30"]
    assert busy(calendar(event(WEEKLY), later)) == expected
