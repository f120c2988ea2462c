"""What every page of the site must stand: axe's rules, and the edges of the screen."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe().axe_script
# Target sizes are looked at only where the newest tag is named.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What reaches over either edge of the screen, unless it scrolls by itself.
WIDE = """[...document.querySelectorAll("body *")].filter(one => {
  const box = one.getBoundingClientRect();
  return (box.right > innerWidth + 0.5 || box.left < -0.5) && !one.closest(".scroll *, .visually-hidden, .skip");
}).map(one => one.outerHTML.slice(0, 80))"""


def broken(page: Page) -> list[Any]:
    """The rules that axe sees broken by day, the colours that are too faint by night, and what is wider than the
    screen."""
    found = _rules(page, TAGS)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += _rules(page, ["color-contrast"])
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found + list(page.evaluate(WIDE))


def _rules(page: Page, which: list[str]) -> list[Any]:
    """The rules, and where each is broken first."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)
    asked = {"resultTypes": ["violations"], "runOnly": which}
    found = page.evaluate("asked => axe.run(asked)", asked)["violations"]
    return [(one["id"], one["nodes"][0]["html"][:120]) for one in found]
