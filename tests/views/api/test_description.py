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
from website.extensions import db

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.mark.parametrize("slug", ["demo", "off", None])
def test_every_answer_is_described(world: Flask, slug: str | None) -> None:
    host = make_user()
    make_link(hosts=[host], slug="demo")
    make_link(hosts=[host], slug="off", active=False)
    db.session.commit()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", world)
    for operation in schema.get_all_operations():
        strategy = operation.ok().as_strategy()

        @settings(
            max_examples=20,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(case=strategy)
        def ask(case: Any) -> None:
            if slug:
                case.path_parameters["slug"] = slug
            case.call_and_validate(checks=CHECKS)

        ask()


def test_the_document_names_the_addresses_of_the_contract(world: Flask) -> None:
    paths = world.test_client().get("/api/v1/openapi.json").json["paths"]
    assert set(paths) == {"/api/v1/links/{slug}/slots", "/api/v1/links/{slug}/bookings"}
