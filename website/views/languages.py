"""Which language and region a page is written in, and what a page says of languages."""

from urllib.parse import urlencode

from babel import Locale
from flask import Flask, Response, g, has_request_context, request
from flask_babel import gettext, refresh
from werkzeug.exceptions import HTTPException

from ..locales import DEFAULT, LANGUAGES, babel_locale, known_tag
from ..sentences import Sentence
from ..wording import colon, isolated, listed
from .addresses import own_address


def register(app: Flask) -> None:
    """Binds the template helpers and the header."""
    app.after_request(_vary)
    app.jinja_env.filters.update(bdi=isolated, colon=colon, listed=listed)
    app.jinja_env.globals.update(
        language_tag=language_tag,
        text_direction=text_direction,
        language_links=language_links,
        alternates=alternates,
    )


def locale() -> str:
    """The Babel locale of this request: `lang=`, else what the page prefers, else the browser's best match. Where
    nobody asks, as in the worker, the site's own."""
    if not has_request_context():
        return babel_locale(DEFAULT)
    known: str | None = g.get("locale")
    if known is None:
        known = g.locale = babel_locale(known_tag(_asked_for()) or _accepted())
    return known


def prefer(language: str) -> None:
    """Uses a language, as a tag or a locale, from here on, unless the visitor asked for one."""
    preferred = known_tag(language)
    if preferred and not known_tag(_asked_for()):
        g.locale = babel_locale(preferred)
        refresh()


def _asked_for() -> str:
    """`lang=`, in the address or carried along in a form; a form that cannot be read asks for nothing."""
    try:
        return request.args.get("lang") or request.form.get("lang", "")
    except HTTPException:
        return ""


def _accepted() -> str:
    """The first language of the browser's that we speak, in its order of preference."""
    g.language_accepted = True
    wanted = (known_tag(tag) for tag, quality in request.accept_languages if quality > 0)
    return next(filter(None, wanted), DEFAULT)


def _vary(response: Response) -> Response:
    """Tells caches that another browser may be answered in another language."""
    if g.get("language_accepted"):
        response.vary.add("Accept-Language")
    return response


def language_tag() -> str:
    """The page's language as HTML writes it."""
    return locale().replace("_", "-")


def text_direction() -> str:
    """`ltr` or `rtl`, of the page's language."""
    return Locale.parse(locale()).text_direction


def language_links() -> list[tuple[str, str, str]]:
    """Every language as tag, own name, and this page's address in it; what else the address asks for stays."""
    kept = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    return [(tag, name, f"?{urlencode([*kept, ('lang', tag)])}") for tag, name in LANGUAGES.items()]


def alternates(path: str) -> list[tuple[str, str]]:
    """Every language as tag, and the whole address of a page in it, for search engines."""
    return [(tag, own_address(f"{path}?lang={tag}")) for tag in LANGUAGES]


def translated(text: str) -> str:
    """A text that was written where nobody knew the reader, in the reader's language."""
    if isinstance(text, Sentence):
        return str(gettext(text.message, **text.values))
    return str(gettext(text))
