"""Which language and region a page is written in."""

from flask import g, request
from flask_babel import gettext, refresh
from werkzeug.exceptions import HTTPException

from ..sentences import Sentence

LANGUAGES = {"en-GB": "en_GB", "en-US": "en_US"}


def locale() -> str:
    """The Babel locale of this request: `lang=`, else the browser's best match."""
    known: str | None = g.get("locale")
    if known is None:
        known = g.locale = _chosen()
    return known


def _chosen() -> str:
    asked = LANGUAGES.get(_asked_for())
    return asked or LANGUAGES[request.accept_languages.best_match(LANGUAGES, "en-GB")]


def _asked_for() -> str:
    """`lang=`, in the address or carried along in a form; a form that cannot be read asks for nothing."""
    try:
        return request.args.get("lang") or request.form.get("lang", "")
    except HTTPException:
        return ""


def prefer(language: str) -> None:
    """Uses a language, as a tag or a locale, from here on, unless the visitor asked for one."""
    preferred = LANGUAGES.get(language.replace("_", "-"))
    if preferred and not LANGUAGES.get(_asked_for()):
        g.locale = preferred
        refresh()


def language_tag() -> str:
    """The page's language as HTML writes it."""
    return locale().replace("_", "-")


def translated(text: str) -> str:
    """A text that was written where nobody knew the reader, in the reader's language."""
    if isinstance(text, Sentence):
        return str(gettext(text.message, **text.values))
    return str(gettext(text))
