"""CalDAV accounts: found, read and kept busy, at a real Radicale."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from tests.peers.dav import DavUser
from tests.peers.radicale import Radicale
from website.providers.calendars.caldav import CalDav
from website.providers.calendars.errors import AccessRevoked, CalendarMissing, CalendarUnreachable
from website.providers.calendars.records import Account, Reading

START, END = datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)
SECONDS = 20.0


@pytest.fixture
def ana(radicale: Radicale) -> DavUser:
    return radicale.new_user()


@pytest.fixture
def frozen() -> Iterator[None]:
    """Within one hour: versions are believed that long."""
    with time_machine.travel(START, tick=False):
        yield


def utc(day: int, hour: int, minute: int = 0, month: int = 2) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=UTC)


def read(account: Account) -> Reading:
    return CalDav().read_busy(account, START, END, SECONDS)


def busy(account: Account, calendar: str) -> list[tuple[datetime, datetime]]:
    return [(event.start, event.end) for event in read(account).busy[calendar]]


def test_the_account_is_named_without_its_password(ana: DavUser) -> None:
    line = CalDav().account_line(ana.account())
    assert line == f"{ana.name} @ 127.0.0.1"
    assert "secret" not in repr(ana.account())


def test_an_address_that_is_none_still_has_a_name() -> None:
    secret = {"url": "https://[", "username": "ana", "password": "secret"}
    assert CalDav().account_line(Account("caldav", secret, "UTC")) == "ana"


def test_calendars_are_found_from_the_servers_address(ana: DavUser) -> None:
    work = ana.make_calendar("Work", timezone="America/New_York")
    home = ana.make_calendar("Home")
    ana.make_calendar("Tasks", holds="VTODO")
    found = {one.external_id: one for one in CalDav().find_calendars(ana.account(), SECONDS)}
    assert found.keys() == {work, home}
    assert (found[work].name, found[work].timezone, found[work].writable) == (
        "Work",
        "America/New_York",
        True,
    )
    assert (found[home].name, found[home].timezone) == ("Home", "")
    assert [one.primary for one in found.values()] == [True, False]


@pytest.mark.parametrize("path", ["", "{name}/", "{name}/office/", "nothing/here"])
def test_calendars_are_found_from_wherever_a_user_points(ana: DavUser, path: str) -> None:
    office = ana.make_calendar("Office")
    account = replace(ana, url=ana.url + path.format(name=ana.name)).account()
    assert [one.external_id for one in CalDav().find_calendars(account, SECONDS)] == [office]


def test_an_account_without_calendars_has_none(ana: DavUser) -> None:
    assert CalDav().find_calendars(ana.account(), SECONDS) == []


@pytest.mark.rule("R12")
def test_a_wrong_password_breaks_the_account_for_good(ana: DavUser) -> None:
    work = ana.make_calendar("Work")
    wrong = replace(ana, password="guessed").account(work)
    for ask in (read, lambda account: CalDav().find_calendars(account, SECONDS)):
        with pytest.raises(AccessRevoked, match="password") as refused:
            ask(wrong)
        assert refused.value.final


def test_a_password_may_be_of_any_letters(radicale: Radicale) -> None:
    user = radicale.new_user("pаssword-ünï")
    work = user.make_calendar("Work")
    assert [one.external_id for one in CalDav().find_calendars(user.account(), SECONDS)] == [work]


# Each row: what stands in the calendar, and when its owner is busy, worked out by hand. The owner lives in Paris.
ROWS: dict[str, tuple[list[str], list[tuple[datetime, datetime]]]] = {
    "in UTC": (["DTSTART:20270202T090000Z\nDTEND:20270202T100000Z"], [(utc(2, 9), utc(2, 10))]),
    "with a duration": (["DTSTART:20270202T090000Z\nDURATION:PT90M"], [(utc(2, 9), utc(2, 10, 30))]),
    "floating": (["DTSTART:20270202T090000\nDTEND:20270202T100000"], [(utc(2, 8), utc(2, 9))]),
    "all day": (["DTSTART;VALUE=DATE:20270202"], [(utc(1, 23), utc(2, 23))]),
    "all day for three days": (
        ["DTSTART;VALUE=DATE:20270202\nDTEND;VALUE=DATE:20270205"],
        [(utc(1, 23), utc(4, 23))],
    ),
    "free": (["DTSTART:20270202T090000Z\nDTEND:20270202T100000Z\nTRANSP:TRANSPARENT"], []),
    "cancelled": (["DTSTART:20270202T090000Z\nDTEND:20270202T100000Z\nSTATUS:CANCELLED"], []),
    "tentative": (
        ["DTSTART:20270202T090000Z\nDTEND:20270202T100000Z\nSTATUS:TENTATIVE"],
        [(utc(2, 9), utc(2, 10))],
    ),
    "out of office": (
        ["DTSTART:20270202T090000Z\nDTEND:20270202T100000Z\nX-MICROSOFT-CDO-BUSYSTATUS:OOF"],
        [(utc(2, 9), utc(2, 10))],
    ),
    "declined by its owner": (
        [
            "DTSTART:20270202T090000Z\nDTEND:20270202T100000Z\nORGANIZER:mailto:ben@acme.example\n"
            "ATTENDEE;PARTSTAT=DECLINED:mailto:ana@acme.example"
        ],
        [],
    ),
    "declined by somebody else": (
        [
            "DTSTART:20270202T090000Z\nDTEND:20270202T100000Z\nORGANIZER:mailto:ben@acme.example\n"
            "ATTENDEE;PARTSTAT=DECLINED:mailto:eve@acme.example"
        ],
        [(utc(2, 9), utc(2, 10))],
    ),
    "weekly over the change of the clocks, with an exception": (
        [
            "DTSTART;TZID=Europe/Berlin:20270322T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3\n"
            "EXDATE;TZID=Europe/Berlin:20270405T100000"
        ],
        [(utc(22, 9, month=3), utc(22, 10, month=3)), (utc(29, 8, month=3), utc(29, 9, month=3))],
    ),
    "with a moved and a cancelled occurrence": (
        [
            "DTSTART:20270202T090000Z\nDTEND:20270202T100000Z\nRRULE:FREQ=DAILY;COUNT=3",
            "RECURRENCE-ID:20270203T090000Z\nDTSTART:20270203T150000Z\nDTEND:20270203T160000Z",
            "RECURRENCE-ID:20270204T090000Z\nDTSTART:20270204T090000Z\nDTEND:20270204T100000Z\nSTATUS:CANCELLED",
        ],
        [(utc(2, 9), utc(2, 10)), (utc(3, 15), utc(3, 16))],
    ),
    "since long before": (
        [
            "DTSTART:20200106T090000Z\nDTEND:20200106T093000Z\nRRULE:FREQ=MONTHLY;BYDAY=1MO;UNTIL=20270301T235959Z"
        ],
        [(utc(1, 9), utc(1, 9, 30)), (utc(1, 9, month=3), utc(1, 9, 30, month=3))],
    ),
    "over the window's edge": (
        ["DTSTART:20270131T220000Z\nDTEND:20270201T020000Z"],
        [(datetime(2027, 1, 31, 22, tzinfo=UTC), utc(1, 2))],
    ),
    "outside the window": (["DTSTART:20270131T220000Z\nDTEND:20270201T000000Z"], []),
}


@pytest.mark.rule("R5")
@pytest.mark.parametrize("row", ROWS)
def test_an_event_blocks_as_it_says(ana: DavUser, row: str) -> None:
    texts, expected = ROWS[row]
    work = ana.make_calendar("Work")
    ana.put(work, *(f"UID:1\n{text}" for text in texts))
    assert busy(ana.account(work, owner_email="ana@acme.example"), work) == expected


@pytest.mark.rule("R5")
def test_days_and_floating_times_are_those_of_the_calendars_own_zone(ana: DavUser) -> None:
    work = ana.make_calendar("Work", timezone="America/Los_Angeles")
    ana.put(work, "UID:1\nDTSTART;VALUE=DATE:20270202", name="1.ics")
    # To the server, which takes it for UTC, this lies before the window.
    ana.put(work, "UID:2\nDTSTART:20270131T200000\nDTEND:20270131T210000", name="2.ics")
    assert busy(ana.account(work), work) == [(utc(1, 4), utc(1, 5)), (utc(2, 8), utc(3, 8))]


def test_events_of_several_calendars_are_kept_apart(ana: DavUser) -> None:
    work, home = ana.make_calendar("Work"), ana.make_calendar("Home")
    ana.put(work, "UID:1\nDTSTART:20270202T090000Z\nDTEND:20270202T100000Z", name="1.ics")
    ana.put(work, "UID:2\nDTSTART:20270202T110000Z\nDTEND:20270202T120000Z", name="2.ics")
    ana.put(home, "UID:3\nDTSTART:20270203T090000Z\nDTEND:20270203T100000Z")
    found = read(ana.account(work, home))
    assert [(event.uid, event.start) for event in found.busy[work]] == [("1", utc(2, 9)), ("2", utc(2, 11))]
    assert [(event.uid, event.start) for event in found.busy[home]] == [("3", utc(3, 9))]
    assert found.unknown == {}


def test_only_the_calendars_asked_for_are_read(ana: DavUser) -> None:
    work, home = ana.make_calendar("Work"), ana.make_calendar("Home")
    assert read(ana.account(home)).busy == {home: []}
    assert read(ana.account()).busy == {}
    assert work != home


def test_a_calendar_may_be_the_accounts_own_address(ana: DavUser) -> None:
    work = ana.make_calendar("Work")
    ana.put(work, "UID:1\nDTSTART:20270202T090000Z\nDTEND:20270202T100000Z")
    assert busy(replace(ana, url=work).account("main"), "main") == [(utc(2, 9), utc(2, 10))]


@pytest.mark.rule("R12")
def test_an_address_that_is_no_calendars_own_is_not_free(ana: DavUser) -> None:
    ana.make_calendar("Work")
    found = read(replace(ana, url=ana.home).account("main"))
    assert (found.busy, list(found.unknown)) == ({}, ["main"])
    assert "no calendar at this address" in str(found.unknown["main"])


@pytest.mark.rule("R12")
def test_a_deleted_calendar_is_missing_while_the_others_are_read(ana: DavUser) -> None:
    work, home = ana.make_calendar("Work"), ana.make_calendar("Home")
    ana.put(home, "UID:1\nDTSTART:20270202T090000Z\nDTEND:20270202T100000Z")
    ana.delete(work)
    found = read(ana.account(work, home))
    assert [event.start for event in found.busy[home]] == [utc(2, 9)]
    assert isinstance(found.unknown[work], CalendarMissing)
    assert found.etag is None


@pytest.mark.rule("R12")
def test_an_account_whose_calendars_are_all_deleted_still_works(ana: DavUser) -> None:
    work = ana.make_calendar("Work")
    ana.delete(work)
    found = read(ana.account(work))
    assert found.busy == {}
    assert isinstance(found.unknown[work], CalendarMissing)


@pytest.mark.rule("R12")
def test_a_calendar_that_is_no_longer_shared_is_missing(radicale: Radicale, ana: DavUser) -> None:
    work, foreign = ana.make_calendar("Work"), radicale.new_user().make_calendar("Theirs")
    found = read(ana.account(foreign, work))
    assert found.busy == {work: []}
    assert isinstance(found.unknown[foreign], CalendarMissing)


@pytest.mark.rule("R12")
def test_an_account_that_may_see_nothing_any_more_is_broken_but_asked_again(
    radicale: Radicale, ana: DavUser
) -> None:
    foreign = radicale.new_user().make_calendar("Theirs")
    with pytest.raises(AccessRevoked) as refused:
        read(ana.account(foreign))
    assert not refused.value.final


@pytest.mark.rule("R12")
def test_an_event_that_cannot_be_read_is_not_free(ana: DavUser) -> None:
    work, home = ana.make_calendar("Work"), ana.make_calendar("Home")
    ana.put(work, "UID:1\nDTSTART:20270202T090000Z\nDTEND:20270202T100000Z\nRRULE:FREQ=SECONDLY")
    found = read(ana.account(work, home))
    assert found.busy == {home: []}
    assert isinstance(found.unknown[work], CalendarUnreachable)
    with pytest.raises(CalendarUnreachable):
        read(ana.account(work))


def test_what_did_not_change_is_not_read_again(ana: DavUser, frozen: None) -> None:
    work, home = ana.make_calendar("Work"), ana.make_calendar("Home")
    account = ana.account(work, home)
    again = replace(account, etag=read(account).etag)
    assert read(again).not_modified
    ana.put(home, "UID:1\nDTSTART:20270202T090000Z\nDTEND:20270202T100000Z")
    changed = read(again)
    assert not changed.not_modified
    assert [event.start for event in changed.busy[home]] == [utc(2, 9)]


@pytest.mark.parametrize(
    "change", [{"calendars": "one"}, {"owner_email": "eve@acme.example"}, {"timezone": "UTC"}]
)
def test_what_is_asked_differently_is_read_again(ana: DavUser, frozen: None, change: dict[str, Any]) -> None:
    work, home = ana.make_calendar("Work"), ana.make_calendar("Home")
    account = ana.account(work, home)
    values = {"calendars": (work,)} if "calendars" in change else change
    assert not read(replace(account, etag=read(account).etag, **values)).not_modified


@pytest.mark.rule("R12")
def test_a_version_is_believed_for_an_hour(ana: DavUser) -> None:
    account = ana.account(ana.make_calendar("Work"))
    with time_machine.travel(START, tick=False):
        account = replace(account, etag=read(account).etag)
    with time_machine.travel(utc(1, 1), tick=False):
        assert not read(account).not_modified


def test_what_ended_when_the_time_was_up_is_no_answer(ana: DavUser) -> None:
    work = ana.make_calendar("Work")
    with pytest.raises(CalendarUnreachable):
        CalDav().read_busy(ana.account(work), START, END, 0.0)
