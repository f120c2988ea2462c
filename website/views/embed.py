"""What other sites load to show our pages in theirs, and a page that plays such a site (docs/embedding.md)."""

from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from ..services.find_link import link_by_slug

SCRIPT = "js/embed.js"
DEMO_LINK = "demo"
# Short: sites name the address without a version, and a new one is to reach them soon.
FRESH = "public, max-age=600, stale-while-revalidate=86400"


def register(app: Flask) -> None:
    """Binds `/embed.js`, and `/demo/host` where the demo is on."""
    app.add_url_rule("/embed.js", "embed", script)
    if app.config["FIRSTHAND"].demo:
        app.add_url_rule("/demo/host", "demo_host", host)


def script() -> ResponseReturnValue:
    """The same for everybody; any site may load it."""
    answer = Response(_text(str(Path(str(current_app.static_folder)) / SCRIPT)), mimetype="text/javascript")
    answer.headers["Cache-Control"] = FRESH
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.add_etag()
    return answer.make_conditional(request)


@lru_cache(maxsize=1)
def _text(path: str) -> str:
    """The script without what only its readers need: comments, which have lines of their own, indents, and breaks
    after signs that end nothing."""
    lines = map(str.strip, Path(path).read_text("utf-8").splitlines())
    kept = (line for line in lines if line and not line.startswith("//"))
    return "".join(line if line.endswith((";", "{", ",")) else f"{line}\n" for line in kept)


def host() -> ResponseReturnValue:
    """A site that shows the demo's link in every way there is."""
    return render_template("demo/host.html", link=link_by_slug(DEMO_LINK))
