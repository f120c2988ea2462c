"""Meetings that a site puts into Ana's Google calendar, and what became of them there."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.peers.google import Google
from tests.peers.google.records import Json
from tests.peers.google_links import ANA
from website.providers.calendars.google import GoogleCalendar
from website.providers.calendars.records import Account, CalendarEvent, EventRef, Placed

NINE = datetime(2027, 2, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DANA, ERIK = "dana@prospect.example", "erik@prospect.example"
REF = EventRef("token@firsthand")


def meeting(start: datetime = NINE, **values: Any) -> CalendarEvent:
    """A meeting of one hour with one guest."""
    known: dict[str, Any] = {
        "uid": REF.key,
        "sequence": 0,
        "start": start,
        "end": start + HOUR,
        "timezone": "America/New_York",
        "title": "Demo: Dana – Ana",
        "guests": ((DANA, "Dana Prospect"),),
        "address": "https://meet.acme.example/booking/token",
    }
    return CalendarEvent(**(known | values))


class Calendar:
    """Ana's primary calendar, seen from the site and from Google."""

    def __init__(self, google: Google, provider: GoogleCalendar, account: Account) -> None:
        self.google, self.provider, self.account = google, provider, account

    def put(self, event: CalendarEvent, ref: EventRef = REF) -> Placed:
        return self.provider.put_event(self.account, ANA, event, ref, 10)

    def remove(self, ref: EventRef = REF) -> None:
        self.provider.remove_event(self.account, ANA, ref, 10)

    def look(self, ref: EventRef) -> Placed | None:
        return self.provider.look_at_event(self.account, ANA, ref, 10)

    @property
    def event(self) -> Json:
        """The one event that stands there."""
        (event,) = self.google.events(ANA)
        return event

    @property
    def mails(self) -> Counter[tuple[str, str]]:
        """What guests were told, and how often."""
        return Counter((mail.kind, mail.guest) for mail in self.google.invitations)

    def written(self, method: str) -> list[Json]:
        """The bodies of all calls of a method."""
        return [call.body for call in self.google.calls_of(f"calendar.events.{method}")]
