"""`/api/v1`: the same services as the pages, for programs."""

from flask import Flask
from flask_smorest import Api

from ...extensions import csrf
from . import contacts, links, personal_links
from .description import TOKEN

BLUEPRINTS = (links.blueprint, contacts.blueprint, personal_links.blueprint)


class _Described(Api):
    """Every problem is described where it occurs: there is no other default."""

    DEFAULT_ERROR_RESPONSE_NAME = None


def register(app: Flask) -> None:
    """Binds the API and its OpenAPI document, made from the code."""
    app.config.update(
        API_TITLE="Firsthand",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    described = _Described(app)
    described.spec.components.security_scheme("token", TOKEN)
    for blueprint in BLUEPRINTS:
        csrf.exempt(blueprint)
        described.register_blueprint(blueprint)
