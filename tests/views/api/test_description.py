"""The OpenAPI document, held against what the API really answers."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.factories import make_link, make_user
from tests.views.api.programs import new_token
from website.extensions import db

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]


OPEN = {"/api/v1/links/{slug}/slots", "/api/v1/links/{slug}/bookings"}
WITH_TOKEN = {
    "/api/v1/links/{slug}/personal-links", "/api/v1/contacts", "/api/v1/contacts/{email}",
    "/api/v1/personal-links/{number}",
}  # fmt: skip


def ask_at_random(app: Flask, paths: set[str], examples: int, slug: str | None, token: str = "") -> None:
    """Asks each of these addresses what its description allows, and holds the answers against it."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in (one for one in operations if one.path in paths):

        @settings(
            max_examples=examples,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            if slug and "slug" in case.path_parameters:
                case.path_parameters["slug"] = slug
            case.headers["Authorization"] = f"Bearer {token}"
            case.call_and_validate(checks=CHECKS)

        ask()


@pytest.mark.parametrize("slug", ["demo", "off", None])
def test_every_answer_is_described(world: Flask, slug: str | None) -> None:
    host = make_user()
    make_link(hosts=[host], slug="demo")
    make_link(hosts=[host], slug="off", active=False)
    db.session.commit()
    ask_at_random(world, OPEN, 20, slug)


@pytest.mark.parametrize("let_in", [True, False])
def test_every_answer_to_a_program_is_described(world: Flask, let_in: bool) -> None:
    make_link(hosts=[make_user()], slug="demo")
    token = new_token()
    ask_at_random(world, WITH_TOKEN, 15 if let_in else 2, "demo", token if let_in else "")


def test_the_document_names_the_addresses_of_the_contract(world: Flask) -> None:
    paths = world.test_client().get("/api/v1/openapi.json").json["paths"]
    assert set(paths) == OPEN | WITH_TOKEN
    secured = {path for path, item in paths.items() if any("security" in one for one in item.values() if one)}
    assert secured == WITH_TOKEN
