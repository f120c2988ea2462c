"""Which zone a time of a feed is in. The feed's owner is in Paris, unless a test says otherwise."""

import pytest

from tests.ical.feeds import busy, calendar, event, read, spelt

# A zone of the feed's own: three hours ahead of UTC, four in the American summer.
HEAD_OFFICE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:20001105T020000
TZOFFSETFROM:+0400
TZOFFSETTO:+0300
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20000312T020000
TZOFFSETFROM:+0300
TZOFFSETTO:+0400
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
END:VTIMEZONE"""
# As Outlook writes it for the middle of Europe.
W_EUROPE = """BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""
UNKNOWN = [
    "Customized Time Zone",
    "tzone://Microsoft/Custom",
    "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
    "Mars/Olympus",
    "Europe",
    "../../etc/passwd",
]


def at_ten(name: str) -> str:
    """A series at ten o'clock in the named zone, on 12 and 26 March and 9 April 2027."""
    return event(
        f'DTSTART;TZID="{name}":20270312T100000\nDTEND;TZID="{name}":20270312T110000\n'
        "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3"
    )


def hours(*starts: str) -> list[str]:
    """An hour from each of these starts on."""
    return [f"{start}:00 → {start[:-2]}{int(start[-2:]) + 1:02}:00" for start in starts]


BERLIN = hours("03-12 09", "03-26 09", "04-09 08")
NEW_YORK = hours("03-12 15", "03-26 14", "04-09 14")
OF_HEAD_OFFICE = hours("03-12 07", "03-26 06", "04-09 06")
KNOWN = {
    "Europe/Berlin": BERLIN,
    "W. Europe Standard Time": BERLIN,
    "Eastern Standard Time": NEW_YORK,
    "/freeassociation.sourceforge.net/Europe/Berlin": BERLIN,
    "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin": BERLIN,
    "/citadel.org/20270101_1/Europe/Berlin": BERLIN,
    "Etc/GMT-3": hours("03-12 07", "03-26 07", "04-09 07"),
    "UTC": hours("03-12 10", "03-26 10", "04-09 10"),
}


@pytest.mark.filterwarnings("ignore::icalendar.error.GloballyUniqueTZIDGuessed")
@pytest.mark.parametrize("name", KNOWN)
def test_a_zone_that_is_known_by_its_name(name: str) -> None:
    feed = read(calendar(at_ten(name)), timezone="Asia/Tokyo")
    assert (spelt(feed.busy), feed.warnings) == (KNOWN[name], [])


def test_a_name_without_quotation_marks() -> None:
    lines = "DTSTART;TZID=W. Europe Standard Time:20270312T100000\nDURATION:PT1H"
    assert busy(calendar(event(lines)), timezone="Asia/Tokyo") == BERLIN[:1]


def test_a_windows_name_with_its_definition() -> None:
    feed = calendar(W_EUROPE, at_ten("W. Europe Standard Time"))
    assert busy(feed, timezone="Asia/Tokyo") == BERLIN


@pytest.mark.parametrize("name", ["Head Office", "Customized Time Zone", "tzone://Microsoft/Custom"])
@pytest.mark.parametrize("order", ["before the events", "after the events"])
def test_a_zone_of_the_feed_s_own(name: str, order: str) -> None:
    parts = [HEAD_OFFICE.format(name=name), at_ten(name)]
    if order == "after the events":
        parts.reverse()
    feed = read(calendar(*parts))
    assert (spelt(feed.busy), feed.warnings) == (OF_HEAD_OFFICE, [])


def test_a_definition_that_contradicts_a_well_known_name_loses() -> None:
    assert busy(calendar(HEAD_OFFICE.format(name="Europe/Berlin"), at_ten("Europe/Berlin"))) == BERLIN


