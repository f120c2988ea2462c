"""Answers: the one place that knows HTMX from a plain browser, and whether a browser has an answer already."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_htmx import make_response as make_htmx_response

from ..extensions import htmx

PARTS = ("slots", "found")
VARIES = ("HX-Request", "HX-Request-Type", "HX-History-Restore-Request", "Accept-Language")


def register(app: Flask) -> None:
    """Binds the template helpers."""
    app.jinja_env.globals.update(asset=asset)


def asset(name: str) -> str:
    """The address of a static file, with its content hash: it may be cached for ever."""
    return url_for("static", filename=name, v=version_of(name))


def version_of(name: str) -> str:
    """The content hash of a static file, as `asset` writes it."""
    return _hash(str(Path(str(current_app.static_folder)) / name))


@lru_cache(maxsize=256)
def _hash(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def wants_fragment() -> bool:
    """Whether HTMX asks for a part of the page; a history restore wants the whole."""
    partial = request.headers.get("HX-Request-Type", "partial") == "partial"
    return bool(htmx) and partial and not htmx.history_restore_request


def to_whole_page() -> dict[str, str]:
    """The header that sends HTMX from a failed part of a page to the whole one: an error page is no part.

    The address of a part is its page's with one more step, one of `PARTS`; other parts are forms, which stay.
    """
    page, _, part = request.path.rpartition("/")
    if part not in PARTS or not wants_fragment():
        return {}
    query = request.query_string.decode("ascii", "replace")
    return {"HX-Redirect": f"{page}?{query}" if query else page}


def in_history(part: str, query: str | None = None) -> Response:
    """A part of a page whose address goes into the browser's history: a new step for a link, and in the place of the
    one before for a choice in a form, so that Back does not undo it bit by bit. `query` is what the part shows, where
    that is shorter than what was asked for."""
    page = request.path.rpartition("/")[0]
    query = request.query_string.decode("ascii", "replace") if query is None else query
    address = f"{page}?{query}" if query else page
    choice = request.headers.get("HX-Source", "").startswith("form")
    answer = make_response(part)
    # Both are always said: an answer that a browser has already keeps what was said before.
    answer.headers["HX-Push-Url"] = "false" if choice else address
    answer.headers["HX-Replace-Url"] = address if choice else "false"
    return answer


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


def revalidated(answer: Response) -> Response:
    """A 304 where the browser has this very answer. It was made afresh all the same: what is saved are bytes, and
    nobody is shown times of before. So nothing in it may be random or tell the minute.

    Fragment and whole page may have the same address, and each language its own text.
    """
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.update(VARIES)
    policy = answer.headers.get("Content-Security-Policy", "")
    answer.set_etag(hashlib.sha256(answer.data + policy.encode()).hexdigest()[:20], weak=True)
    answer.make_conditional(request)
    return answer
