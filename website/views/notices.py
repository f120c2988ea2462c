"""Where providers tell us that a calendar changed. There is nothing to see here, and nobody signs in."""

from flask import Flask, request
from flask.typing import ResponseReturnValue

from .. import clock
from ..extensions import csrf
from ..services.push import heard


def register(app: Flask) -> None:
    """Binds the address of notices."""
    app.add_url_rule("/calendars/<kind>/notices", "notices", csrf.exempt(notices), methods=["POST"])


def notices(kind: str) -> ResponseReturnValue:
    """A genuine notice is answered with nothing; any other one as if there were no such address."""
    return ("", 204) if heard(kind, dict(request.headers), clock.now()) else ("", 404)
