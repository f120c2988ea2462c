"""A site of somebody else, at `http://localhost:…`: another site than the product's, at 127.0.0.1. Its pages are what a
test says, with the headers that it says."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class HostSite:
    """`pages` are HTML by path, `headers` go with every one; `asked` are the paths that were asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.origin = f"http://localhost:{self._http.server_address[1]}"
        Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def _handler(site: HostSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            path = self.path.partition("?")[0]
            body = site.pages.get(path, "").encode()
            self.send_response(200 if path in site.pages else 404)
            kind = (
                "text/javascript"
                if path.endswith(".js")
                else "text/css"
                if path.endswith(".css")
                else "text/html"
            )
            sent = {
                "Content-Type": f"{kind}; charset=utf-8",
                "Content-Length": str(len(body)),
                **site.headers,
            }
            for name, value in sent.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
