"""What went wrong, as a page or as a problem (RFC 9457). No answer is ever a bare 500."""

from http import HTTPStatus

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from ..extensions import db
from ..services.errors import (
    AlreadyOver,
    BadRequest,
    LinkClosed,
    NotAllowed,
    Refused,
    UnknownBooking,
    UnknownLink,
)

STATUS: dict[type[Refused], int] = {
    UnknownLink: 404,
    UnknownBooking: 404,
    LinkClosed: 410,
    BadRequest: 400,
    AlreadyOver: 409,
    NotAllowed: 403,
}


def register(app: Flask) -> None:
    """Binds the pages for errors."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.get_response()
    return answer(error.code or 500, detail=error.description or "")


def _csrf(error: CSRFError) -> ResponseReturnValue:
    return answer(400, detail="This form has expired. Go back, reload the page and send it again.")


def _refused(error: Refused) -> ResponseReturnValue:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    return answer(status, detail=str(error))


def _database(error: SQLAlchemyError) -> ResponseReturnValue:
    db.session.rollback()
    current_app.logger.exception("the database refused at %s", request.endpoint)
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
        return body, status, {"Content-Type": "application/problem+json"}
    return render_template("errors/error.html", status=status, title=title, detail=detail), status
