"""Style sheets and scripts that browsers fetch as one file. Which files make which bundle stands here alone."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

_STYLES = (
    "tokens", "base", "layout", "components/avatar", "components/form", "components/month", "components/times",
)  # fmt: skip
_PUBLIC_SCRIPTS = ("harden", "plain", "history", "choice", "timezone", "announce", "summary", "frame")
_SIGNED_IN_STYLES = (
    "components/state",
    "workspace/page",
    "workspace/box",
    "workspace/list",
    "workspace/settings",
    "workspace/calendars",
    "workspace/why_not",
    "workspace/import",
)
_SIGNED_IN_SCRIPTS = ("harden", "plain", "choice", "announce", "summary", "copy")

BUNDLES: dict[str, tuple[str, ...]] = {
    "public.css": tuple(f"css/{name}.css" for name in (*_STYLES, "components/embed", "components/languages")),
    "public.js": tuple(f"js/{name}.js" for name in _PUBLIC_SCRIPTS),
    "workspace.css": tuple(f"css/{name}.css" for name in (*_STYLES, *_SIGNED_IN_STYLES)),
    # For the two pages that have curves and bars.
    "fairness.css": ("css/workspace/fairness.css",),
    "workspace.js": tuple(f"js/{name}.js" for name in _SIGNED_IN_SCRIPTS),
}
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
# What people alone read: indents, and comments that have lines of their own.
_NOTES = re.compile(r"^[ \t]*(?://[^\n]*\n|/\*.*?\*/\n)?", re.MULTILINE | re.DOTALL)
FOR_EVER = "public, max-age=31536000, immutable"


def register(app: Flask) -> None:
    """Binds the address of bundles and the template helper."""
    app.add_url_rule("/static/bundles/<name>", "bundle", show)
    app.jinja_env.globals.update(bundle=bundle)


def bundle(name: str) -> str:
    """The address of a bundle, with its content hash: it may be cached for ever."""
    return url_for("bundle", name=name, v=_hash(name, str(current_app.static_folder)))


def show(name: str) -> ResponseReturnValue:
    """The bundle. An address with another hash is of another version: that is answered, but not for ever."""
    if name not in BUNDLES:
        abort(404)
    folder = str(current_app.static_folder)
    answer = Response(content(name, folder), content_type=_TYPES[Path(name).suffix])
    if request.args.get("v") == _hash(name, folder):
        answer.headers["Cache-Control"] = FOR_EVER
    return answer


@lru_cache(maxsize=32)
def content(name: str, folder: str) -> bytes:
    """The files of a bundle, one after the other, without comments and indents; a script's names are its own."""
    parts = [_NOTES.sub("", (Path(folder) / part).read_text("utf-8")) for part in BUNDLES[name]]
    if name.endswith(".js"):
        parts = [f"{{\n{part}\n}}\n" for part in parts]
    return "".join(parts).encode()


@lru_cache(maxsize=32)
def _hash(name: str, folder: str) -> str:
    return hashlib.sha256(content(name, folder)).hexdigest()[:12]
