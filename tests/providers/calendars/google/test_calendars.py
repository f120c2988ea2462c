"""Which calendars a Google account has, by what was granted."""

import pytest

from tests.peers.google import Google
from tests.peers.google_links import ALL, ANA, BUSY, LIST, OWNED, linked
from website.providers.calendars import CALENDAR_PROVIDERS
from website.providers.calendars.errors import AccessRevoked, CalendarUnreachable
from website.providers.calendars.google import GoogleCalendar
from website.providers.calendars.records import Account, FoundCalendar

TEAM = "team@group.calendar.google.com"


def find(calendar: GoogleCalendar, account: Account) -> list[FoundCalendar]:
    return calendar.find_calendars(account, 10)


def test_it_is_in_the_table_of_providers() -> None:
    assert isinstance(CALENDAR_PROVIDERS["google"], GoogleCalendar)


def test_all_calendars_are_found_page_by_page(google: Google, calendar: GoogleCalendar, ana: Account) -> None:
    google.add_calendar(ANA, TEAM, "Team", "America/New_York").conferences = ()
    google.add_account("ben@acme.example")
    google.share("ben@acme.example", ANA, "writer")
    google.page_size = 1
    assert find(calendar, ana) == [
        FoundCalendar(ANA, ANA, "Europe/Paris", writable=True, primary=True, meets=True),
        FoundCalendar(TEAM, "Team", "America/New_York", writable=True),
        FoundCalendar("ben@acme.example", "ben@acme.example", "UTC", meets=True),
    ]
    assert len(google.calls_of("calendar.calendarList.list")) == 3


def test_without_the_list_only_the_primary_calendar_is_known(
    google: Google, calendar: GoogleCalendar
) -> None:
    account = linked(google, scopes=(BUSY, OWNED))
    google.add_calendar(ANA, TEAM)
    found = FoundCalendar("primary", ANA, "Europe/Paris", writable=True, primary=True, meets=True)
    assert find(calendar, account) == [found]


def test_without_the_right_to_write_calendars_are_only_checked(
    google: Google, calendar: GoogleCalendar
) -> None:
    assert [one.writable for one in find(calendar, linked(google, scopes=(LIST, BUSY)))] == [False]
    assert [one.writable for one in find(calendar, linked(google, scopes=(BUSY,)))] == [False]


@pytest.mark.parametrize("scopes", [ALL, (BUSY,)])
def test_finding_calendars_tries_the_account_out(
    google: Google, calendar: GoogleCalendar, scopes: tuple[str, ...]
) -> None:
    account = linked(google, scopes=scopes)
    google.revoke(ANA)
    with pytest.raises(AccessRevoked):
        find(calendar, account)


@pytest.mark.fault(11)
@pytest.mark.parametrize("scopes", [ALL, (BUSY,)])
@pytest.mark.parametrize("kind", ["html", "truncated", "lost_after", "unavailable"])
def test_an_answer_that_is_none_is_not_taken_for_an_account_without_calendars(
    google: Google, calendar: GoogleCalendar, scopes: tuple[str, ...], kind: str
) -> None:
    account = linked(google, scopes=scopes)
    google.fail(kind)
    with pytest.raises(CalendarUnreachable):
        find(calendar, account)


def test_what_was_left_unticked_is_told() -> None:
    sign_in = GoogleCalendar.sign_in
    assert sign_in is not None
    granted = f"https://www.googleapis.com/auth/{LIST} openid https://www.googleapis.com/auth/userinfo.email"
    missing = sign_in.missing(granted.split())
    assert [(scope.name.rsplit("/", 1)[-1], scope.required) for scope in missing] == [
        (BUSY, True),
        (OWNED, False),
    ]
    assert all(scope.label and scope.without.endswith(".") for scope in sign_in.scopes)


def test_the_account_is_named_without_its_secret(ana: Account, calendar: GoogleCalendar) -> None:
    line = calendar.account_line(ana)
    assert line
    assert not any(value in line for value in ana.secret.values())
