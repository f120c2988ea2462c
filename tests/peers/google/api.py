"""The calendar API's door: who asks, may they, is it said right; and is our own answer right."""

import json
from typing import Any

from flask import Response, jsonify, request

from . import calendars, channels, events, freebusy
from .asked import Asked
from .discovery import Method
from .records import Call, Json, full_scope
from .refusals import Refused, scope_insufficient
from .state import State

HANDLERS = {
    "calendar.calendarList.list": calendars.list_calendars,
    "calendar.calendarList.get": calendars.get_calendar,
    "calendar.freebusy.query": freebusy.query,
    "calendar.events.insert": events.insert,
    "calendar.events.get": events.get,
    "calendar.events.patch": events.patch,
    "calendar.events.update": events.update,
    "calendar.events.delete": events.delete,
    "calendar.events.list": events.list_events,
    "calendar.events.watch": channels.watch,
    "calendar.channels.stop": channels.stop,
}
# They open calendars that an app made, or that are public, and there are none here.
USELESS = frozenset(map(full_scope, ("calendar.app.created", "calendar.events.public.readonly")))
LEFT_OUT = {
    "syncToken", "q", "sharedExtendedProperty", "maxAttendees", "fields", "eventLabelVersion", "sendNotifications",
}  # fmt: skip


def answer(google: State, call: Call, method: Method, path: dict[str, str]) -> Response:
    """The answer to a call of the API; whatever Google would not take is complained of."""
    try:
        result = _result(google, call, method, path)
    except Refused as refused:
        if refused.status in (400, 501):
            google.complain(method.id, refused.message or refused.name)
        return refused.answer()
    for wrong in method.problems("answer", result):
        google.complain(method.id, f"the stand-in answered wrongly: {wrong}")
    if result is None:
        return Response(status=204)
    response = jsonify(result)
    if "etag" in result:
        response.headers["ETag"] = result["etag"]
    return response


def _result(google: State, call: Call, method: Method, path: dict[str, str]) -> Json | None:
    key = google.bearer()
    if key is None:
        raise Refused("authError", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    call.account = key.account.email
    fitting = key.scopes & method.scopes - USELESS
    if not fitting:
        raise scope_insufficient(method.scopes)
    query, body = method.read(request.args.to_dict(flat=False)), _body()
    if wrong := method.problems("query", query) + method.problems("body", _without_nulls(body, method)):
        raise Refused("invalid", "; ".join(wrong))
    if method.id not in HANDLERS or LEFT_OUT & set(query):
        raise Refused("notImplemented")
    asked = Asked(key.account, fitting, path, query, body or {}, request.headers.get("If-Match"))
    with google.lock:
        return HANDLERS[method.id](google, asked)


def _body() -> Any:
    """The JSON of the request; None if it has no body."""
    if not request.data:
        return None
    try:
        if not request.is_json:
            raise ValueError
        return json.loads(request.data)
    except ValueError:
        raise Refused("parseError") from None


def _without_nulls(value: Any, method: Method) -> Any:
    """A patch's body without what it takes away, which the description cannot say."""
    if method.described["httpMethod"] != "PATCH" or not isinstance(value, dict):
        return value
    return {name: _without_nulls(inner, method) for name, inner in value.items() if inner is not None}
