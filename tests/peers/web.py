"""A web server on this machine that answers as a test says, and remembers what it was asked."""

import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

DRIP_SECONDS = 0.02


class WebServer:
    """Every request gets `status`, `headers` and `body`, or the bytes of `raw` as they are.

    `drips`: from which byte of the answer on it is sent byte by byte; `sent`: how many of the last answer's bytes
    went out. `asked`: method, path and headers so far.
    With a `certificate` and its key in one file the server speaks TLS.
    """

    def __init__(self, certificate: Path | None = None) -> None:
        self.status, self.headers, self.body = 200, dict[str, str](), b""
        self.raw: bytes | None = None
        self.drips: int | None = None
        self.sent = 0
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self._gone = Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.port: int = self._http.server_address[1]
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}/secret-0123456789.ics"
        Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._gone.set()
        self._http.shutdown()
        self._http.server_close()

    def answer(self) -> bytes:
        """The whole answer, as bytes."""
        if self.raw is not None:
            return self.raw
        headers = {"Content-Length": str(len(self.body)), "Connection": "close", **self.headers}
        lines = [f"HTTP/1.1 {self.status} Said", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + self.body

    def send(self, write: Any, answer: bytes) -> None:
        """Writes the answer, slowly from byte `drips` on."""
        fast = len(answer) if self.drips is None else self.drips
        write(answer[:fast])
        self.sent = fast
        while self.sent < len(answer) and not self._gone.wait(DRIP_SECONDS):
            self.sent += 1
            write(answer[self.sent - 1 : self.sent])


def _handler(server: WebServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            server.asked.append((self.command, self.path, dict(self.headers)))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            server.send(self.wfile.write, server.answer())

        do_GET = do_PUT = do_POST = do_PROPFIND = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
