"""Every state of the public pages under axe, by day and by night, in both directions, on a phone and on a desktop; and
what axe does not see: what is wider than the screen, larger text, and where the focus is."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.states import Visit, fill_the_site
from tests.browser.team import WIDE

pytestmark = pytest.mark.browser
# Target sizes are looked at only where the newest tag is named.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe().axe_script
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
        found += [*broken(page, {"runOnly": TAGS}), *page.evaluate(WIDE)]
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found += broken(page, {"runOnly": ["color-contrast"]})
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.evaluate(LARGER_TEXT, "200%")
    found += page.evaluate(WIDE)
    page.evaluate(LARGER_TEXT, "")
    page.keyboard.press("Tab")
    return found + page.evaluate(UNSEEN_FOCUS)


def broken(page: Page, options: dict[str, Any]) -> list[tuple[str, str]]:
    """The rules that axe sees broken, and where first."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(options)", {"resultTypes": ["violations"], **options})[
        "violations"
    ]
    return [(one["id"], one["nodes"][0]["html"][:120]) for one in found]
