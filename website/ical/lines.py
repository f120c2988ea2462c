"""The content lines of a feed that say when somebody is busy, and nothing else.

Everything else (descriptions, alarms, to-dos, vendors' headers) is dropped before the parser sees it: a
mistake in a line that is of no interest must not cost the whole feed.
"""

import re

from website.ical.feed import FeedTooLarge, NotACalendar
from website.ical.repair import repaired

MAX_BYTES = 10_000_000
MAX_COMPONENTS = 20_000

_ZONE_RULES = frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "RRULE", "RDATE"})
_EVENT = "UID SEQUENCE RECURRENCE-ID DTSTART DTEND DURATION RRULE RDATE EXDATE STATUS TRANSP ATTENDEE"
_SHOWN_AS = "X-MICROSOFT-CDO-BUSYSTATUS X-MICROSOFT-CDO-INTENDEDSTATUS"
_KEPT = {
    "VCALENDAR": frozenset[str](),
    "VTIMEZONE": frozenset({"TZID"}),
    "STANDARD": _ZONE_RULES,
    "DAYLIGHT": _ZONE_RULES,
    "VFREEBUSY": frozenset({"FREEBUSY"}),
    "VEVENT": frozenset({*_EVENT.split(), *_SHOWN_AS.split()}),
}
_FOLD = re.compile(rb"\r?\n[ \t]")
_NEW_LINE = re.compile(r"\r?\n")
_NAME = re.compile(r"[A-Za-z0-9-]+(?=[;:])")


class Source:
    """One VCALENDAR of a feed: its headers by upper-case name, and the lines worth parsing."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self._lines: list[str] = []
        self._zone_lines: list[str] = []

    def text(self, *, zones: bool = True) -> bytes:
        """iCalendar text for the parser, with the calendar's own VTIMEZONEs or without."""
        inside = [*(self._zone_lines if zones else []), *self._lines]
        return "\r\n".join(["BEGIN:VCALENDAR", *inside, "END:VCALENDAR", ""]).encode()

    def take(self, path: list[str], name: str, line: str) -> None:
        """Keeps a line if it is of interest; `path`: the components it stands in, the outermost first."""
        if path == ["VCALENDAR"]:
            self.headers.setdefault(name, line.partition(":")[2].strip())
        elif all(component in _KEPT for component in path) and self._wanted(path[-1], name, line):
            lines = self._zone_lines if "VTIMEZONE" in path else self._lines
            edge = name in ("BEGIN", "END")
            lines += [f"{name}:{path[-1]}"] if edge else repaired(name, line)

    @staticmethod
    def _wanted(component: str, name: str, line: str) -> bool:
        if name == "SEQUENCE":
            return line.partition(":")[2].strip().isdecimal()
        return name in ("BEGIN", "END") or name in _KEPT[component]


def sources(data: bytes) -> list[Source]:
    """Every VCALENDAR of the feed. Raises NotACalendar, FeedTooLarge."""
    if len(data) > MAX_BYTES:
        raise FeedTooLarge("The calendar is larger than 10 MB.")
    # Unfolded first: lines are folded by bytes, also inside a letter (RFC 5545 §3.1).
    text = _FOLD.sub(b"", data).decode("utf-8-sig", "replace").lstrip()
    if text[:15].upper() != "BEGIN:VCALENDAR":
        raise NotACalendar("The address does not answer with a calendar.")
    found: list[Source] = []
    path: list[str] = []
    components = 0
    for line in _NEW_LINE.split(text):
        match = _NAME.match(line)
        name = match[0].upper() if match else ""
        if name == "BEGIN":
            components += 1
            _enter(path, line, found)
        if path and name:
            found[-1].take(path, name, line)
        if name == "END":
            _leave(path, line)
    if path:
        raise NotACalendar("The calendar is cut off.")
    if components > MAX_COMPONENTS:
        raise FeedTooLarge(f"The calendar has more than {MAX_COMPONENTS:,} entries.")
    return found


def _enter(path: list[str], line: str, found: list[Source]) -> None:
    path.append(line.partition(":")[2].strip().upper())
    if len(path) == 1:
        found.append(Source())


def _leave(path: list[str], line: str) -> None:
    if not path or path.pop() != line.partition(":")[2].strip().upper():
        raise NotACalendar("The calendar is damaged: its parts do not close in order.")
