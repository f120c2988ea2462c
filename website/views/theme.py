"""A link's own colour on its pages: one rule in the page, allowed by its hash, so that nothing more is fetched."""

import hashlib
from base64 import b64encode
from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from ..colour import style_of


def register(app: Flask) -> None:
    """Binds the template helper."""
    app.jinja_env.globals["theme"] = theme


def theme(colour: str) -> Markup:
    """The style element for a colour, empty for ours."""
    return Markup("<style>{}</style>").format(Markup(_rule(colour))) if colour else Markup()  # noqa: S704


def theme_source(colour: str) -> str:
    """What a Content-Security-Policy needs among its sources of styles to let that element in, empty for ours."""
    if not colour:
        return ""
    return f" 'sha256-{b64encode(hashlib.sha256(_rule(colour).encode()).digest()).decode()}'"


@lru_cache(maxsize=256)
def _rule(colour: str) -> str:
    return style_of(colour)
