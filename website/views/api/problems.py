"""Errors of the API as RFC 9457 problems."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_babel import gettext as _

from ...sentences import gettext_noop

CONTENT_TYPE = "application/problem+json"
# Status, title, and the detail where nothing more exact is known.
PROBLEMS = {
    "not_found": (
        404,
        gettext_noop("There is no such link."),
        gettext_noop("Check the slug in the address."),
    ),
    "link_closed": (
        410,
        gettext_noop("This link takes no bookings any more."),
        gettext_noop("It has been switched off."),
    ),
    "slot_taken": (
        409,
        gettext_noop("This time is not offered any more."),
        gettext_noop("`slots` are times near by that are."),
    ),
    "key_reused": (
        422,
        gettext_noop("This Idempotency-Key came with another request before."),
        gettext_noop("Send a new key with a new request, the same key with the same one."),
    ),
    "invalid": (
        422,
        gettext_noop("Some of what was sent cannot be."),
        gettext_noop("`errors` says what, by field."),
    ),
    "too_many_mails": (
        429,
        gettext_noop("Too many meetings were booked today for an e-mail address."),
        gettext_noop("Try again tomorrow, or with another address."),
    ),
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
        "type": f"/problems/{code}", "code": code, "title": _(title), "status": status, "detail": _(detail), **members,
    }  # fmt: skip
    return Response(json.dumps(body), status, content_type=CONTENT_TYPE)
