"""Errors of the API as RFC 9457 problems."""

import json
from typing import Any

from flask import Response

TITLES = {
    "not_found": (404, "There is no such link."),
    "link_closed": (410, "This link takes no bookings any more."),
    "slot_taken": (409, "This time is not offered any more."),
    "key_reused": (422, "This Idempotency-Key came with another request before."),
    "invalid": (422, "Some of what was sent cannot be."),
}


def problem(code: str, **members: Any) -> Response:
    """The problem of this code, with further members such as `errors` or `slots`."""
    status, title = TITLES[code]
    body = {"type": f"/problems/{code}", "code": code, "title": title, "status": status, **members}
    return Response(json.dumps(body), status, content_type="application/problem+json")
