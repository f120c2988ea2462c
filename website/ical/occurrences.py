"""From the components of one UID to the times at which they take place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from icalendar import Calendar, Component, vDuration
from recurring_ical_events import CalendarQuery

from website.ical.repair import RAW_DURATION
from website.ical.rules import rules, until
from website.ical.zones import instant

A_DAY = timedelta(days=1)
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, OverflowError)
_NOMINAL = re.compile(r"[+-]?P(?:(\d+)W)?(?:(\d+)D)?")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """`[start, end)`, aware UTC datetimes, and the component that says what kind of event it is."""

    start: datetime
    end: datetime
    component: Component


def occurrences(
    group: list[Component], window_start: datetime, window_end: datetime, zone: tzinfo
) -> Iterator[Occurrence]:
    """When the components of one UID, settled in `zone`, take place in the window.

    Raises what the parser and the expansion raise on events that cannot be read: ValueError and others.
    """
    if len(group) == 1 and not {"RRULE", "RDATE"} & set(group[0]):
        found = iter([_single(group[0], zone)])
    else:
        found = _series(group, window_start, window_end, zone)
    return (one for one in found if one.start < window_end and one.end > window_start)


def _single(event: Any, zone: tzinfo) -> Occurrence:
    start = event["DTSTART"].dt
    if "DTEND" in event:
        end = instant(event["DTEND"].dt, zone)
    elif "DURATION" in event:
        end = _after(start, event["DURATION"].dt, str(event[RAW_DURATION]), zone)
    else:
        end = instant(start, zone)
    return Occurrence(*_ordered(start, end, zone), event)


def _ordered(start: date, end: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Start and end as instants; an all-day event lasts a day at least, a reversed one is turned round."""
    begin = instant(start, zone)
    if not isinstance(start, datetime) and end <= begin:
        end = instant(start + A_DAY, zone)
    return min(begin, end), max(begin, end)


def _after(start: date, length: timedelta, raw: str, zone: tzinfo) -> datetime:
    """The end of a DURATION: weeks and days go by the wall clock, hours by elapsed time (RFC 5545 §3.3.6)."""
    match = _NOMINAL.match(raw)
    weeks, days = (int(part or 0) for part in match.groups()) if match else (0, 0)
    nominal = timedelta(weeks=weeks, days=days)
    return instant(start + nominal, zone) + (length - nominal)


def _series(
    group: list[Component], window_start: datetime, window_end: datetime, zone: tzinfo
) -> Iterator[Occurrence]:
    """The expansion of a series; asked for a day more on either side, as it takes dates for UTC days."""
    for calendar in _calendars(group):
        for event in CalendarQuery(calendar).between(window_start - A_DAY, window_end + A_DAY):
            start, end = event["DTSTART"].dt, event["DTEND"].dt
            yield Occurrence(*_ordered(start, _end(event, start, end, zone), zone), event)


def _calendars(group: list[Component]) -> Iterator[Calendar]:
    """The newest master with its overrides, and every other master of the same revision by itself.

    One UID twice is against RFC 5545 §3.8.4.7, but some feeds do it, and no event may get lost.
    """
    masters = [event for event in group if "RECURRENCE-ID" not in event]
    overrides = [event for event in group if "RECURRENCE-ID" in event]
    newest = max((_revision(event) for event in masters), default=0)
    masters = [event for event in masters if _revision(event) == newest]
    yield _calendar([*masters[:1], *overrides])
    for master in masters[1:]:
        yield _calendar([master])


def _calendar(events: list[Component]) -> Calendar:
    calendar = Calendar()
    for event in events:
        calendar.add_component(event)
    return calendar


def _revision(event: Any) -> int:
    return int(event.get("SEQUENCE", 0))


def _end(event: Any, start: date, end: date, zone: tzinfo) -> datetime:
    """The end of one occurrence. Where clocks change during it and only DTEND is known, the later reading:

    the standard repeats the elapsed time (RFC 5545 §3.8.5.3), many calendars the wall clock.
    """
    length = end - start
    raw = str(event.get(RAW_DURATION, ""))
    if raw and written_length(raw) == length:
        return _after(start, length, raw, zone)
    elapsed = instant(start, zone) + length if isinstance(start, datetime) else instant(end, zone)
    return max(instant(end, zone), elapsed)


def written_length(raw: str) -> timedelta:
    """A DURATION's text with its days counted as 24 hours. Raises ValueError."""
    length: timedelta = vDuration.from_ical(raw)  # type: ignore[no-untyped-call]
    return length


def might_take_place(event: Any, window_start: datetime, window_end: datetime, zone: tzinfo) -> bool:
    """Whether an event that cannot be read might take place in the window: yes, unless it surely does not."""
    try:
        start = instant(event["DTSTART"].dt, zone)
    except _UNREADABLE:
        start = None
    if start is not None and start >= window_end and "RDATE" not in event:
        return False
    try:
        return start is None or "RDATE" in event or _last_end(event, start, zone) > window_start
    except _UNREADABLE:
        return True


def _last_end(event: Any, start: datetime, zone: tzinfo) -> datetime:
    """The end of the last occurrence. Raises what unreadable values raise, and KeyError without an end."""
    end = instant(event["DTEND"].dt, zone)
    ends = [until(rule, event["DTSTART"].dt, zone) for rule in rules(event)]
    return max([end, *(instant(last, zone) + (end - start) for last in ends)])
