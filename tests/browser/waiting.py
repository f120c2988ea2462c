"""Waiting for what a page comes to."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error, Frame, Page

SECONDS = 30


def until(page: Page | Frame, expression: str, arg: Any = None) -> None:
    """Waits until a function of the page says yes. It is asked from outside each time: what would ask again inside of
    the page is kept by the page's policy from evaluating anything."""
    eventually(page, lambda: _says_yes(page, expression, arg))


def eventually(page: Page | Frame, fulfilled: Callable[[], bool]) -> None:
    """Waits until something is so, while the page goes on."""
    end = time.monotonic() + SECONDS
    while not fulfilled():
        assert time.monotonic() < end
        page.wait_for_timeout(30)


def _says_yes(page: Page | Frame, expression: str, arg: Any) -> bool:
    try:
        return bool(page.evaluate(expression, arg))
    except Error as error:
        # It went on to another page in the meantime, or what is asked about is not there yet.
        if not any(words in str(error) for words in ("context was destroyed", "of null")):
            raise
        return False
