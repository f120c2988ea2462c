"""A feed as a whole: what cannot be read is never free, the rest is not lost, and the owner is told."""

from datetime import UTC, datetime

import pytest

from tests.ical.feeds import AT_NINE, END, PLAIN, START, busy, calendar, event, read, spelt
from website.ical.feed import FeedTooLarge, NotACalendar
from website.ical.parse import MAX_BUSY, MAX_WARNINGS

LATER = "DTSTART:20270301T090000Z\nDTEND:20270301T100000Z"
AT_NINE_LATER = ["03-01 09:00 → 03-01 10:00"]
UNREADABLE = {
    "a start that is none": "DTSTART:soon\nDTEND:20270301T100000Z",
    "a day that does not exist": "DTSTART:20270231T090000Z\nDTEND:20270301T100000Z",
    "an hour that does not exist": "DTSTART:20270301T250000Z\nDURATION:PT1H",
    "an end that is none": "DTSTART:20270301T090000Z\nDTEND:late",
    "a length that is none": "DTSTART:20270301T090000Z\nDURATION:long",
    "a rule that is none": f"{LATER}\nRRULE:now and then",
    "a rule of an unknown kind": f"{LATER}\nRRULE:FREQ=OFTEN",
    "a rule without a kind": f"{LATER}\nRRULE:COUNT=3",
    "a rule's end that is none": f"{LATER}\nRRULE:FREQ=DAILY;UNTIL=then",
    "a further date that is none": f"{LATER}\nRDATE:some day",
    "an override of nothing that can be read": f"RECURRENCE-ID:that one\n{LATER}",
    "a start that the parser drops": "DTSTART;TZID:20270301T090000Z\nDTEND:20270301T100000Z",
    "an end that the parser drops": "DTSTART:20270301T090000Z\nDTEND;;X:20270301T100000Z",
    "a rule that the parser drops": f"{LATER}\nRRULE;X:FREQ=DAILY",
    "a further date that the parser drops": f"{LATER}\nRDATE;=:20270302T090000Z",
    "two starts": f"{LATER}\nDTSTART:20270302T090000Z",
}
OUTSIDE = {
    "a place in a series, over before the window": (
        "RECURRENCE-ID:that one\nDTSTART:20260301T090000Z\nDTEND:20260301T100000Z"
    ),
    "an end, after the window": "DTSTART:20280101T000000Z\nDTEND:late",
}


@pytest.mark.rule("R12")
@pytest.mark.parametrize("row", UNREADABLE)
def test_an_event_that_cannot_be_read_is_not_free_and_costs_no_other(row: str) -> None:
    feed = read(calendar(event(UNREADABLE[row]), event(PLAIN, uid="2")))
    assert (feed.degraded, spelt(feed.busy)) == (True, AT_NINE)
    assert len(feed.warnings) == 1
    assert "cannot be read" in feed.warnings[0]


@pytest.mark.parametrize("row", OUTSIDE)
def test_an_event_that_cannot_be_read_matters_in_the_window_alone(row: str) -> None:
    assert busy(calendar(event(OUTSIDE[row]), event(PLAIN, uid="2"))) == AT_NINE


@pytest.mark.parametrize("row", UNREADABLE)
def test_an_event_that_cannot_be_read_matters_if_it_blocks_alone(row: str) -> None:
    feed = calendar(event(f"{UNREADABLE[row]}\nTRANSP:TRANSPARENT"), event(PLAIN, uid="2"))
    assert busy(feed) == AT_NINE


def test_an_event_without_a_start_never_takes_place() -> None:
    feed = read(calendar(event("DTEND:20270301T100000Z"), event(PLAIN, uid="2")))
    assert (feed.degraded, spelt(feed.busy)) == (False, AT_NINE)
    assert feed.warnings == ["An event without a start was left out."]


@pytest.mark.rule("R12")
def test_an_override_without_a_start_is_not_free() -> None:
    feed = read(calendar(event(f"{PLAIN}\nRRULE:FREQ=DAILY"), event("RECURRENCE-ID:20270203T090000Z")))
    assert feed.degraded


def test_two_events_of_one_uid_both_block() -> None:
    assert busy(calendar(event(PLAIN), event(LATER))) == [*AT_NINE, *AT_NINE_LATER]
    repeated = event(f"{LATER}\nRRULE:FREQ=DAILY;COUNT=1")
    assert busy(calendar(event(PLAIN), repeated)) == [*AT_NINE, *AT_NINE_LATER]


@pytest.mark.parametrize("parts", [(PLAIN, f"{LATER}\nSEQUENCE:2"), (f"{LATER}\nSEQUENCE:2", PLAIN)])
def test_the_newest_revision_of_an_event_holds(parts: tuple[str, str]) -> None:
    assert busy(calendar(*map(event, parts))) == AT_NINE_LATER


def test_events_without_a_uid_are_events_of_their_own() -> None:
    parts = [f"BEGIN:VEVENT\n{lines}\nEND:VEVENT" for lines in (PLAIN, LATER)]
    feed = read(calendar(*parts))
    assert spelt(feed.busy) == [*AT_NINE, *AT_NINE_LATER]
    assert [one.uid for one in feed.busy] == [None, None]


def test_an_event_keeps_its_uid() -> None:
    feed = read(calendar(event(f"{PLAIN}\nRRULE:FREQ=DAILY;COUNT=2", uid="a@b"), event(LATER, uid="é")))
    assert [one.uid for one in feed.busy] == ["a@b", "a@b", "é"]


