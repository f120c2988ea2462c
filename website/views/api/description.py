"""What the OpenAPI document says beside the schemas."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema

from .problems import CONTENT_TYPE
from .schemas import ProblemAnswer

SLOTS_PARAMETERS = [
    {
        "in": "query", "name": "from", "schema": {"type": "string", "format": "date"}, "required": True,
        "description": "The first date, of `timezone`.",
    },
    {
        "in": "query", "name": "to", "schema": {"type": "string", "format": "date"}, "required": True,
        "description": "The last date, included; at most 92 days after the first.",
    },
    {
        "in": "query", "name": "timezone", "schema": {"type": "string"},
        "description": "An IANA time zone; the link's when left out.",
    },
    {
        "in": "query", "name": "duration", "schema": {"type": "integer", "minimum": 5, "maximum": 1440},
        "description": "Minutes; the link's first duration when left out.",
    },
    {
        "in": "query", "name": "email", "schema": {"type": "string", "format": "email", "maxLength": 254},
        "description": "Whom the slots are for, where the link shows contacts their owner's times.",
    },
]  # fmt: skip
BOOKING_PARAMETERS = [
    {
        "in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 200},
        "required": False,
        "description": "The same key and request again: the same booking. Without one, the request is its own key.",
    },
]  # fmt: skip
CONTACT_PARAMETERS = [
    {
        "in": "path", "name": "email", "required": True,
        "schema": {"type": "string", "format": "email", "maxLength": 254},
        "description": "An e-mail address of the contact, a further one included.",
    },
]  # fmt: skip
LOCATION = {
    "Location": {
        "schema": {"type": "string", "format": "uri"},
        "description": "The invitee's page of the booking.",
    }
}
# What only programs with a token may ask.
WITH_TOKEN: list[dict[str, list[str]]] = [{"token": []}]
TOKEN = {
    "type": "http", "scheme": "bearer", "description": "A token that an admin made, which begins with `fh_`.",
}  # fmt: skip
_MEANS = {
    401: "No token, or one that lets nobody in.",
    403: "Whoever made the token is no admin any more.",
    404: "There is no such link.",
    409: "`slot_taken`: the time is not offered any more; `slots` are near by.",
    410: "The link is switched off.",
    413: "More than the server takes.",
    422: "Some of what was sent cannot be; `errors` by field.",
    429: "Too many requests; `Retry-After` says when to ask again.",
}


def json_body(schema: type[Schema]) -> dict[str, Any]:
    """What a body must hold."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def problems(
    blueprint: Blueprint, *statuses: int, means: Mapping[int, str] | None = None
) -> Callable[[Any], Any]:
    """A decorator that describes the problems that a view answers with; `means` says what some of them mean here."""
    said = _MEANS | dict(means or {})

    def describe(view: Any) -> Any:
        for status in statuses:
            view = blueprint.alt_response(
                status, schema=ProblemAnswer, content_type=CONTENT_TYPE, description=said[status]
            )(view)
        return view

    return describe
