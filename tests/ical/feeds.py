"""Feeds for tests, and their busy time in a form that a person can check against a wall calendar."""

from datetime import UTC, datetime
from typing import Any

from website.ical.feed import BusyEvent, Feed
from website.ical.parse import parse

START, END = datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC)
PLAIN = "DTSTART:20270202T090000Z\nDTEND:20270202T100000Z"
AT_NINE = ["02-02 09:00 → 02-02 10:00"]


def event(lines: str, uid: str = "1") -> str:
    """A VEVENT; two of the same UID are one event and its override."""
    return f"BEGIN:VEVENT\nUID:{uid}\n{lines}\nEND:VEVENT"


def calendar(*parts: str, headers: str = "") -> bytes:
    """A feed of these components, the headers in front of them."""
    inside = "\n".join(part for part in ("VERSION:2.0", headers, *parts) if part)
    return f"BEGIN:VCALENDAR\n{inside}\nEND:VCALENDAR\n".replace("\n", "\r\n").encode()


def read(data: bytes, **values: Any) -> Feed:
    """The feed of somebody in Paris, from 1 February to 1 December 2027, in this process."""
    known = {"window_start": START, "window_end": END, "timezone": "Europe/Paris"}
    return parse(data, **(known | values))


def busy(data: bytes, **values: Any) -> list[str]:
    """When that person is busy in UTC, as "03-22 09:00 → 03-22 10:00"; of a feed that was read whole."""
    feed = read(data, **values)
    assert not feed.degraded, feed.warnings
    return spelt(feed.busy)


def spelt(events: list[BusyEvent]) -> list[str]:
    """The year is 2027 unless it is written."""
    return [f"{_instant(event.start)} → {_instant(event.end)}" for event in events]


def _instant(at: datetime) -> str:
    assert at.tzinfo is UTC
    year = "" if at.year == 2027 else f"{at.year}-"
    return f"{year}{at:%m-%d %H:%M}{f':{at.second}' if at.second else ''}"
