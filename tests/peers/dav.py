"""A user of a CalDAV server, as their other calendar programs act: independent of the code under test."""

import socket
import time
from dataclasses import dataclass
from xml.sax.saxutils import escape

import requests
from requests.auth import HTTPBasicAuth

from website.providers.calendars.records import Account

MAKE = """<?xml version="1.0"?><c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>
<d:displayname>%s</d:displayname><c:supported-calendar-component-set><c:comp name="%s"/>
</c:supported-calendar-component-set>%s</d:prop></d:set></c:mkcalendar>"""
ZONE = "<c:calendar-timezone>%s</c:calendar-timezone>"
UTC_LIKE = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//t//t//\nBEGIN:VTIMEZONE\nTZID:%s\nBEGIN:STANDARD\n"
    "DTSTART:19700101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0000\nEND:STANDARD\nEND:VTIMEZONE\nEND:VCALENDAR\n"
)


@dataclass(frozen=True)
class DavUser:
    """`home` is the folder of the user's calendars."""

    url: str
    home: str
    name: str
    password: str = "secret"

    def account(self, *calendars: str, **values: object) -> Account:
        """The account, as the provider is handed it."""
        secret = {"url": self.url, "username": self.name, "password": self.password}
        plain: dict[str, object] = {"timezone": "Europe/Paris", "allow_private": True, "calendars": calendars}
        return Account("caldav", secret, **plain | values)  # type: ignore[arg-type]

    def ask(self, method: str, url: str, body: str = "", **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        auth = HTTPBasicAuth(self.name.encode(), self.password.encode())
        return requests.request(method, url, data=body.encode(), headers=named, auth=auth, timeout=20)

    def make_calendar(self, name: str, *, holds: str = "VEVENT", timezone: str = "") -> str:
        """A new calendar, and its address."""
        url = f"{self.home}{name.lower()}/"
        zone = ZONE % escape(UTC_LIKE % timezone) if timezone else ""
        done = self.ask("MKCALENDAR", url, MAKE % (escape(name), holds, zone), Content_Type="text/xml")
        assert done.status_code == 201, done.text
        return url

    def put(self, calendar: str, *events: str, name: str = "one.ics", lines: str = "") -> str:
        """Stores events of one UID, given as their lines, and gives their address."""
        url = calendar + name
        done = self.ask(
            "PUT", url, vcalendar(*events, lines=lines), Content_Type="text/calendar; charset=utf-8"
        )
        assert done.ok, done.text
        return url

    def text(self, url: str) -> str:
        """What is stored at an address, unfolded; empty when there is nothing."""
        found = self.ask("GET", url)
        return found.text.replace("\r\n", "\n").replace("\n ", "") if found.ok else ""

    def edit(self, url: str, changes: dict[str, str]) -> None:
        """Changes a stored event, as the user's program does: replaces texts by others."""
        text = self.text(url)
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        done = self.ask("PUT", url, text, Content_Type="text/calendar; charset=utf-8")
        assert done.ok, done.text

    def delete(self, url: str) -> None:
        done = self.ask("DELETE", url)
        assert done.ok, done.text


def vcalendar(*events: str, lines: str = "") -> str:
    """A calendar object of these events, each given as its lines."""
    body = "".join(f"BEGIN:VEVENT\nDTSTAMP:20270101T000000Z\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//t//t//\n{lines}{body}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_open(port: int) -> None:
    """Until a server that was just started listens."""
    for _ in range(400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.025)
    raise RuntimeError("the server did not start")
