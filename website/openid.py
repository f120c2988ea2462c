"""The site's OpenID clients: Google, and any other provider by its metadata address."""

from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_client import FlaskOAuth2App, OAuth, OAuthError
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
    """Authlib's client, with two gaps closed: ID tokens that nobody signed, and those that are for another site."""

    def load_server_metadata(self) -> dict[str, Any]:
        """The provider's metadata, fetched once. Raises OAuthError when it lacks what signing in needs."""
        metadata: dict[str, Any] = super().load_server_metadata()
        if not all(isinstance(metadata.get(name), str) for name in NEEDED):
            metadata.clear()
            raise OAuthError("incomplete_metadata")
        # A provider may list `none`, and Authlib would then take tokens without a signature.
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name != "none"]
        return metadata

    def parse_id_token(self, token: dict[str, Any], nonce: str, **options: Any) -> Any:
        """The checked claims (OpenID Connect §3.1.3.7). Authlib compares the audience only where it is told to."""
        exact = {"iss": self.load_server_metadata()["issuer"], "aud": self.client_id}
        options["claims_options"] = {
            "sub": {"essential": True},
            **{name: {"essential": True, "value": value} for name, value in exact.items()},
        }
        try:
            return super().parse_id_token(token, nonce, **options)
        except Exception:
            # Nor are the keys relied on any longer: they may have changed, or been cut short.
            self.server_metadata.pop("jwks", None)
            raise


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
