"""Answers: the one place that knows HTMX from a plain browser, and the headers that every answer carries."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_htmx import make_response as make_htmx_response
from werkzeug.exceptions import HTTPException

from ..extensions import htmx
from .theme import theme_source

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; object-src 'none'; frame-src 'self'; frame-ancestors {ancestors}"
)


def register(app: Flask) -> None:
    """Binds the template helpers and the headers."""
    app.after_request(_secure)
    app.jinja_env.globals.update(asset=asset, embedded=embedded)


def asset(name: str) -> str:
    """The address of a static file, with its content hash: it may be cached for ever."""
    return url_for("static", filename=name, v=_hash(str(Path(str(current_app.static_folder)) / name)))


@lru_cache(maxsize=256)
def _hash(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def wants_fragment() -> bool:
    """Whether HTMX asks for a part of the page; a history restore wants the whole."""
    partial = request.headers.get("HX-Request-Type", "partial") == "partial"
    return bool(htmx) and partial and not htmx.history_restore_request


def to_whole_page() -> dict[str, str]:
    """The header that sends HTMX from a failed part of a page to the whole one: an error page is no part.

    The address of a part is its page's with one more step, `/slots`; other parts are forms, which stay.
    """
    page, _, part = request.path.rpartition("/")
    if part != "slots" or not wants_fragment():
        return {}
    query = request.query_string.decode("ascii", "replace")
    return {"HX-Redirect": f"{page}?{query}" if query else page}


def in_history(part: str) -> Response:
    """A part of a page whose address goes into the browser's history: a new step for a link, and in the place of the
    one before for a choice in a form, so that Back does not undo it bit by bit. In a frame there are no steps: they
    would stand between the visitor and the page around it."""
    page = request.path.rpartition("/")[0]
    address = f"{page}?{request.query_string.decode('ascii', 'replace')}"
    choice = request.headers.get("HX-Source", "").startswith("form")
    answer = make_response(part)
    # Both are always said: an answer that a browser has already keeps what was said before.
    answer.headers["HX-Push-Url"] = "false" if choice or embedded() else address
    answer.headers["HX-Replace-Url"] = address if choice and not embedded() else "false"
    return answer


def embedded() -> bool:
    """Whether the page stands in a frame of another site; a form that cannot be read says nothing."""
    try:
        return request.values.get("embed") == "1"
    except HTTPException:
        return False


def see_other(address: str) -> ResponseReturnValue:
    """After a post: a 303 for a browser, and for HTMX the order to go there."""
    if wants_fragment():
        answer: Response = make_htmx_response("", redirect=address)
        return answer
    return redirect(address, 303)


def leave_for(address: str, name: str) -> ResponseReturnValue:
    """After a post: a page that goes on to another site by itself.

    Browsers hold `form-action` of the page that was posted from against every redirect that follows, and which
    sites a provider goes by is not known beforehand.
    """
    return render_template("workspace/leaving.html", address=address, name=name)


def frame_for(response: Response | str, origins: list[str], *, colour: str = "") -> Response:
    """Lets the sites of `origins` show the answer in a frame; nobody else may. `colour` is the one of the page's link,
    whose rule stands in the page."""
    answer = make_response(response)
    answer.headers["Content-Security-Policy"] = POLICY.format(
        ancestors=" ".join(["'self'", *origins]), styles=theme_source(colour)
    )
    return answer


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY.format(ancestors="'none'", styles=""))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint == "static" and "v" in request.args:
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        headers.setdefault("Cache-Control", "private, no-cache")
    return response
