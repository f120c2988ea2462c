"""A calendar provider for tests that keeps events, as a real one does: they can be moved and deleted there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.fakes import FakeCalendar
from website.extensions import db
from website.models import Calendar, CalendarAccount, User
from website.providers.calendars import CALENDAR_PROVIDERS
from website.providers.calendars.base import Capabilities
from website.providers.calendars.errors import CalendarError, EventGone
from website.providers.calendars.records import Account, CalendarEvent, EventRef, Placed, Reading


class Diary(FakeCalendar):
    """`events` are what stands in it, by (calendar, id); `wrong` is raised by every call that reads or writes one."""

    key = "diary"
    label = "Diary"
    capabilities = Capabilities(writes=True, invites=True, meets=True)

    def __init__(self) -> None:
        super().__init__()
        self.events: dict[tuple[str, str], Placed] = {}
        self.wanted: list[CalendarEvent] = []
        self.wrong: CalendarError | None = None

    def read_busy(
        self, account: Account, window_start: datetime, window_end: datetime, deadline_seconds: float
    ) -> Reading:
        self._fail()
        return Reading({name: self.busy.get(name, []) for name in account.calendars})

    def put_event(
        self, account: Account, calendar_id: str, event: CalendarEvent, ref: EventRef, deadline_seconds: float
    ) -> Placed:
        self._fail()
        name = ref.external_id or f"{ref.key}-{ref.generation}"
        if ref.external_id and (calendar_id, name) not in self.events:
            raise EventGone("The event was deleted.")
        self.wanted.append(event)
        placed = Placed(replace(ref, external_id=name, uid=name, etag="1"), event.start, event.end)
        self.events[calendar_id, name] = placed
        return placed

    def remove_event(
        self,
        account: Account,
        calendar_id: str,
        ref: EventRef,
        deadline_seconds: float,
        *,
        handed_on: bool = False,
    ) -> None:
        self._fail()
        self.events.pop((calendar_id, ref.external_id or f"{ref.key}-{ref.generation}"), None)

    def look_at_event(
        self, account: Account, calendar_id: str, ref: EventRef, deadline_seconds: float
    ) -> Placed | None:
        self._fail()
        return self.events.get((calendar_id, ref.external_id))

    def _fail(self) -> None:
        if self.wrong is not None:
            raise self.wrong

    def only(self) -> Placed:
        """The one event that stands in all calendars."""
        (placed,) = self.events.values()
        return placed

    def move(self, by: timedelta) -> None:
        """Its owner drags the one event to another time."""
        ((name, placed),) = self.events.items()
        self.events[name] = replace(placed, start=placed.start + by, end=placed.end + by)


@contextmanager
def diaries(diary: Diary | None = None) -> Iterator[Any]:
    """Puts diaries into the table of providers; another one than a plain diary if it is given."""
    diary = diary or Diary()
    CALENDAR_PROVIDERS[diary.key] = diary
    try:
        yield diary
    finally:
        del CALENDAR_PROVIDERS[diary.key]


def link_diary(user: User, now: datetime) -> CalendarAccount:
    """An account whose one calendar, named after its user, was just read, and receives bookings."""
    known = now + timedelta(days=400)
    account = CalendarAccount(kind="diary", user=user, checked_at=now, known_until=known)
    calendar = Calendar(
        account=account,
        external_id=user.email,
        receives_bookings=True,
        meets=True,
        checked_at=now,
        known_until=known,
    )
    db.session.add_all([account, calendar])
    db.session.flush()
    return account
