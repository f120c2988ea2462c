"""Bytes of a feed to busy time, in this process. Hostile feeds go through `website.ical.read` instead."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, vBroken
from icalendar.timezone import tzp

from website.ical.blocking import blocks
from website.ical.feed import BusyEvent, Feed, FeedTooLarge, NotACalendar
from website.ical.lines import Source, sources
from website.ical.occurrences import might_take_place, occurrences, written_length
from website.ical.rules import RefusedRule, settle_rules
from website.ical.zones import Zones, instant, named_zone, settle_times

MAX_BUSY = 5_000
MAX_WARNINGS = 20
MAX_NAME = 80


@dataclass(slots=True)
class Reader:
    """What to look for, and what was found so far. `timezone` is the IANA name of the owner's zone."""

    window_start: datetime
    window_end: datetime
    timezone: str
    owner_email: str | None
    busy: list[BusyEvent] = field(default_factory=list)
    degraded: bool = False
    warnings: list[str] = field(default_factory=list)
    empty: bool = True

    def warn(self, text: str) -> None:
        """Keeps a sentence for the calendar's owner, once, and no more of them than anybody would read."""
        if text not in self.warnings and len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(text)

    def add(self, start: datetime, end: datetime, uid: str | None) -> None:
        """Keeps a busy interval that touches the window. Raises FeedTooLarge."""
        if start < end and start < self.window_end and end > self.window_start:
            self.busy.append(BusyEvent(start, end, uid))
        if len(self.busy) > MAX_BUSY:
            raise FeedTooLarge(f"The calendar has more than {MAX_BUSY:,} events in the booking window.")


def parse(
    data: bytes,
    *,
    window_start: datetime,
    window_end: datetime,
    timezone: str,
    owner_email: str | None = None,
) -> Feed:
    """As `website.ical.read.read_busy`, without its deadline. Raises NotACalendar, FeedTooLarge."""
    reader = Reader(window_start, window_end, timezone, owner_email)
    found = sources(data)
    for source in found:
        _read_calendar(source, reader)
    reader.busy.sort(key=lambda event: (event.start, event.end, event.uid or ""))
    minutes = _refresh_minutes(found[0])
    return Feed(reader.busy, reader.degraded, reader.warnings, minutes, reader.empty)


def _read_calendar(source: Source, reader: Reader) -> None:
    zone = _zone(source, reader)
    groups: dict[str | int, list[Component]] = defaultdict(list)
    for number, component in enumerate(_parsed(source, reader).subcomponents):
        if component.name == "VFREEBUSY":
            _read_free_busy(component, zone, reader)
        elif component.name == "VEVENT":
            groups[_uid(component) or number].append(component)
        reader.empty &= component.name not in ("VEVENT", "VFREEBUSY")
    for group in groups.values():
        _read_group(group, zone, reader)


def _zone(source: Source, reader: Reader) -> tzinfo:
    """The calendar's own zone, else its owner's."""
    for header in ("X-WR-TIMEZONE", "TIMEZONE-ID"):
        name = source.headers.get(header)
        zone = named_zone(name) if name else None
        if zone:
            return zone
        if name:
            reader.warn(
                f"The calendar's time zone {_quoted(name)} is not known; it is read as {reader.timezone}."
            )
    return ZoneInfo(reader.timezone)


def _parsed(source: Source, reader: Reader) -> Calendar:
    """The calendar's components; once more without its time zones when those are what cannot be read."""
    for zones in (True, False):
        tzp.use(Zones())  # and forget those of the calendar before: the parser keeps them for the process
        try:
            return Calendar.from_ical(source.text(zones=zones))
        except Exception:  # the parser lets its dependencies' errors through
            reader.warn("The calendar's own time zones cannot be read.")
    raise NotACalendar("The calendar cannot be read.")


def _read_group(group: list[Component], zone: tzinfo, reader: Reader) -> None:
    """The components of one UID. One that cannot be read is never free: it degrades the reading (R12)."""
    group = [event for event in group if _has_start(event, reader)]
    if not any(blocks(event, reader.owner_email) for event in group):
        return
    try:
        for event in group:
            _settle(event, zone, reader)
        for one in occurrences(group, reader.window_start, reader.window_end, zone):
            if blocks(one.component, reader.owner_email):
                reader.add(one.start, one.end, _uid(one.component))
    except FeedTooLarge:
        raise
    except Exception as error:  # whatever it is that a malformed event makes the expansion raise
        _note_unreadable(group, error, zone, reader)


def _has_start(event: Component, reader: Reader) -> bool:
    """An event without a start takes no time, unless it is an override, or its start could not be read."""
    if "DTSTART" in event or "RECURRENCE-ID" in event or event.errors:
        return True
    reader.warn("An event without a start was left out.")
    return False


def _settle(event: Any, zone: tzinfo, reader: Reader) -> None:
    """Prepares an event for expansion. An exception date that cannot be read is left out: it stays busy.

    Raises ValueError and others on an event that cannot be read.
    """
    if any(name is None for name, _ in event.errors):
        raise ValueError("the parser dropped a line")
    held = event.pop("EXDATE", [])
    readable = [
        dates for dates in (held if isinstance(held, list) else [held]) if not isinstance(dates, vBroken)
    ]
    if readable:
        event["EXDATE"] = readable
    for name in settle_times(event, zone):
        reader.warn(f"The time zone {_quoted(name)} is not known; its events are read as {zone}.")
    settle_rules(event, zone)


def _note_unreadable(group: list[Component], error: Exception, zone: tzinfo, reader: Reader) -> None:
    window = (reader.window_start, reader.window_end, zone)
    for event in group:
        if blocks(event, reader.owner_email) and might_take_place(event, *window):
            reader.degraded = True
            why = str(error) if isinstance(error, RefusedRule) else "cannot be read"
            reader.warn(f"An event that {_which(event)} {why}.")


def _which(event: Any) -> str:
    start = event.get("DTSTART")
    if start is None:
        return "has no start"
    first = start[0] if isinstance(start, list) else start
    return f"starts at {first.to_ical().decode()[:MAX_NAME]}"


def _uid(event: Component) -> str | None:
    uid = event.get("UID")
    return str(uid) if uid else None


def _quoted(name: str) -> str:
    return f"“{name[:MAX_NAME]}”"


def _read_free_busy(component: Any, zone: tzinfo, reader: Reader) -> None:
    """RFC 5545 §3.8.2.6: periods, busy unless they say that they are free."""
    held = component.get("FREEBUSY", [])
    for period in held if isinstance(held, list) else [held]:
        if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE":
            reader.add(*_period(period.dt, zone), None)


def _period(period: tuple[datetime, datetime | timedelta], zone: tzinfo) -> tuple[datetime, datetime]:
    start, end = period
    begin = instant(start, zone)
    return begin, begin + end if isinstance(end, timedelta) else instant(end, zone)


def _refresh_minutes(source: Source) -> int | None:
    """REFRESH-INTERVAL (RFC 7986 §5.7), else X-PUBLISHED-TTL, in whole minutes."""
    for header in ("REFRESH-INTERVAL", "X-PUBLISHED-TTL"):
        try:
            minutes = written_length(source.headers.get(header, "")) // timedelta(minutes=1)
        except (ValueError, OverflowError):
            continue
        if minutes > 0:
            return minutes
    return None
