"""A CalDAV server that lies: it answers each method as a test says, and as an honest server with one calendar else."""

from base64 import b64decode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from tests.peers.dav import DavUser, vcalendar

BUSY = vcalendar("UID:1\nDTSTART:20270202T090000Z\nDTEND:20270202T100000Z")
NAMESPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/"'
DRIP_SECONDS = 0.02


@dataclass
class Said:
    """An answer; one with a `length` of its own breaks off, one that `drips` comes byte by byte."""

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    drips: bool = False


def multistatus(*responses: str) -> Said:
    """An answer about several resources."""
    inside = "".join(f"<d:response>{response}</d:response>" for response in responses)
    body = f'<?xml version="1.0" encoding="utf-8"?><d:multistatus {NAMESPACES}>{inside}</d:multistatus>'
    return Said(207, body, {"Content-Type": "application/xml; charset=utf-8"})


def resource(href: str, properties: str, status: int = 200) -> str:
    """What is said about one resource."""
    return (
        f"<d:href>{href}</d:href><d:propstat><d:prop>{properties}</d:prop>"
        f"<d:status>HTTP/1.1 {status} Said</d:status></d:propstat>"
    )


def calendar(href: str, properties: str = "<s:getctag>1</s:getctag>") -> str:
    """What is said about a calendar."""
    return resource(href, f"<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>{properties}")


def event(href: str, data: str = BUSY) -> str:
    """What is said about an event."""
    return resource(href, f"<c:calendar-data>{data}</c:calendar-data>")


class DavLiar:
    """`says`: answers by method, or by method and path; several of them one after the other, the last ever after.
    `asked`: method, path, host and user of each request; `conditions`: on what each PUT was to be done."""

    def __init__(self) -> None:
        self.says: dict[str, list[Said]] = {}
        self.asked: list[tuple[str, str, str, str]] = []
        self.conditions: list[tuple[str | None, str | None]] = []
        self.whole = 0
        self._gone = Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up
        self.port: int = self._http.server_address[1]
        url = f"http://127.0.0.1:{self.port}/"
        self.user = DavUser(url, f"{url}ana/", "ana", "top-secret")
        Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._gone.set()
        self._http.shutdown()
        self._http.server_close()

    def answer(self, method: str, path: str) -> Said:
        """What is said to a request."""
        told = self.says.get(f"{method} {path}") or self.says.get(method)
        if told:
            return told.pop(0) if len(told) > 1 else told[0]
        return HONEST[method](path)

    def send(self, write: Any, said: Said) -> None:
        """Writes a body, at once or in drops. `whole` counts those that were written to their end."""
        body = said.body.encode()
        if not said.drips:
            write(body)
        for place in range(len(body) if said.drips else 0):
            if self._gone.wait(DRIP_SECONDS):
                return
            write(body[place : place + 1])
        self.whole += 1


HONEST = {
    "PROPFIND": lambda path: multistatus(calendar(path)),
    "REPORT": lambda path: multistatus(event(f"{path}1.ics")),
    "PUT": lambda _: Said(201, "", {"ETag": '"1"'}),
    "GET": lambda _: Said(404),
    "DELETE": lambda _: Said(204),
}


def _handler(server: DavLiar) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            user = b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
            server.asked.append(
                (self.command, self.path, self.headers.get("Host", ""), user.partition(":")[0])
            )
            if self.command == "PUT":
                server.conditions.append((self.headers["If-None-Match"], self.headers["If-Match"]))
            said = server.answer(self.command, self.path)
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            length = len(said.body.encode()) if said.length is None else said.length
            self.send_header("Content-Length", str(length))
            self.end_headers()
            server.send(self.wfile.write, said)

        do_PROPFIND = do_REPORT = do_PUT = do_GET = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
