"""The stand-in as tests use it: a server in a thread, and hands to steer it."""

from threading import Thread
from typing import Any, Self

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server

from .account import Account, Asked
from .calls import CALLS
from .refusals import Refused, missing_scope, not_found, unauthorized

DATED = "2026-03"


def _paths(path: str) -> tuple[str, str]:
    """A call's path in version 3, and in the dated one."""
    area, slash, rest = path.partition("/")
    return f"/crm/v3/{path}", f"/crm/{area}/{DATED}{slash}{rest}"


RULES = Map(
    [
        Rule(path, methods=[method], endpoint=number)  # type: ignore[arg-type]
        for number, (method, below, *_rest) in enumerate(CALLS)
        for path in _paths(below)
    ],
    strict_slashes=False,
)


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_values: Any) -> None:
        """Tests read `HubSpot.calls` instead."""


class HubSpot(Account):
    """HubSpot's CRM on a free port of 127.0.0.1: `url` and `token` are what a site is configured with."""

    def __init__(self) -> None:
        super().__init__()
        self.fail, self.heal = self.faults.add, self.faults.clear
        self._server = make_server("127.0.0.1", 0, self._app, threaded=True, request_handler=_Quiet)
        self.url = self.base = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def _app(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        self.calls.append(
            Asked(request.method, request.full_path.rstrip("?"), request.get_data(as_text=True))
        )
        return self.faults.around(request, lambda: self._answer(request))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            with self.lock:
                return self._work(request)
        except Refused as refused:
            if refused.status == 400:
                self.complaints.append(str(refused))
            return refused.answer()

    def _work(self, request: Request) -> Response:
        try:
            number, values = RULES.bind_to_environ(request.environ).match()
        except HTTPException:
            self.complaints.append(f"there is no {request.method} {request.path}")
            raise not_found() from None
        _method, _path, scope, call = CALLS[number]  # type: ignore[call-overload]
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise unauthorized()
        if scope not in self.scopes:
            raise missing_scope(scope)
        return call(self, request, **values)
