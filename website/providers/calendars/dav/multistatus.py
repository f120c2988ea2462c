"""What a server says about several resources at once (RFC 4918 §13)."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from .server import Answer, BadAnswer

DAV = "{DAV:}"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
CALENDARSERVER = "{http://calendarserver.org/ns/}"

_STATUS = re.compile(r"HTTP/\S+\s+(\d{3})")
_UNREADABLE = "The calendar server's answer cannot be read."


@dataclass(frozen=True, slots=True)
class Member:
    """One resource: `url` is absolute, `properties` are those that the server gave, by name, as XML elements."""

    url: str
    status: int
    properties: dict[str, Any]

    def text(self, name: str) -> str:
        """The text of a property, empty where there is none."""
        element = self.properties.get(name)
        return "" if element is None else (element.text or "").strip()

    def hrefs(self, name: str) -> list[str]:
        """The absolute addresses that a property names. Raises BadAnswer."""
        element = self.properties.get(name)
        found = [] if element is None else element.iterfind(f"{DAV}href")
        return [_absolute(self.url, href.text) for href in found if href.text]

    def names(self, name: str) -> set[str]:
        """The names of the elements within a property, at any depth."""
        element = self.properties.get(name)
        return set() if element is None else {str(inner.tag) for inner in element.iter()} - {name}


def members(answer: Answer) -> list[Member]:
    """The resources of an answer. Raises BadAnswer where it is no whole multistatus."""
    if not answer.good or answer.tree is None or answer.tree.tag != f"{DAV}multistatus":
        raise BadAnswer(_UNREADABLE)
    return [_member(response, answer.url) for response in answer.tree.iterfind(f"{DAV}response")]


def _member(response: Any, base: str) -> Member:
    href = response.findtext(f"{DAV}href")
    if not href:
        raise BadAnswer(_UNREADABLE)
    properties = {
        str(element.tag): element
        for part in response.iterfind(f"{DAV}propstat")
        if _status(part) == 200
        for element in part.iterfind(f"{DAV}prop/*")
    }
    return Member(_absolute(base, href), _status(response), properties)


def _status(element: Any) -> int:
    """The status that an element states, 200 where it states none."""
    text = element.findtext(f"{DAV}status")
    match = _STATUS.match((text or "").strip())
    return 200 if text is None else int(match[1]) if match else 0


def _absolute(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        raise BadAnswer(_UNREADABLE) from None
