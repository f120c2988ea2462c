"""Every state of the public pages under axe, by day and by night, in both directions, on a phone and on a desktop; and
what axe does not see: what is wider than the screen, larger text, and where the focus is."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.axe import WIDE, broken
from tests.browser.conftest import OpenPage
from tests.browser.states import Visit, fill_the_site

pytestmark = pytest.mark.browser
NARROW, ROOMY = {"width": 320, "height": 900}, {"width": 1280, "height": 900}
LARGER_TEXT = "size => { document.documentElement.style.fontSize = size; }"
# What can be reached with the keyboard and shows no ring around itself, or around the label that it stands in.
UNSEEN_FOCUS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((one) => one.checkVisibility() && one.type !== "hidden" && !one.disabled)
  .filter((one) => {
    one.focus();
    const around = [one, one.closest("label")].filter(Boolean).map((each) => getComputedStyle(each));
    return !around.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  }).map((one) => one.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("language", ["en-GB", "ar-EG"])
def test_every_state_can_be_used_by_everybody(world: Flask, open_page: OpenPage, language: str) -> None:
    fill_the_site()
    page = open_page("/healthz", locale=language, reduced_motion="reduce")
    site = page.url.removesuffix("/healthz")
    wrong = {state: found for state in Visit(page, site, language).all() if (found := faults(page))}
    assert wrong == {}


def faults(page: Page) -> list[Any]:
    """What is wrong with the page that is open, on a phone and on a desktop, by day and by night."""
    found = []
    for size in (NARROW, ROOMY):
        page.set_viewport_size(size)
        found += broken(page)
    page.evaluate(LARGER_TEXT, "200%")
    found += page.evaluate(WIDE)
    page.evaluate(LARGER_TEXT, "")
    page.keyboard.press("Tab")
    return found + page.evaluate(UNSEEN_FOCUS)


def test_what_is_wrong_is_seen(world: Flask, open_page: OpenPage) -> None:
    """What the test above relies on."""
    page = open_page("about:blank")
    page.set_content(
        """<html lang="en"><title>Wrong</title><main><h1>Wrong</h1><a href="#1" style="outline: 0">No ring</a>
        <p style="inline-size: 110vw; color: #aaa; background: #fff">Wide and faint</p>
        <button style="inline-size: 9px; block-size: 9px">a</button><button style="inline-size: 9px">b</button>"""
    )
    seen = str(faults(page))
    for wrong in ("color-contrast", "target-size", "No ring", "Wide and faint"):
        assert wrong in seen
