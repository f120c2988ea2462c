"""Reading in a process of its own: the same answers, and an end to whatever does not end."""

import subprocess
from typing import Any

import pytest

from tests.ical.feeds import AT_NINE, END, PLAIN, START, calendar, event, read, spelt
from website.ical.feed import Feed
from website.ical.lines import MAX_BYTES
from website.ical.read import FeedTooLarge, FeedTooSlow, NotACalendar, read_busy


def read_apart(data: bytes, **values: Any) -> Feed:
    known = {"window_start": START, "window_end": END, "timezone": "Europe/Paris", "deadline_seconds": 20.0}
    return read_busy(data, **(known | values))


def test_the_answer_is_the_one_of_this_process() -> None:
    data = calendar(
        event(f"{PLAIN}\nRRULE:FREQ=WEEKLY;COUNT=3", uid="é"),
        event("DTSTART;TZID=Mars/Olympus:20270301T090000\nDURATION:PT1H", uid="2"),
        event("DTSTART:20270302T090000Z\nDTEND:late", uid="3"),
        headers="REFRESH-INTERVAL;VALUE=DURATION:PT30M",
    )
    feed = read_apart(data)
    assert feed == read(data)
    assert (len(feed.busy), feed.degraded, len(feed.warnings), feed.refresh_minutes) == (4, True, 2, 30)


def test_who_declined_is_known() -> None:
    data = calendar(event(f"{PLAIN}\nATTENDEE;PARTSTAT=DECLINED:mailto:ana@acme.example"))
    assert spelt(read_apart(data).busy) == AT_NINE
    assert read_apart(data, owner_email="ana@acme.example").busy == []


def test_an_error_comes_back_as_itself() -> None:
    with pytest.raises(NotACalendar, match="does not answer with a calendar"):
        read_apart(b"<html>")
    with pytest.raises(FeedTooLarge, match="5,000 events"):
        read_apart(calendar(event("DTSTART:20270202T090000Z\nDURATION:PT10M\nRRULE:FREQ=HOURLY")))


def test_too_many_bytes_are_not_handed_over() -> None:
    with pytest.raises(FeedTooLarge, match="10 MB"):
        read_apart(b" " * (MAX_BYTES + 1))


@pytest.mark.rule("R12")
def test_what_is_not_read_at_the_deadline_is_no_answer() -> None:
    never = "DTSTART:20270202T090000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYWEEKNO=1;BYMONTH=7"
    rules = [event(never, uid=str(number)) for number in range(500)]
    with pytest.raises(FeedTooSlow, match="too long to read"):
        read_apart(calendar(*rules), deadline_seconds=1.5)


def test_an_accident_over_there_is_no_answer_and_quotes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(FeedTooSlow, match="takes too much to read"):
        read_apart(calendar(event(PLAIN, uid="a secret")), timezone="No/Such_Zone")
    assert [record.getMessage().split()[-1] for record in caplog.records] == [
        "zoneinfo._common.ZoneInfoNotFoundError"
    ]


def test_the_other_process_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, str] = {}

    def run(*arguments: Any, env: dict[str, str], **named: Any) -> Any:
        seen.update(env)
        return real(*arguments, env=env, **named)

    real = subprocess.run
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setenv("SECRET_KEY", "a secret")
    assert spelt(read_apart(calendar(event(PLAIN))).busy) == AT_NINE
    assert "PATH" in seen
    assert "a secret" not in seen.values()
