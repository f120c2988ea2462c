"""Errors of the API as RFC 9457 problems."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_smorest import Blueprint

from ...sentences import gettext_noop
from ...services.errors import (
    BadRequest,
    LinkClosed,
    NotAllowed,
    NoToken,
    Refused,
    UnknownContact,
    UnknownLink,
    UnknownPersonalLink,
)
from ..languages import translated

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
    "unauthorized": (
        401,
        gettext_noop("This takes a token."),
        gettext_noop("Send one that is in use: `Authorization: Bearer fh_…`. Admins make them."),
    ),
    "not_allowed": (
        403,
        gettext_noop("This token does not allow that."),
        gettext_noop("Whoever made it is no admin any more: an admin makes another one."),
    ),
    "unknown_contact": (
        404,
        gettext_noop("There is no such contact."),
        gettext_noop("Check the e-mail address."),
    ),
    "unknown_personal_link": (
        404,
        gettext_noop("There is no such personal link."),
        gettext_noop("Check its number in the address."),
    ),
    "address_taken": (
        409,
        gettext_noop("An address is another contact's already."),
        gettext_noop("`errors` says which. No address is that of two people."),
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


# The problems that say all there is to say by themselves.
_PLAIN: dict[type[Refused], str] = {
    UnknownLink: "not_found",
    LinkClosed: "link_closed",
    NotAllowed: "not_allowed",
    UnknownContact: "unknown_contact",
    UnknownPersonalLink: "unknown_personal_link",
}


def answer_with_problems(blueprint: Blueprint) -> None:
    """Makes problems of what the views of a blueprint raise."""
    for kind in _PLAIN:
        blueprint.register_error_handler(kind, _plain)
    blueprint.register_error_handler(Invalid, _invalid)
    blueprint.register_error_handler(BadRequest, _bad)
    blueprint.register_error_handler(NoToken, _no_token)


def _plain(error: Refused) -> ResponseReturnValue:
    return problem(_PLAIN[type(error)])


def _invalid(error: Invalid) -> ResponseReturnValue:
    return problem("invalid", errors=error.errors)


def _bad(error: BadRequest) -> ResponseReturnValue:
    return problem("invalid", errors={error.field: [translated(error.message)]})


def _no_token(error: NoToken) -> ResponseReturnValue:
    answer = problem("unauthorized")
    answer.headers["WWW-Authenticate"] = 'Bearer realm="Firsthand"' + (
        ', error="invalid_token"' if error.shown else ""
    )
    return answer
