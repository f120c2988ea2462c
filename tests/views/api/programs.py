"""A program that shows a token of the API."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import NOW, make_user
from website.extensions import db
from website.services.api_token import make_token


def new_token() -> str:
    """The text of a token that lets programs in."""
    admin = make_user("Admin", role="admin", calendar=False)
    db.session.commit()
    return make_token("CRM", by=admin, now=NOW)[1]


class Program:
    """Asks the API, with its token unless another is given."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client, self.token = client, token

    def __call__(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> TestResponse:
        shown = self.token if token is None else token
        headers = {"Authorization": f"Bearer {shown}"} if shown else {}
        return self._client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
