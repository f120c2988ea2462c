"""The site's OpenID clients: Google, and any other provider by its metadata address."""

from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask, current_app

from .config import Config

SECONDS = 5
KNOWN_AS = "firsthand openid"


def register(app: Flask, config: Config) -> None:
    """Registers the clients that the settings name. Nothing is fetched before somebody signs in."""
    oauth = OAuth(app)
    app.extensions[KNOWN_AS] = oauth
    if config.google_client_id:
        _add(
            oauth, "google", config.google_metadata_url, config.google_client_id, config.google_client_secret
        )
    if config.oidc_client_id:
        _add(oauth, "oidc", config.oidc_metadata_url, config.oidc_client_id, config.oidc_client_secret)


def _add(oauth: OAuth, name: str, metadata_url: str, client_id: str, client_secret: str) -> None:
    oauth.register(
        name,
        server_metadata_url=metadata_url,
        client_id=client_id,
        client_secret=client_secret,
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": SECONDS,
        },
    )


def client(name: str) -> FlaskOAuth2App | None:
    """The client with this name, `google` or `oidc`; None where the settings name none."""
    found: FlaskOAuth2App | None = current_app.extensions[KNOWN_AS].create_client(name)
    return found
