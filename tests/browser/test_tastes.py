"""What people set in their systems is kept to: less motion, forced colours."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.views.public.test_booking_page import open_link

pytestmark = pytest.mark.browser
START = "/book/demo?timezone=Europe/London"
# What moves, of all that the page draws: its own durations, whatever they are set on.
MOVING = """[...document.querySelectorAll("*")].flatMap((one) => ["", "::before", "::after"].map((part) => {
  const style = getComputedStyle(one, part);
  const longest = (times) => Math.max(...times.split(",").map(parseFloat));
  return longest(style.transitionDuration) > 0.01 || longest(style.animationDuration) > 0.01 ? one.outerHTML : "";
})).filter(Boolean)"""

LOOK = """(one) => { const style = getComputedStyle(one);
  return [style.outlineStyle, style.outlineWidth, style.borderStyle, style.color, style.backgroundColor]; }"""


def choose_a_day(page: Page) -> None:
    page.locator("#month-after").click()
    page.wait_for_url("**month=*")
    page.locator("a.day").nth(3).click()
    page.wait_for_url("**date=*")
    expect(page.locator("a.day[aria-current]")).to_be_visible()


def test_nothing_moves_for_those_who_want_less_motion(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = open_page(START, reduced_motion="reduce")
    choose_a_day(page)
    assert page.evaluate(MOVING) == []
    page.locator("a.time").first.click()
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate(MOVING) == []


def test_the_chosen_day_is_seen_without_our_colours(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = open_page(START, forced_colors="active")
    choose_a_day(page)
    chosen = page.locator("a.day[aria-current]").evaluate(LOOK)
    others = {tuple(one.evaluate(LOOK)) for one in page.locator("a.day:not([aria-current])").all()}
    assert tuple(chosen) not in others
