"""Errors of the API as RFC 9457 problems."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response

CONTENT_TYPE = "application/problem+json"
# Status, title, and the detail where nothing more exact is known.
PROBLEMS = {
    "not_found": (404, "There is no such link.", "Check the slug in the address."),
    "link_closed": (410, "This link takes no bookings any more.", "It has been switched off."),
    "slot_taken": (409, "This time is not offered any more.", "`slots` are times near by that are."),
    "key_reused": (
        422,
        "This Idempotency-Key came with another request before.",
        "Send a new key with a new request, the same key with the same one.",
    ),
    "too_many_mails": (
        429,
        "Too many meetings were booked today for an e-mail address.",
        "Try again tomorrow, or with another address.",
    ),
    "invalid": (422, "Some of what was sent cannot be.", "`errors` says what, by field."),
}


class Invalid(Exception):
    """What was sent cannot be; `errors` are sentences by field."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__()
        self.errors = dict(errors)


def problem(code: str, **members: Any) -> Response:
    """The problem of this code, with further members such as `errors` or `slots`."""
    status, title, detail = PROBLEMS[code]
    body = {
        "type": f"/problems/{code}", "code": code, "title": title, "status": status, "detail": detail, **members,
    }  # fmt: skip
    return Response(json.dumps(body), status, content_type=CONTENT_TYPE)
