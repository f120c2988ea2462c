"""Recurrence rules: when they end, and which are refused."""

import pytest

from tests.ical.feeds import AT_NINE, PLAIN, busy, calendar, event, read, spelt

WEEKLY = "DTSTART;TZID=Europe/Berlin:20270322T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL="
EVENING = "DTSTART;TZID=America/Los_Angeles:20270301T200000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL="
FLOATING = "DTSTART:20270322T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL="
ALL_DAY = "DTSTART;VALUE=DATE:20270301\nRRULE:FREQ=DAILY;UNTIL="
MARCH_22, MARCH_29, APRIL_5 = (
    "03-22 09:00 → 03-22 10:00",
    "03-29 08:00 → 03-29 09:00",
    "04-05 08:00 → 04-05 09:00",
)
EVENINGS = ["03-02 04:00 → 03-02 05:00", "03-09 04:00 → 03-09 05:00"]
DAYS = ["02-28 23:00 → 03-01 23:00", "03-01 23:00 → 03-02 23:00", "03-02 23:00 → 03-03 23:00"]
UNTIL = {
    "in UTC, at the last start": (WEEKLY + "20270405T080000Z", [MARCH_22, MARCH_29, APRIL_5]),
    "in UTC, a second before": (WEEKLY + "20270405T075959Z", [MARCH_22, MARCH_29]),
    "in local time, at the last start": (WEEKLY + "20270405T100000", [MARCH_22, MARCH_29, APRIL_5]),
    "in local time, a second before": (WEEKLY + "20270405T095959", [MARCH_22, MARCH_29]),
    "a date means the whole of it": (WEEKLY + "20270405", [MARCH_22, MARCH_29, APRIL_5]),
    "a date before": (WEEKLY + "20270404", [MARCH_22, MARCH_29]),
    "a date of the zone, not of UTC": (EVENING + "20270308", EVENINGS),
    "a date of the zone before": (EVENING + "20270307", EVENINGS[:1]),
    "of a floating start, in UTC": (FLOATING + "20270329T080000Z", [MARCH_22, MARCH_29]),
    "of a floating start, a second before": (FLOATING + "20270329T075959Z", [MARCH_22]),
    "of a floating start, floating": (FLOATING + "20270329T100000", [MARCH_22, MARCH_29]),
    "of days, a date": (ALL_DAY + "20270303", DAYS),
    "of days, in UTC": (ALL_DAY + "20270302T230000Z", DAYS),
    "of days, in UTC, a second before": (ALL_DAY + "20270302T225959Z", DAYS[:2]),
    "of days, in local time": (ALL_DAY + "20270303T000000", DAYS),
    "before the start, as Google writes a series that was cut off whole": (WEEKLY + "20270321", []),
}
TOO_OFTEN = {
    "every second": "FREQ=SECONDLY",
    "every minute": "FREQ=MINUTELY",
    "every minute of an hour a day": "FREQ=DAILY;BYHOUR=9;BYMINUTE=" + ",".join(map(str, range(60))),
    "three times an hour": "FREQ=HOURLY;BYMINUTE=0,20,40",
    "many seconds a day": "FREQ=DAILY;BYMINUTE=0,30;BYSECOND=" + ",".join(map(str, range(30))),
}
NEVER = {
    "on 31 February": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
    "on 30 February": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
    "31 days before the end of a short month": "FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=-31",
    "every zeroth day": "FREQ=DAILY;INTERVAL=0",
}
LATER = "DTSTART:20270301T090000Z\nDTEND:20270301T093000Z\nRRULE:"


@pytest.mark.parametrize("row", UNTIL)
def test_when_a_rule_ends(row: str) -> None:
    lines, expected = UNTIL[row]
    assert busy(calendar(event(lines))) == expected


@pytest.mark.rule("R12")
@pytest.mark.parametrize("row", TOO_OFTEN)
def test_a_rule_that_repeats_too_often_is_refused_and_not_free(row: str) -> None:
    feed = read(calendar(event(LATER + TOO_OFTEN[row]), event(PLAIN, uid="2")))
    assert (feed.degraded, spelt(feed.busy)) == (True, AT_NINE)
    assert feed.warnings == ["An event that starts at 20270301T090000Z repeats too often."]


@pytest.mark.rule("R12")
@pytest.mark.parametrize("row", NEVER)
def test_a_rule_that_would_be_searched_for_ever_is_refused_and_not_free(row: str) -> None:
    feed = read(calendar(event(LATER + NEVER[row]), event(PLAIN, uid="2")))
    assert (feed.degraded, spelt(feed.busy)) == (True, AT_NINE)
    assert feed.warnings == ["An event that starts at 20270301T090000Z repeats on a day that does not exist."]


HARMLESS = {
    "it ended before the window": (
        "DTSTART:20200101T090000Z\nDTEND:20200101T090001Z\nRRULE:FREQ=SECONDLY;UNTIL=20200102T000000Z"
    ),
    "it starts after the window": "DTSTART:20280101T090000Z\nDTEND:20280101T090001Z\nRRULE:FREQ=SECONDLY",
    "it is free": f"{LATER}FREQ=SECONDLY\nTRANSP:TRANSPARENT",
    "it is cancelled": f"{LATER}FREQ=SECONDLY\nSTATUS:CANCELLED",
}


@pytest.mark.parametrize("row", HARMLESS)
def test_a_refused_rule_costs_nothing_where(row: str) -> None:
    feed = read(calendar(event(HARMLESS[row]), event(PLAIN, uid="2")))
    assert (feed.degraded, feed.warnings, spelt(feed.busy)) == (False, [], AT_NINE)


def test_as_often_as_people_really_meet_is_not_refused() -> None:
    feed = busy(calendar(event(LATER + "FREQ=HOURLY;COUNT=2")))
    assert feed == ["03-01 09:00 → 03-01 09:30", "03-01 10:00 → 03-01 10:30"]
