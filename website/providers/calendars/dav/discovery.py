"""From the address that a user typed to the calendars of their account (RFC 6764 §6, RFC 4791 §6.2)."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin

from ..errors import AccessRevoked, CalendarUnreachable
from ..records import FoundCalendar
from .collection import DESCRIBED, NAMESPACES, described, holds_events
from .multistatus import CALDAV, DAV, Member, members
from .server import BadAnswer, DavServer

WELL_KNOWN = "/.well-known/caldav"
PRINCIPAL = f"""<?xml version="1.0" encoding="utf-8"?>
<d:propfind {NAMESPACES}><d:prop><d:current-user-principal/><c:calendar-home-set/></d:prop></d:propfind>"""


def find(server: DavServer) -> list[FoundCalendar]:
    """The calendars in which events may stand. Raises AccessRevoked, CalendarUnreachable."""
    found = [member for home in _homes(server) for member in _listed(server, home)]
    preferred = {url for member in found for url in member.hrefs(f"{CALDAV}schedule-default-calendar-URL")}
    calendars = {
        member.url: described(member)
        for member in found
        if holds_events(member) and server.trusts(member.url)
    }
    primary = _primary(list(calendars.values()), preferred)
    return [replace(one, primary=one is primary) for one in calendars.values()]


def _primary(calendars: list[FoundCalendar], preferred: set[str]) -> FoundCalendar | None:
    """The one that the server says is the default, else the first that can be written."""
    named = [one for one in calendars if one.external_id in preferred]
    return next(iter([*named, *(one for one in calendars if one.writable), *calendars]), None)


def _homes(server: DavServer) -> list[str]:
    """The folders in which the user's calendars are; the typed address itself where the server names none."""
    for start in (server.url, urljoin(server.url, WELL_KNOWN)):
        for member in _principals(server, start):
            homes = member.hrefs(f"{CALDAV}calendar-home-set")
            if homes:
                return homes
    return [server.url]


def _principals(server: DavServer, url: str) -> Iterator[Member]:
    """Who the user is at this address, as far as anybody says."""
    for member in _asked(server, url):
        yield member
        for principal in member.hrefs(f"{DAV}current-user-principal"):
            yield from _asked(server, principal)


def _asked(server: DavServer, url: str) -> list[Member]:
    try:
        return members(server.propfind(url, PRINCIPAL))[:1]
    except BadAnswer:
        return []


def _listed(server: DavServer, home: str) -> list[Member]:
    answer = server.propfind(home, DESCRIBED, depth=1)
    if answer.status == 403:
        raise AccessRevoked("The calendar server does not let this user see any calendar.", final=False)
    try:
        return members(answer)
    except BadAnswer:
        raise CalendarUnreachable("No CalDAV server answers at this address.") from None
