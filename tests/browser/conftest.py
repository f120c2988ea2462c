"""A site on a free port, and a real browser before it. Any message on its console fails the test."""

from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.peers.chromium import ARGUMENTS, chromium

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def site(world: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, world, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[OpenPage]:
    """Opens a page of the site; `script=False` switches JavaScript off."""
    contexts, said = [], list[str]()

    def opened(
        path: str,
        *,
        width: int = 1280,
        script: bool = True,
        scheme: Any = "light",
        zone: str = "Europe/London",
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            color_scheme=scheme,
            timezone_id=zone,
            locale="en-GB",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(site + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    # A 409 or 422 that is meant is reported by the browser as a failed load; nothing else may be said.
    assert [text for text in said if "status of 4" not in text] == []
