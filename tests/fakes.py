"""A calendar provider for tests of services: it says what it is told to say, and keeps the interface's promise."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from website.ical.feed import BusyEvent
from website.providers.calendars import CALENDAR_PROVIDERS
from website.providers.calendars.base import CalendarProvider, Capabilities, ConnectField
from website.providers.calendars.errors import CalendarError
from website.providers.calendars.records import (
    Account,
    CalendarEvent,
    EventRef,
    FoundCalendar,
    Placed,
    Reading,
)


class FakeCalendar(CalendarProvider):
    """Every account has one calendar unless `found` says otherwise; what it knows and how it fails is set by the test,
    by the user's address; `unknown` by the calendar's id. It remembers what it was asked, and what was given back."""

    key = "fake"
    label = "Fake calendar"
    speaker = "Fake"
    description = "For tests."
    capabilities = Capabilities(writes=False, max_age_minutes=30)
    connect_fields: tuple[ConnectField, ...] = ()

    def __init__(self) -> None:
        self.busy: dict[str, list[BusyEvent]] = {}
        self.failure: dict[str, CalendarError] = {}
        self.unknown: dict[str, CalendarError] = {}
        self.found = [FoundCalendar("main", self.label, primary=True)]
        self.asked: list[str] = []
        self.tried: list[Account] = []
        self.placed: list[str] = []
        self.given_back: list[Account] = []

    def account_line(self, account: Account) -> str:
        return account.secret.get("name", self.label)

    def find_calendars(self, account: Account, deadline_seconds: float) -> list[FoundCalendar]:
        self.tried.append(account)
        self._answer(account)
        return list(self.found)

    def read_busy(
        self, account: Account, window_start: datetime, window_end: datetime, deadline_seconds: float
    ) -> Reading:
        email = account.owner_email or ""
        self.asked.append(email)
        self._answer(account)
        known = {name: self.busy.get(email, []) for name in account.calendars if name not in self.unknown}
        return Reading(
            known, {name: self.unknown[name] for name in account.calendars if name in self.unknown}
        )

    def put_event(
        self, account: Account, calendar_id: str, event: CalendarEvent, ref: EventRef, deadline_seconds: float
    ) -> Placed:
        self._answer(account)
        self.placed.append(event.uid)
        return Placed(replace(ref, external_id=event.uid, uid=event.uid), event.start, event.end)

    def disconnect(self, account: Account, deadline_seconds: float) -> None:
        self._answer(account)
        self.given_back.append(account)

    def _answer(self, account: Account) -> None:
        email = account.owner_email or ""
        if email in self.failure:
            raise self.failure[email]


@contextmanager
def fake_provider() -> Iterator[FakeCalendar]:
    """Puts a fake calendar into the table of providers."""
    fake = FakeCalendar()
    CALENDAR_PROVIDERS[fake.key] = fake
    try:
        yield fake
    finally:
        del CALENDAR_PROVIDERS[fake.key]
