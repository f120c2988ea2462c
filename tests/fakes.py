"""A calendar provider for tests of services: it says what it is told to say, and keeps the interface's promise."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from website.ical.feed import BusyEvent
from website.providers.calendars import CALENDAR_PROVIDERS
from website.providers.calendars.base import (
    Account,
    CalendarError,
    CalendarProvider,
    Capabilities,
    ConnectField,
    FoundCalendar,
    Reading,
)


class FakeCalendar(CalendarProvider):
    """Every account has one calendar; what it knows and how it fails is set by the test, by the user's address."""

    key = "fake"
    label = "Fake calendar"
    description = "For tests."
    capabilities = Capabilities(writes=False, max_age_minutes=30)
    connect_fields: tuple[ConnectField, ...] = ()

    def __init__(self) -> None:
        self.busy: dict[str, list[BusyEvent]] = {}
        self.failure: dict[str, CalendarError] = {}
        self.asked: list[str] = []

    def account_line(self, account: Account) -> str:
        return self.label

    def find_calendars(self, account: Account, deadline_seconds: float) -> list[FoundCalendar]:
        return [FoundCalendar("main", self.label)]

    def read_busy(
        self, account: Account, window_start: datetime, window_end: datetime, deadline_seconds: float
    ) -> Reading:
        email = account.owner_email or ""
        self.asked.append(email)
        if email in self.failure:
            raise self.failure[email]
        return Reading({"main": self.busy.get(email, [])})


@contextmanager
def fake_provider() -> Iterator[FakeCalendar]:
    """Puts a fake calendar into the table of providers."""
    fake = FakeCalendar()
    CALENDAR_PROVIDERS[fake.key] = fake
    try:
        yield fake
    finally:
        del CALENDAR_PROVIDERS[fake.key]
