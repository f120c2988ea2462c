"""The calendar that Firsthand keeps in its own database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from website.extensions import db
from website.ical.feed import BusyEvent
from website.models import BuiltinEvent, Calendar
from website.sentences import gettext_noop

from .base import CalendarProvider, Capabilities
from .records import Account, CalendarEvent, EventRef, FoundCalendar, Placed, Reading

ONLY = "main"


class BuiltinCalendar(CalendarProvider):
    """Reads and writes rows of our own, inside the caller's transaction."""

    key = "builtin"
    label = gettext_noop("Built-in calendar")
    speaker = gettext_noop("Firsthand")
    description = gettext_noop("Kept in Firsthand itself: nothing to link.")
    capabilities = Capabilities(writes=True, in_database=True)

    def account_line(self, account: Account) -> str:
        return self.label

    def find_calendars(self, account: Account, deadline_seconds: float) -> list[FoundCalendar]:
        return [FoundCalendar(ONLY, self.label, writable=True, primary=True)]

    def read_busy(
        self, account: Account, window_start: datetime, window_end: datetime, deadline_seconds: float
    ) -> Reading:
        """Every event that is not a meeting of ours: those are known from the bookings (R4)."""
        events = db.session.scalars(
            select(BuiltinEvent)
            .join(Calendar)
            .where(
                Calendar.account_id == account.id,
                BuiltinEvent.ours.is_(False),
                BuiltinEvent.start_at < window_end,
                BuiltinEvent.end_at > window_start,
            )
        )
        return Reading(_by_calendar(events.all()))

    def put_event(
        self, account: Account, calendar_id: str, event: CalendarEvent, ref: EventRef, deadline_seconds: float
    ) -> Placed:
        calendar = _calendar(account, calendar_id)
        row = _find(calendar, event.uid) or BuiltinEvent(calendar_id=calendar.id, uid=event.uid, ours=True)
        row.start_at, row.end_at = event.start, event.end
        row.title, row.description = event.title, event.description
        db.session.add(row)
        return _placed(row, ref)

    def remove_event(
        self,
        account: Account,
        calendar_id: str,
        ref: EventRef,
        deadline_seconds: float,
        *,
        handed_on: bool = False,
    ) -> None:
        row = _find(_calendar(account, calendar_id), ref.key)
        if row is not None:
            db.session.delete(row)

    def look_at_event(
        self, account: Account, calendar_id: str, ref: EventRef, deadline_seconds: float
    ) -> Placed | None:
        row = _find(_calendar(account, calendar_id), ref.key)
        return _placed(row, ref) if row is not None else None


def _placed(row: BuiltinEvent, ref: EventRef) -> Placed:
    return Placed(replace(ref, external_id=row.uid, uid=row.uid), row.start_at, row.end_at)


def _calendar(account: Account, external_id: str) -> Calendar:
    found = select(Calendar).where(Calendar.account_id == account.id, Calendar.external_id == external_id)
    return db.session.scalars(found).one()


def _find(calendar: Calendar, uid: str) -> BuiltinEvent | None:
    return db.session.scalar(
        select(BuiltinEvent).where(BuiltinEvent.calendar_id == calendar.id, BuiltinEvent.uid == uid)
    )


def _by_calendar(events: Sequence[BuiltinEvent]) -> dict[str, list[BusyEvent]]:
    names = {
        row.id: row.external_id
        for row in db.session.scalars(
            select(Calendar).where(Calendar.id.in_({event.calendar_id for event in events}))
        )
    }
    found: dict[str, list[BusyEvent]] = {}
    for event in events:
        found.setdefault(names[event.calendar_id], []).append(
            BusyEvent(event.start_at, event.end_at, event.uid)
        )
    return found