PERIODS = {
    "FREEBUSY:20270202T090000Z/20270202T100000Z": AT_NINE,
    "FREEBUSY:20270202T090000Z/PT1H": AT_NINE,
    "FREEBUSY;FBTYPE=BUSY:20270202T090000Z/PT1H": AT_NINE,
    "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270202T090000Z/PT1H": AT_NINE,
    "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270202T090000Z/PT1H": AT_NINE,
    "FREEBUSY;FBTYPE=X-UNHEARD-OF:20270202T090000Z/PT1H": AT_NINE,
    "FREEBUSY;FBTYPE=FREE:20270202T090000Z/PT1H": [],
    "FREEBUSY;fbtype=free:20270202T090000Z/PT1H": [],
    "FREEBUSY:20270202T090000Z/PT1H,20270301T090000Z/20270301T100000Z": [*AT_NINE, *AT_NINE_LATER],
    "FREEBUSY:20270202T090000Z/PT1H\nFREEBUSY:20270301T090000Z/PT1H": [*AT_NINE, *AT_NINE_LATER],
    "FREEBUSY;FBTYPE=FREE:20270301T090000Z/PT1H\nFREEBUSY:20270202T090000Z/PT1H": AT_NINE,
    "FREEBUSY:20260202T090000Z/PT1H": [],
    "DTSTART:20270101T000000Z\nDTEND:20270401T000000Z": [],
}


@pytest.mark.parametrize("lines", PERIODS)
def test_periods_are_busy_unless_they_say_free(lines: str) -> None:
    assert busy(calendar(f"BEGIN:VFREEBUSY\n{lines}\nEND:VFREEBUSY")) == PERIODS[lines]


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    "value", ["", "soon", "20270202T090000Z", "20270202T090000Z/late", "20270202T090000Z/20270202T080000Z"]
)
def test_a_period_that_cannot_be_read_is_no_answer(value: str) -> None:
    with pytest.raises(NotACalendar, match="cannot be read"):
        read(calendar(f"BEGIN:VFREEBUSY\nFREEBUSY:{value}\nEND:VFREEBUSY", event(PLAIN)))


def test_more_events_than_anybody_has() -> None:
    just = "DTSTART:20270202T090000Z\nDURATION:PT10M\nRRULE:FREQ=HOURLY;COUNT="
    assert len(read(calendar(event(f"{just}{MAX_BUSY}"))).busy) == MAX_BUSY
    with pytest.raises(FeedTooLarge, match="5,000"):
        read(calendar(event(f"{just}{MAX_BUSY + 1}")))


def test_events_outside_the_window_are_not_counted() -> None:
    old = "DTSTART:20000101T090000Z\nDURATION:PT10M\nRRULE:FREQ=HOURLY;COUNT=50000"
    assert busy(calendar(event(old), event(PLAIN, uid="2"))) == AT_NINE


def test_warnings_are_few_and_short() -> None:
    zones = [f"{number} {'x' * 500}" for number in range(2 * MAX_WARNINGS)]
    lines = [f"DTSTART;TZID={zone}:20270202T090000\nDURATION:PT1H" for zone in zones]
    feed = read(calendar(*(event(text, uid=str(number)) for number, text in enumerate(lines))))
    assert len(feed.busy) == 2 * MAX_WARNINGS
    assert len(feed.warnings) == MAX_WARNINGS
    assert all(len(warning) < 200 for warning in feed.warnings)


REFRESH = {
    "": None,
    "REFRESH-INTERVAL;VALUE=DURATION:PT4H": 240,
    "REFRESH-INTERVAL:PT30M": 30,
    "X-PUBLISHED-TTL:PT15M": 15,
    "X-PUBLISHED-TTL:PT15M\nREFRESH-INTERVAL;VALUE=DURATION:P1D": 1440,
    "X-PUBLISHED-TTL:PT15M\nREFRESH-INTERVAL:often": 15,
    "X-PUBLISHED-TTL:PT30S": None,
    "X-PUBLISHED-TTL:-PT15M": None,
    "X-PUBLISHED-TTL:P999999999999999D": None,
}


@pytest.mark.parametrize("headers", REFRESH)
def test_how_often_the_publisher_wants_to_be_asked(headers: str) -> None:
    assert read(calendar(headers=headers)).refresh_minutes == REFRESH[headers]


def test_whether_a_feed_holds_any_event() -> None:
    assert read(calendar()).empty
    assert read(calendar("BEGIN:VTODO\nUID:1\nEND:VTODO")).empty
    assert not read(calendar(event(f"{PLAIN}\nTRANSP:TRANSPARENT"))).empty
    assert not read(calendar(event(PLAIN)), window_start=END, window_end=END.replace(year=2028)).empty
    assert not read(calendar("BEGIN:VFREEBUSY\nEND:VFREEBUSY")).empty
    assert not read(calendar() + calendar(event(PLAIN))).empty


def test_the_window_is_half_open() -> None:
    feed = calendar(event(PLAIN))
    at_nine, at_ten = datetime(2027, 2, 2, 9, tzinfo=UTC), datetime(2027, 2, 2, 10, tzinfo=UTC)
    assert busy(feed, window_start=START, window_end=at_nine) == []
    assert busy(feed, window_start=at_ten, window_end=END) == []
    assert busy(feed, window_start=at_nine, window_end=at_ten) == AT_NINE
