"""What the OpenAPI document says beside the schemas."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint

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
LOCATION = {
    "Location": {
        "schema": {"type": "string", "format": "uri"},
        "description": "The invitee's page of the booking.",
    }
}
_MEANS = {
    404: "There is no such link.",
    409: "`slot_taken`: the time is not offered any more; `slots` are near by.",
    410: "The link is switched off.",
    413: "More than the server takes.",
    422: "Some of what was sent cannot be; `errors` by field.",
    429: "Too many requests; `Retry-After` says when to ask again.",
}


def problems(blueprint: Blueprint, *statuses: int) -> Callable[[Any], Any]:
    """A decorator that describes the problems that a view answers with."""

    def describe(view: Any) -> Any:
        for status in statuses:
            view = blueprint.alt_response(
                status, schema=ProblemAnswer, content_type=CONTENT_TYPE, description=_MEANS[status]
            )(view)
        return view

    return describe
