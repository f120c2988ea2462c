"""Every way in which Google says no, and what it means for the account and its user."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.peers.google import Google
from tests.peers.google.faults import KINDS
from tests.peers.google.refusals import REFUSALS
from tests.peers.google_links import ANA
from tests.providers.calendars.google.meetings import REF, meeting
from website import clock
from website.providers.calendars.errors import (
    AccessRevoked,
    CalendarError,
    CalendarMissing,
    CalendarReadOnly,
    CalendarUnreachable,
)
from website.providers.calendars.google import GoogleCalendar
from website.providers.calendars.records import Account

START = datetime(2027, 2, 1, tzinfo=UTC)
# What a refusal is when a calendar is read; what when an event is written, where that differs.
REVOKED = {"insufficientPermissions": True, "domainPolicy": False, "authError": False}
MISSING = {"notFound"}
READ_ONLY = {"invalid", "required", "parseError", "timeRangeEmpty", "timeRangeTooLong",
             "channelIdNotUnique", "forbidden", "requiredAccessLevel", "forbiddenForNonOrganizer"}  # fmt: skip
PAUSES = {
    "rateLimitExceeded": 60,
    "userRateLimitExceeded": 60,
    "tooManyRequests": 60,
    "quotaExceeded": 900,
    "accessNotConfigured": 900,
}

Work = Callable[[GoogleCalendar, Account], object]


def read(calendar: GoogleCalendar, account: Account) -> object:
    return calendar.read_busy(account, START, START + timedelta(days=1), 5)


def write(calendar: GoogleCalendar, account: Account) -> object:
    return calendar.put_event(account, ANA, meeting(), REF, 5)


def error_of(
    work: Callable[[GoogleCalendar, Account], object], calendar: GoogleCalendar, account: Account
) -> CalendarError:
    with pytest.raises(CalendarError) as caught:
        work(calendar, account)
    text = str(caught.value)
    assert text.endswith(".")
    assert not any(secret in text for secret in (ANA, *account.secret.values()))
    return caught.value


@pytest.mark.fault(9)
@pytest.mark.rule("R12")
@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_of_a_reading_has_its_meaning(
    google: Google, calendar: GoogleCalendar, ana: Account, kind: str
) -> None:
    google.fail(kind, times=2)
    error = error_of(read, calendar, ana)
    if kind in REVOKED:
        assert (type(error), getattr(error, "final", None)) == (AccessRevoked, REVOKED[kind])
    elif kind in MISSING:
        assert type(error) is CalendarMissing
    else:
        assert type(error) is CalendarUnreachable
        assert getattr(error, "retry_after_seconds", None) == PAUSES.get(kind)


@pytest.mark.fault(9)
@pytest.mark.rule("R32")
@pytest.mark.parametrize("kind", sorted(REFUSALS.keys() - {"duplicate"}))
def test_every_refusal_of_an_event_has_its_meaning(
    google: Google, calendar: GoogleCalendar, ana: Account, kind: str
) -> None:
    google.fail(kind, times=2, method="calendar.events.insert")
    error = error_of(write, calendar, ana)
    classes = {
        **dict.fromkeys(REVOKED, AccessRevoked),
        **dict.fromkeys(MISSING, CalendarMissing),
        **dict.fromkeys(READ_ONLY, CalendarReadOnly),
    }
    assert type(error) is classes.get(kind, CalendarUnreachable)
    assert google.events(ANA) == []


def test_who_can_mend_it_is_told_what_to_do(google: Google, calendar: GoogleCalendar, ana: Account) -> None:
    google.fail("accessNotConfigured")
    assert "an admin must enable it" in str(error_of(read, calendar, ana))
    google.fail("insufficientPermissions")
    assert "See when you are busy" in str(error_of(read, calendar, ana))
    google.fail("insufficientPermissions")
    assert "Put meetings into your calendars" in str(error_of(write, calendar, ana))


@pytest.mark.fault(9)
def test_a_pause_that_google_asks_for_is_kept(google: Google, calendar: GoogleCalendar, ana: Account) -> None:
    for kind in ("unavailable", "tooManyRequests", "rateLimitExceeded"):
        google.fail(kind, retry_after=7)
        assert getattr(error_of(read, calendar, ana), "retry_after_seconds", None) == 7


def test_a_pause_may_be_given_as_a_date(google: Google, calendar: GoogleCalendar, ana: Account) -> None:
    until = format_datetime(clock.now() + timedelta(minutes=5), usegmt=True)
    google.fail("unavailable", retry_after=until)  # type: ignore[arg-type]
    assert 290 <= (getattr(error_of(read, calendar, ana), "retry_after_seconds", None) or 0) <= 300
    google.fail("unavailable", retry_after="soon")  # type: ignore[arg-type]
    assert getattr(error_of(read, calendar, ana), "retry_after_seconds", 0) is None


def test_a_fault_of_ours_is_logged_without_saying_whose(
    google: Google, calendar: GoogleCalendar, ana: Account, caplog: pytest.LogCaptureFixture
) -> None:
    google.fail("timeRangeTooLong")
    error_of(read, calendar, ana)
    assert "400: timeRangeTooLong" in caplog.text
    assert ANA not in caplog.text


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"slow", "invalid_grant"}))
def test_no_mishap_is_anything_but_a_calendar_error_or_gives_anything_away(
    google: Google, calendar: GoogleCalendar, ana: Account, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[Callable[[], object]] = [
        lambda: calendar.find_calendars(ana, 5),
        lambda: calendar.look_at_event(ana, ANA, REF, 5),
        lambda: calendar.remove_event(ana, ANA, REF, 5),
        lambda: calendar.put_event(ana, ANA, meeting(), REF, 5),
        lambda: calendar.stop_watching(ana, "name", "resource", 5),
    ]
    google.fail(kind, times=None)
    for call in calls:
        with suppress(CalendarError):
            call()
    assert not any(secret in caplog.text for secret in (ANA, "dana@prospect.example", *ana.secret.values()))
