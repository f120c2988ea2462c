"""A calendar as its properties describe it."""

import re
from urllib.parse import unquote, urlsplit

from website.ical.zones import named_zone

from ..records import FoundCalendar
from .multistatus import CALDAV, CALENDARSERVER, DAV, Member

LONGEST_NAME = 200
WRITING = {f"{DAV}{name}" for name in ("all", "write", "write-content", "bind")}
_ZONE = re.compile(r"^(?:TZID|X-LIC-LOCATION)(?:;[^:]*)?:(.+)$", re.MULTILINE | re.IGNORECASE)

NAMESPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/"'
DESCRIBED = f"""<?xml version="1.0" encoding="utf-8"?>
<d:propfind {NAMESPACES}><d:prop>
<d:resourcetype/><d:displayname/><d:current-user-privilege-set/><c:supported-calendar-component-set/>
<c:calendar-timezone-id/><c:calendar-timezone/><c:schedule-default-calendar-URL/>
</d:prop></d:propfind>"""
VERSION = f"""<?xml version="1.0" encoding="utf-8"?>
<d:propfind {NAMESPACES}><d:prop>
<d:resourcetype/><s:getctag/><d:sync-token/><c:calendar-timezone-id/><c:calendar-timezone/>
</d:prop></d:propfind>"""


def is_calendar(member: Member) -> bool:
    """Whether it is a calendar, not a folder of calendars, an inbox or an address book."""
    return f"{CALDAV}calendar" in member.names(f"{DAV}resourcetype")


def holds_events(member: Member) -> bool:
    """Whether it is a calendar in which events may stand, not tasks alone."""
    components = member.properties.get(f"{CALDAV}supported-calendar-component-set")
    named = [] if components is None else [str(one.get("name", "")).upper() for one in components]
    return is_calendar(member) and (not named or "VEVENT" in named)


def described(member: Member) -> FoundCalendar:
    """The calendar, as far as its server describes it. Where it names no rights, it is taken to be writable."""
    rights = member.names(f"{DAV}current-user-privilege-set")
    return FoundCalendar(
        external_id=member.url,
        name=_name(member),
        timezone=zone_of(member),
        writable=not rights or bool(rights & WRITING),
    )


def zone_of(member: Member) -> str:
    """The calendar's own time zone, an IANA name, empty where it names none that is known."""
    texts = [member.text(f"{CALDAV}calendar-timezone-id")]
    texts += _ZONE.findall(member.text(f"{CALDAV}calendar-timezone"))
    zones = (named_zone(text.strip()) for text in texts if text.strip())
    return next((zone.key for zone in zones if zone), "")


def version_of(member: Member) -> str:
    """What changes whenever anything in the calendar does, empty where the server offers nothing of that kind."""
    return member.text(f"{CALENDARSERVER}getctag") or member.text(f"{DAV}sync-token")


def _name(member: Member) -> str:
    last = unquote(urlsplit(member.url).path.rstrip("/").rpartition("/")[2])
    return (member.text(f"{DAV}displayname") or last)[:LONGEST_NAME]
