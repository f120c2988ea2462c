"""The site's OpenID clients: Google, and any other provider by its metadata address."""

from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask, current_app

from .config import Config

SECONDS = 5
KNOWN_AS = "firsthand openid"
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class SignInMethod:
    """A way to sign in. `domain_claim` names the claim by which its ID tokens prove that an account belongs to a
    domain; it is empty where the provider makes no such promise."""

    client: str
    label: str
    metadata_url: str
    client_id: str
    client_secret: str = field(repr=False)
    domain_claim: str = ""


def sign_in_methods(config: Config) -> dict[str, SignInMethod]:
    """The ways to sign in that the settings name, by client."""
    every = (
        SignInMethod(
            "google", "Google", config.google_metadata_url, config.google_client_id, config.google_client_secret,
            domain_claim="hd",
        ),
        SignInMethod(
            "oidc", config.oidc_name, config.oidc_metadata_url, config.oidc_client_id, config.oidc_client_secret
        ),
    )  # fmt: skip
    return {method.client: method for method in every if method.client_id}


class _Client(FlaskOAuth2App):  # type: ignore[misc]  # Authlib has no types
    """Authlib's client, with metadata that can be relied on."""

    def load_server_metadata(self) -> dict[str, Any]:
        """The provider's metadata, fetched once. Raises ValueError when it lacks what signing in needs."""
        metadata: dict[str, Any] = super().load_server_metadata()
        if not all(isinstance(metadata.get(name), str) for name in NEEDED):
            metadata.clear()
            raise ValueError("the metadata is not whole")
        # A provider may list `none`, and Authlib would then take ID tokens that nobody signed.
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name != "none"]
        return metadata


def register(app: Flask, config: Config) -> None:
    """Registers the clients that the settings name. Nothing is fetched before somebody signs in."""
    oauth = app.extensions[KNOWN_AS] = OAuth(app)
    for method in sign_in_methods(config).values():
        oauth.register(
            method.client,
            client_cls=_Client,
            server_metadata_url=method.metadata_url,
            client_id=method.client_id,
            client_secret=method.client_secret,
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
