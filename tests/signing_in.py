"""The way through signing in with a provider, as a browser goes it."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from flask.testing import FlaskClient

from website.extensions import db

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
ONWARD = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]+)">')


def press(client: FlaskClient, method: str = "google", back: str = "", **form: str) -> Any:
    """The answer to the button of a way to sign in."""
    db.session.commit()
    page = client.get("/sign-in", query_string={"next": back} if back else {})
    found = TOKEN.search(page.text)
    assert found
    return client.post(f"/sign-in/{method}", data={"csrf_token": found[1], "next": back, **form})


def leave(client: FlaskClient, method: str = "google", back: str = "", **form: str) -> str:
    """The address of the provider that the button leads to."""
    answer = press(client, method, back, **form)
    found = ONWARD.search(answer.text)
    assert answer.status_code == 200 and found, answer.text
    return unescape(found[1])


def come_back(
    client: FlaskClient, agree: Callable[[str], str], method: str = "google", back: str = ""
) -> Any:
    """The site's answer after the provider sent the browser back."""
    answer = client.get(agree(leave(client, method, back)))
    db.session.rollback()
    return answer


def who(client: FlaskClient) -> str:
    """The name of whoever is signed in; empty for nobody."""
    found = re.search(r'class="me"[^>]*>([^<]+)<', client.get("/sign-in").text)
    return unescape(found[1]) if found else ""
