"""Which language and region a page is written in."""

from flask import g, request

LANGUAGES = {"en-GB": "en_GB", "en-US": "en_US"}


def locale() -> str:
    """The Babel locale of this request: `lang=`, else the browser's best match."""
    known: str | None = g.get("locale")
    if known is None:
        known = g.locale = _chosen()
    return known


def _chosen() -> str:
    asked = request.args.get("lang", "")
    return LANGUAGES.get(asked) or LANGUAGES[request.accept_languages.best_match(LANGUAGES, "en-GB")]


def language_tag() -> str:
    """The page's language as HTML writes it."""
    return locale().replace("_", "-")