def test_a_definition_that_cannot_be_read_is_left_out() -> None:
    broken = HEAD_OFFICE.format(name="Europe/Berlin").replace("+0400", "four")
    assert busy(calendar(broken, at_ten("Europe/Berlin"))) == BERLIN


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_zone_is_read_as_the_owner_s_with_a_warning(name: str) -> None:
    feed = read(calendar(at_ten(name), at_ten(name)))
    assert spelt(feed.busy) == sorted(BERLIN * 2)
    assert feed.warnings == [f"The time zone “{name}” is not known; its events are read as Europe/Paris."]


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_zone_without_quotation_marks(name: str) -> None:
    feed = read(calendar(event(f"DTSTART;TZID={name}:20270312T100000\nDURATION:PT1H")))
    assert spelt(feed.busy) == BERLIN[:1]
    assert feed.warnings == [f"The time zone “{name}” is not known; its events are read as Europe/Paris."]


def test_a_name_with_a_control_character() -> None:
    lines = "DTSTART;TZID=Europe/\x00Berlin:20270312T100000\nDURATION:PT1H"
    assert busy(calendar(event(lines)), timezone="Asia/Tokyo") == BERLIN[:1]


def test_an_unknown_zone_is_read_as_the_feed_s_where_it_has_one() -> None:
    feed = read(calendar(at_ten("Customized Time Zone"), headers="X-WR-TIMEZONE:America/New_York"))
    assert spelt(feed.busy) == NEW_YORK
    assert "read as America/New_York" in feed.warnings[0]


def test_an_exception_in_an_unknown_zone_meets_its_series() -> None:
    zone = "TZID=Customized Time Zone"
    lines = (
        f"DTSTART;{zone}:20270312T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\n"
        f"EXDATE;{zone}:20270313T100000"
    )
    assert busy(calendar(event(lines))) == BERLIN[:1]


FLOATING = event("DTSTART:20270312T100000\nDTEND:20270312T110000")
ALL_DAY = event("DTSTART;VALUE=DATE:20270312")
IN_UTC = event("DTSTART:20270312T100000Z\nDTEND:20270312T110000Z")
OF_THE_FEED = {
    "X-WR-TIMEZONE:America/New_York": ("03-12 15:00 → 03-12 16:00", "03-12 05:00 → 03-13 05:00"),
    "X-WR-TIMEZONE:Eastern Standard Time": ("03-12 15:00 → 03-12 16:00", "03-12 05:00 → 03-13 05:00"),
    "X-WR-TIMEZONE;VALUE=TEXT:America/New_York": ("03-12 15:00 → 03-12 16:00", "03-12 05:00 → 03-13 05:00"),
    "TIMEZONE-ID:America/New_York": ("03-12 15:00 → 03-12 16:00", "03-12 05:00 → 03-13 05:00"),
    "X-WR-TIMEZONE:": ("03-12 09:00 → 03-12 10:00", "03-11 23:00 → 03-12 23:00"),
}


@pytest.mark.parametrize("header", OF_THE_FEED)
def test_the_feed_s_own_zone_is_for_times_that_name_none(header: str) -> None:
    floating, all_day = OF_THE_FEED[header]
    feed = read(calendar(FLOATING, headers=header))
    assert (spelt(feed.busy), feed.warnings) == ([floating], [])
    assert busy(calendar(ALL_DAY, headers=header)) == [all_day]
    assert busy(calendar(IN_UTC, headers=header)) == ["03-12 10:00 → 03-12 11:00"]


@pytest.mark.parametrize("name", ["Customized Time Zone", "Europe", "../../etc/passwd", "Mars/Olympus", "\0"])
def test_a_feed_s_zone_that_nobody_knows_is_the_owner_s_with_a_warning(name: str) -> None:
    feed = read(calendar(FLOATING, headers=f"X-WR-TIMEZONE:{name}"))
    assert spelt(feed.busy) == ["03-12 09:00 → 03-12 10:00"]
    assert feed.warnings == [f"The calendar's time zone “{name}” is not known; it is read as Europe/Paris."]
