"""A site on a free port, and a real browser before it. Any message on its console fails the test."""

import re
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

from tests.peers.chromium import ARGUMENTS, chromium

OpenPage = Callable[..., Page]
# A page may refuse what it should not, without a word on the console.
TELL_REFUSALS = """addEventListener("securitypolicyviolation",
  (event) => console.error(`${event.effectiveDirective} refuses ${event.blockedURI}`))"""
# A 409 or 422 that is meant is reported by the browser as a failed load.
MEANT = "status of 4"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
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
    """Opens a page of the site, or of another one; `script=False` switches JavaScript off. `meant` is a pattern
    of what the console may say."""
    contexts, said = [], list[str]()

    def opened(
        path: str,
        *,
        width: int = 1280,
        script: bool = True,
        scheme: Any = "light",
        zone: str = "Europe/London",
        locale: str = "en-GB",
        meant: str = MEANT,
        **options: Any,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            color_scheme=scheme,
            timezone_id=zone,
            locale=locale,
            **options,
        )
        contexts.append(context)
        context.add_init_script(TELL_REFUSALS)
        page = context.new_page()

        def hear(text: str) -> None:
            if not re.search(f"{MEANT}|{meant}", text):
                said.append(text)

        page.on("console", lambda message: hear(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: hear(str(error)))
        page.goto(site + path if path.startswith("/") else path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []
