"""The API on a fixed Monday."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import NOW
from tests.views.api.programs import Program, new_token


@pytest.fixture
def monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def program(world: Flask, client: FlaskClient) -> Program:
    """A program with a token, on a site with whatever the test has made before."""
    return Program(client, new_token())
