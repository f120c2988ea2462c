"""The addresses of the stand-in."""

from collections.abc import Callable
from functools import partial

from flask import Flask, Response, jsonify, request

from . import api, consent, openid
from .discovery import find
from .faults import DROPPED
from .records import Call
from .state import State

View = Callable[[State], Response]
VIEWS: tuple[tuple[str, str, str, View], ...] = (
    ("GET", "/.well-known/openid-configuration", "openid", openid.configuration),
    ("GET", "/oauth2/v3/certs", "keys", openid.keys),
    ("GET", "/o/oauth2/v2/auth", "authorize", consent.page),
    ("POST", "/o/oauth2/v2/auth", "consent", consent.decide),
    ("POST", "/token", "token", openid.token),
    ("POST", "/revoke", "revoke", openid.revoke),
    ("GET", "/v1/userinfo", "userinfo", openid.userinfo),
)


def make_app(google: State) -> Flask:
    """The whole site as a WSGI application."""
    app = Flask(__name__)
    for verb, rule, name, view in VIEWS:
        app.add_url_rule(rule, name, partial(_page, google, name, view), methods=[verb])
    app.add_url_rule(
        "/calendar/v3/<path:path>",
        "calendar",
        partial(_calendar, google),
        methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
    )
    app.add_url_rule("/_test/faults", "faults", partial(_faults, google), methods=["POST", "DELETE"])
    return app


def _page(google: State, name: str, view: View) -> Response:
    call = Call(name, google.clock(), request.args.to_dict(), request.form.to_dict())
    return _watched(google, call, partial(view, google))


def _calendar(google: State, path: str) -> Response:
    found = find(request.method, path)
    if found is None:
        google.complain(f"{request.method} {path}", "there is no such method")
        return Response(status=404)
    method, values = found
    call = Call(method.id, google.clock(), request.args.to_dict(), request.get_json(silent=True))
    return _watched(google, call, partial(api.answer, google, call, method, values))


def _watched(google: State, call: Call, work: Callable[[], Response]) -> Response:
    """Does the work, or lets a mishap happen, and writes the call into the log."""
    google.calls.append(call)
    try:
        response = google.faults.around(call.method, work)
    except Exception as error:
        google.complain(call.method, f"the stand-in failed: {error!r}")
        raise
    if response.status_code != DROPPED:
        call.status = response.status_code
    return response


def _faults(google: State) -> Response:
    """For other processes: POST the arguments of `Google.fail` as JSON, or DELETE to heal."""
    if request.method == "DELETE":
        google.faults.clear()
        return jsonify(ok=True)
    try:
        google.faults.add(**request.get_json())
    except (TypeError, ValueError) as error:
        return jsonify(error=str(error)), 400
    return jsonify(ok=True)
