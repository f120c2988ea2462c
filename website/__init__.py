"""Firsthand: booking pages for teams that put a prospect in front of the rep who already knows them."""

import logging
from pathlib import Path

from flask import Flask
from limits.errors import ConfigurationError
from werkzeug.middleware.proxy_fix import ProxyFix

from . import database, openid, views
from .commands import register as register_commands
from .config import BadSetting, Config, put_in_force, read_config
from .extensions import babel, csrf, db, htmx, limiter, login, migrate, vault
from .tokens import signer
from .views import sizes

ROOT = Path(__file__).resolve().parent.parent
FORM_BYTES = 128 * 1024


def create_app(config: Config | None = None) -> Flask:
    """The application. Raises BadSetting when the environment cannot work."""
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(ROOT / "instance"),
    )
    config = config or read_config(Path(app.instance_path))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    _configure(app, config)
    # Before the extensions: they take forms apart.
    sizes.register(app)
    _bind_extensions(app, config)
    views.register(app)
    register_commands(app)
    return app


def _configure(app: Flask, config: Config) -> None:
    https = config.base_url.startswith("https://")
    app.config.update(
        FIRSTHAND=config,
        SECRET_KEY=config.secret_key,
        SECRET_KEY_FALLBACKS=list(config.secret_key_fallbacks),
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(config),
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        SESSION_COOKIE_NAME="__Host-session" if https else "session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SECRET_KEY=[*reversed(config.secret_key_fallbacks), config.secret_key],
        RATELIMIT_STORAGE_URI=config.ratelimit_storage_url,
        # A store that does not answer costs exact counts, never an answer.
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_SWALLOW_ERRORS=True,
        BABEL_DEFAULT_LOCALE="en_GB",
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _bind_extensions(app: Flask, config: Config) -> None:
    put_in_force(config)
    vault.bind(config.secret_key, *config.secret_key_fallbacks)
    signer.bind(config.secret_key, *config.secret_key_fallbacks)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "website" / "migrations"), render_as_batch=True)
    htmx.init_app(app)
    csrf.init_app(app)
    _bind_limiter(app)
    # Templates find the user themselves (`access.register`): public pages look at no cookie.
    login.init_app(app, add_context_processor=False)
    openid.register(app, config)
    babel.init_app(app, locale_selector=views.locale, timezone_selector=None)
    with app.app_context():
        database.prepare(db.engine)


def _bind_limiter(app: Flask) -> None:
    try:
        limiter.init_app(app)
    except ConfigurationError as error:
        raise BadSetting(
            "RATELIMIT_STORAGE_URL names a store that cannot be used: it is an address such as redis://host:6379/0."
        ) from error
