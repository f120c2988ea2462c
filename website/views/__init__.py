"""The site's table of contents: every area registers its own addresses."""

from flask import Flask

from . import (
    access,
    api,
    bundles,
    compression,
    embed,
    errors,
    headers,
    health,
    languages,
    notices,
    pictures,
    public,
    responses,
    theme,
    workspace,
)
from .languages import locale

__all__ = ["locale", "register"]


def register(app: Flask) -> None:
    """Binds every view, error page and template helper to the application."""
    # What comes first here looks at an answer last.
    compression.register(app)
    headers.register(app)
    responses.register(app)
    bundles.register(app)
    languages.register(app)
    theme.register(app)
    access.register(app)
    for area in (health, notices, embed, pictures, public, workspace, api):
        area.register(app)
    errors.register(app)
