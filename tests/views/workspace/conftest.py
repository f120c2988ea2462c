"""A client whose requests know nothing of each other but the cookie, as in real life."""

from typing import Any

import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient


class FreshClient(FlaskClient):
    """The tests keep a context open, so what one request remembers in `g` would live on in the next one:
    who is signed in, the form's token, the language."""

    def open(self, *args: Any, **values: Any) -> Any:
        for name in list(g) if has_app_context() else []:
            g.pop(name)
        return super().open(*args, **values)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return FreshClient(app, app.response_class, use_cookies=True)
