"""What a visitor who typed an address is shown on one day, read from the API and from the page."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

from flask.testing import FlaskClient

from tests.services.test_booking import NINE

DAY = NINE.date().isoformat()


@dataclass(frozen=True)
class Seen:
    """The starts of the day, and those that are offered apart, with a colleague."""

    starts: list[datetime]
    with_colleague: list[datetime]


def through_api(client: FlaskClient, slug: str, email: str) -> Seen:
    query = {"from": DAY, "to": DAY, "email": email}
    answer = client.get(f"/api/v1/links/{slug}/slots", query_string=query)
    assert answer.status_code == 200
    return Seen(_instants(answer.json["slots"]), _instants(answer.json.get("with_colleague", [])))


def _instants(texts: list[str]) -> list[datetime]:
    return [datetime.fromisoformat(text).astimezone(UTC) for text in texts]


def through_page(client: FlaskClient, slug: str, email: str) -> Seen:
    return offered_on(page_of(client, slug, email))


def offered_on(page: str) -> Seen:
    """The times on a page of the day."""
    own, _, apart = page.partition('<section class="sooner"')
    return Seen(_offered(own), [start for start in _offered(apart) if start.date() == NINE.date()])


def page_of(client: FlaskClient, slug: str, email: str) -> str:
    """The page of the day, after the address has been asked for (R21)."""
    asked = client.post(f"/book/{slug}/who", data={"email": email})
    assert asked.status_code == 303
    page = client.get(f"{asked.location}&date={DAY}")
    assert page.status_code == 200
    return page.text


def _offered(page: str) -> list[datetime]:
    addresses = [unescape(found) for found in re.findall(r'class="time" href="([^"]+)"', page)]
    texts = [re.search(r"slot=(\w+)", address) for address in addresses]
    return [datetime.strptime(text[1], "%Y%m%dT%H%MZ").replace(tzinfo=UTC) for text in texts if text]


Look = Callable[[FlaskClient, str, str], Seen]
WAYS: list[Look] = [through_api, through_page]
