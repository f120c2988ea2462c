"""A careless proxy in front of a server: it loses requests, or answers to what was done."""

import socket
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import requests

LEFT_OUT = ("connection", "transfer-encoding", "content-length", "content-encoding", "server", "date")


class Relay:
    """`loses`: what happens to the next requests of a method that changes something, one after the other: "request"
    (it goes nowhere), "answer" (it is done, and nobody hears of it), or "" (nothing is lost)."""

    def __init__(self, url: str) -> None:
        self.server = url.rstrip("/")
        self.loses: deque[str] = deque()
        self.writes = 0
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.handle_error = lambda *_: None  # type: ignore[method-assign]  # connections that were cut
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/"
        Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def _handler(relay: Relay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            writes = self.command in ("PUT", "DELETE")
            relay.writes += writes
            lost = relay.loses.popleft() if writes and relay.loses else ""
            if lost == "request":
                return self._cut()
            headers = {name: value for name, value in self.headers.items() if name.lower() not in LEFT_OUT}
            found = requests.request(
                self.command, relay.server + self.path, data=body, headers=headers, timeout=20
            )
            if lost == "answer":
                return self._cut()
            self._send(found)
            return None

        def _send(self, found: requests.Response) -> None:
            self.send_response(found.status_code)
            for name, value in found.headers.items():
                if name.lower() not in LEFT_OUT:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(found.content)))
            self.end_headers()
            self.wfile.write(found.content)

        def _cut(self) -> None:
            self.connection.shutdown(socket.SHUT_RDWR)

        do_PROPFIND = do_REPORT = do_PUT = do_GET = do_DELETE = do_OPTIONS = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
