"""What went wrong, as a page or as a problem (RFC 9457). No answer is ever a bare 500."""

from http import HTTPStatus

from flask import Flask, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadRequest as BadRequestError
from werkzeug.exceptions import Gone, HTTPException, TooManyRequests

from ..extensions import db
from ..services.errors import (
    AlreadyHosts,
    AlreadyOver,
    BadRequest,
    HostNotFree,
    LinkClosed,
    NobodyFree,
    NotAllowed,
    NotBegun,
    NotEligible,
    NothingLeftToDo,
    OnItsWay,
    Refused,
    TooLate,
    UnknownBooking,
    UnknownCalendar,
    UnknownCompany,
    UnknownContact,
    UnknownImport,
    UnknownLink,
    UnknownMessage,
    UnknownPersonalLink,
    UnknownToken,
    UnknownUser,
)
from ..vault import WrongKey
from .languages import translated
from .limits import seconds_to_wait
from .responses import to_whole_page
from .sizes import said_of_more

STATUS: dict[type[Refused], int] = {
    UnknownLink: 404,
    UnknownBooking: 404,
    UnknownCalendar: 404,
    UnknownUser: 404,
    UnknownMessage: 404,
    UnknownContact: 404,
    UnknownCompany: 404,
    UnknownPersonalLink: 404,
    UnknownToken: 404,
    UnknownImport: 404,
    LinkClosed: 410,
    BadRequest: 400,
    AlreadyOver: 409,
    NothingLeftToDo: 409,
    OnItsWay: 409,
    AlreadyHosts: 409,
    HostNotFree: 409,
    NotEligible: 409,
    NobodyFree: 409,
    NotBegun: 409,
    TooLate: 409,
    NotAllowed: 403,
}


# When to come back after a 503: what troubles the database has mostly passed by then.
RETRY_SECONDS = 10
# What goes on with a visitor from a page of an error, too: how the page is shown, and to whom.
CARRIED = ("lang", "embed", "theme", "origin", "for", "who")


def register(app: Flask) -> None:
    """Binds the pages for errors."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(WrongKey, _wrong_key)
    app.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return _answered(error)
    code = error.code or 500
    said = isinstance(error, BadRequestError | Gone) and error.description not in (
        BadRequestError.description,
        Gone.description,
    )
    detail = error.description or "" if said else ""
    return answer(code, detail=said_of_more() if code == 413 else detail)


def _answered(error: HTTPException) -> ResponseReturnValue:
    """An answer that a view made for the error."""
    given = Response.force_type(error.get_response())
    if isinstance(error, TooManyRequests):
        given.status_code = 429
        given.headers["Retry-After"] = str(seconds_to_wait())
    return given


def _csrf(error: CSRFError) -> ResponseReturnValue:
    return answer(400, detail=_("This form has expired. Go back, reload the page and send it again."))


def _refused(error: Refused) -> ResponseReturnValue:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    return answer(status, detail=translated(error.message) if isinstance(error, BadRequest) else "")


def _database(error: SQLAlchemyError) -> ResponseReturnValue:
    db.session.rollback()
    current_app.logger.exception("the database refused at %s", request.endpoint)
    return answer(503, detail="")


def _wrong_key(error: WrongKey) -> ResponseReturnValue:
    db.session.rollback()
    current_app.logger.error("%s", error)
    return answer(503, detail="")


def _unexpected(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    current_app.logger.exception("unexpected fault at %s", request.endpoint)
    return answer(503, detail="")


def answer(status: int, *, detail: str) -> ResponseReturnValue:
    """A problem for the API, a page for everybody else."""
    title = HTTPStatus(status).phrase
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        return body, status, {"Content-Type": "application/problem+json", **_come_back(status)}
    heading, explanation = _words(status)
    page = render_template(
        "errors/error.html", status=status, heading=heading, explanation=explanation, detail=detail,
        layout=_layout(status), way_on=_way_on(status),
    )  # fmt: skip
    return page, status, {**to_whole_page(), **_come_back(status)}


def _layout(status: int) -> str:
    """Signed-in people keep their way around; where something of ours fails, nothing more is asked of it."""
    inside = request.blueprint == "workspace" and status < 500 and current_user.is_authenticated
    return "layouts/workspace.html" if inside else "layouts/public.html"


def _way_on(status: int) -> tuple[str, str] | None:
    """What a visitor may do about it: label and address."""
    if request.method == "GET" and status in (429, 503):
        return _("Try again"), request.full_path.rstrip("?")
    found = request.view_args or {}
    if request.blueprint == "booking_page" and request.endpoint != "booking_page.show" and status == 400:
        carried = {key: request.args[key] for key in CARRIED if request.args.get(key)}
        return _("See all times"), url_for("booking_page.show", **(found | carried))
    return None


def _come_back(status: int) -> dict[str, str]:
    if status == 429:
        return {"Retry-After": str(seconds_to_wait())}
    return {"Retry-After": str(RETRY_SECONDS)} if status == 503 else {}


def _words(status: int) -> tuple[str, str]:
    """What to call an error, and what to say where there is nothing more exact to say."""
    words = {
        400: (_("That does not work"), _("Something in this address cannot be. Go back and try again.")),
        403: (_("Not allowed"), _("You may not do that. Ask an admin of your organisation.")),
        404: (_("Not found"), _("There is nothing at this address. Check it for missing letters.")),
        405: (_("That does not work"), _("This address does not take that. Go back and try again.")),
        409: (_("Too late"), _("This has changed in the meantime. Go back and look again.")),
        410: (
            _("No longer here"),
            _("This page takes no bookings any more. Ask whoever sent you its address."),
        ),
        413: (_("Too much"), _("That is more than we can take. Send less.")),
        414: (_("Too much"), _("This address is longer than any of ours.")),
        429: (_("Too many requests"), _("Wait a minute, then try again.")),
        503: (
            _("Not just now"),
            _("Something on our side does not work at the moment. Try again in a minute."),
        ),
    }
    return words.get(status, words[400] if status < 500 else words[503])
