"""What a visit costs on the line, as gunicorn serves it and Chromium counts it: bodies as they are sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.waiting import until
from tests.chaos.world import environment_of
from tests.factories import make_organisation
from tests.peers.dav import free_port
from tests.peers.gunicorn import serving
from tests.views.public.test_booking_page import open_link
from website.config import Config
from website.extensions import db

pytestmark = pytest.mark.browser
A_VISIT, REQUESTS = 22_000, 7
THE_PAGE, A_PART, EMBEDDING = 3_000, 2_000, 1_500
ZONE = "Europe/London"
DESCRIPTION = (
    "Half an hour to see what it does for you, with somebody who knows the product well. Bring questions."
)


@pytest.fixture
def served(world: Flask, config: Config) -> Iterator[str]:
    """The site as gunicorn serves it, with a link of a team whose zone is not the visitor's."""
    make_organisation()
    names = ("Ana Alves", "Ben Brandt", "Chloé Dubois", "Dev Patel")
    open_link(
        "round_robin",
        names,
        title="Product demo",
        description=DESCRIPTION,
        durations=[15, 30, 60],
        colour="#b3261e",
    )
    db.session.commit()
    with serving(free_port(), environment_of(config) | {"WEB_CONCURRENCY": "1"}) as url:
        yield url


@contextmanager
def visitor(browser: Browser, zone: str = ZONE) -> Iterator[tuple[Page, list[Response]]]:
    """A page of a browser that has never been here, and what it was sent."""
    context = browser.new_context(timezone_id=zone, locale="en-GB")
    try:
        page, sent = context.new_page(), list[Response]()
        page.on("response", lambda answer: sent.append(answer))
        yield page, sent
    finally:
        context.close()


def weight(sent: list[Response]) -> int:
    return sum(size(answer) for answer in sent)


def size(answer: Response) -> int:
    """The bytes of an answer's body as they came over the line."""
    return answer.request.sizes()["responseBodySize"]


def sent_for(sent: list[Response], path: str) -> list[Response]:
    return [answer for answer in sent if urlsplit(answer.url).path == path]


@pytest.mark.parametrize("zone", [ZONE, "Europe/Paris"], ids=["another zone", "the link's zone"])
def test_a_first_visit(served: str, browser: Browser, zone: str) -> None:
    with visitor(browser, zone) as (page, sent):
        page.goto(f"{served}/book/demo")
        expect(page.locator("a.time").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        found = {urlsplit(answer.url).path: size(answer) for answer in sent}
        assert weight(sent) <= A_VISIT, found
        assert len(sent) <= REQUESTS, found
        assert {urlsplit(answer.url).netloc for answer in sent} == {urlsplit(served).netloc}
        assert max(size(answer) for answer in sent_for(sent, "/book/demo")) <= THE_PAGE
        for answer in sent:
            packed = answer.header_value("content-encoding")
            assert packed == "br" or size(answer) < 400, answer.url


def test_another_month_and_another_day(served: str, browser: Browser) -> None:
    with visitor(browser) as (page, sent):
        page.goto(f"{served}/book/demo?timezone={ZONE}")
        page.wait_for_load_state("networkidle")
        for number, click in enumerate(("#month-after", "a.day >> nth=2", "#month-before")):
            sent.clear()
            with page.expect_response("**/book/demo/slots?*"):
                page.locator(click).click()
            page.wait_for_load_state("networkidle")
            parts = sent_for(sent, "/book/demo/slots")
            assert len(parts) == 1, number
            assert 0 < weight(parts) <= A_PART
            assert not sent_for(sent, "/book/demo")
            until(page, "() => !document.querySelector('.htmx-request')")


def test_a_part_that_the_browser_has_is_not_sent_again(served: str, browser: Browser) -> None:
    """Forward, back, forward: the second time the site says that nothing has changed."""
    with visitor(browser) as (page, _sent):
        statuses = list[int]()
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.on("Network.responseReceivedExtraInfo", lambda said: statuses.append(said["statusCode"]))
        page.goto(f"{served}/book/demo?timezone={ZONE}")
        page.wait_for_load_state("networkidle")
        statuses.clear()
        shown = page.locator("#month-name")
        for click in ("#month-after", "#month-before", "#month-after", "#month-before"):
            before = shown.inner_text()
            page.locator(click).click()
            expect(shown).not_to_have_text(before)
        page.wait_for_load_state("networkidle")
        assert statuses == [200, 200, 304, 304]
        page.reload()
        page.wait_for_load_state("networkidle")
        statuses.clear()
        page.reload()
        page.wait_for_load_state("networkidle")
        assert statuses == [304]


def test_nothing_is_left_behind_in_the_browser(served: str, browser: Browser) -> None:
    with visitor(browser) as (page, _sent):
        page.goto(f"{served}/book/demo")
        page.locator("#month-after").click()
        page.locator("a.time").first.click()
        page.get_by_label("Name").wait_for()
        page.go_back()
        kept: dict[str, Any] = page.evaluate(
            "async () => ({local: localStorage.length, session: sessionStorage.length, cookies: document.cookie,"
            " databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,"
            " workers: (await navigator.serviceWorker.getRegistrations()).length})"
        )
        assert kept == {"local": 0, "session": 0, "cookies": "", "databases": 0, "caches": 0, "workers": 0}
        assert page.context.cookies() == []


def test_the_script_for_other_sites(served: str) -> None:
    answer = requests.get(f"{served}/embed.js", headers={"Accept-Encoding": "br"}, timeout=60, stream=True)
    assert answer.headers["Content-Encoding"] == "br"
    assert int(answer.headers["Content-Length"]) <= EMBEDDING
    assert "Set-Cookie" not in answer.headers
