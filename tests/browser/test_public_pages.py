"""The booking page under the fingers: focus, what is said, the browser's buttons, large texts, narrow screens."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.waiting import until
from tests.views.public.test_booking_page import DANA, open_link
from website import clock

pytestmark = pytest.mark.browser
PATH = "/book/demo?timezone=Europe/London"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Counts what a screen reader would be told.
LISTEN = """() => { window.said = []; const status = document.getElementById("status");
  new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true, subtree: true }); }"""
SPACED = """() => { const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important;"
    + " word-spacing: 0.16em !important } p { margin-block-end: 2em !important }");
  document.adoptedStyleSheets = [sheet]; }"""
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"


def opened(open_page: OpenPage, path: str = PATH, **values: int) -> Page:
    """The page, once its scripts are there too."""
    page = open_page(path, **values)
    until(page, "() => window.htmx && document.body.matches('[data-htmx-powered], *')")
    page.wait_for_load_state("networkidle")
    page.evaluate(LISTEN)
    return page


def test_a_chosen_day_leads_to_its_times_and_is_said_once(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = opened(open_page)
    page.locator("#month-after").click()
    page.wait_for_url("**month=*")
    until(page, "() => said.length === 1")
    assert "days with times" in page.evaluate("said[0]")
    page.locator("a.day").nth(2).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#times-head")).to_be_focused()
    until(page, "() => said.length === 2")
    name = page.locator("a.day[aria-current] .visually-hidden").inner_text()
    assert page.evaluate("said[1]") == name
    assert page.locator("#times-head").inner_text() in name
    page.keyboard.press("Tab")
    expect(page.locator("a.time").first).to_be_focused()
    assert page.evaluate("said.length") == 2


def test_the_keyboard_stays_on_the_arrow_of_the_month(world: Flask, open_page: OpenPage) -> None:
    open_link(window_days=100)
    page = opened(open_page)
    name = page.locator("#month-name").inner_text()
    page.locator("#month-after").focus()
    for _ in range(2):
        page.keyboard.press("Enter")
        expect(page.locator("#month-name")).not_to_have_text(name)
        name = page.locator("#month-name").inner_text()
        expect(page.locator("#month-after")).to_be_focused()


def test_length_and_zone_change_the_times_in_place(world: Flask, open_page: OpenPage) -> None:
    open_link(durations=[30, 60])
    page = opened(open_page)
    page.evaluate("window.same = true")
    steps = page.evaluate("history.length")
    page.get_by_label("30 minutes").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**duration=60*")
    expect(page.get_by_label("60 minutes")).to_be_focused()
    expect(page.locator("#slots")).not_to_have_attribute("aria-busy", "true")
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.wait_for_url("**timezone=Asia%2FTokyo*")
    expect(page.locator(".zone-note")).to_contain_text("Tokyo")
    assert "duration=60" in page.locator("a.time").first.get_attribute("href")
    assert page.evaluate("window.same && history.length") == steps


def test_a_first_visit_finds_its_zone_without_a_word_and_without_a_step(
    world: Flask, open_page: OpenPage
) -> None:
    open_link()
    page = open_page("/book/demo")
    page.wait_for_url("**timezone=Europe%2FLondon**")
    expect(page.locator(".zone-note")).to_contain_text("London")
    expect(page.locator("#status")).to_be_empty()
    assert page.evaluate("history.length") <= 2
    expect(page.locator("body")).to_be_focused()


def test_back_and_forward_show_the_day_that_was_chosen(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = opened(open_page)
    page.locator("#month-after").click()
    page.wait_for_url("**month=*")
    page.locator("a.day").nth(2).click()
    page.wait_for_url("**date=*")
    chosen = page.locator("#times-head").inner_text()
    page.locator("a.time").first.click()
    expect(page.get_by_role("heading", name="Your details")).to_be_visible()
    page.go_back()
    expect(page.locator("#times-head")).to_have_text(chosen)
    page.go_back()
    expect(page.locator("#times-head")).not_to_have_text(chosen)
    page.go_forward()
    expect(page.locator("#times-head")).to_have_text(chosen)
    assert page.locator("main").count() == page.locator("h1").count() == 1


def test_what_is_wrong_is_listed_first_and_leads_to_its_field(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = opened(open_page)
    page.locator("a.time").first.click()
    page.get_by_label("Name").fill("Dana Prospect")
    page.get_by_label("E-mail").fill("dana")
    page.get_by_role("button", name="Book").click()
    expect(page.locator("#summary")).to_be_focused()
    assert page.title().startswith("Error")
    expect(page.get_by_label("Name")).to_have_value("Dana Prospect")
    page.locator("#summary a").click()
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    assert page.get_by_label("E-mail").get_attribute("aria-describedby") == "email-help"


def test_a_time_just_taken_is_replaced_where_it_stands(world: Flask, open_page: OpenPage) -> None:
    open_link()
    pages = [opened(open_page) for _ in range(2)]
    for page in pages:
        page.locator("a.time").first.click()
        page.get_by_label("Name").fill("Dana Prospect")
        page.get_by_label("E-mail").fill(DANA)
        page.get_by_role("button", name="Book").click()
    late = pages[1]
    expect(late.locator("#summary")).to_be_focused()
    expect(late.get_by_label("E-mail")).to_have_value(DANA)
    late.get_by_role("radio").first.focus()
    late.keyboard.press("Space")
    expect(late.get_by_role("radio").first).to_be_checked()
    late.get_by_role("button", name="Book").click()
    expect(late.get_by_role("heading", level=1)).to_have_text("You are booked")


def states(page: Page) -> Iterator[str]:
    """The page in one state after the other, from the grid to the end of a booking."""
    yield "grid"
    page.goto(
        page.url.split("?")[0] + f"?timezone=Europe/London&month={clock.now() + timedelta(days=200):%Y-%m}"
    )
    yield "empty month"
    page.goto(page.url.split("?")[0] + "/write")
    yield "write"
    page.goto(page.url.replace("/write", "?timezone=Europe/London"))
    page.locator("a.time").first.click()
    page.get_by_role("button", name="Book").click()
    expect(page.locator("#summary")).to_be_focused()
    yield "errors"
    page.get_by_label("Name").fill("Dana Prospect")
    page.get_by_label("E-mail").fill(DANA)
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are booked")
    yield "booked"
    page.goto(page.url.split("?")[0] + "/cancel")
    yield "cancel"
    page.get_by_role("button", name="Cancel the meeting").click()
    expect(page.get_by_role("button", name="Cancel the meeting")).to_have_count(0)
    yield "cancelled"
    page.goto(page.url.replace("/booking/", "/booking/none-"))
    yield "error"


TITLE = "Introductory conversation about Donaudampfschifffahrtsgesellschaftskapitänspatente"


def offer() -> None:
    """A link with a bit of everything, much of it long."""
    values = {"title": TITLE, "description": "All about it. " * 120, "durations": [15, 30, 45, 60, 90]}
    open_link(**values, place={"kind": "address", "value": "12 Rue de la Paix, 75002 Paris, second floor"})


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("how", ["as it is", "200 %", "spaced"])
def test_nothing_is_wider_than_the_screen(world: Flask, open_page: OpenPage, width: int, how: str) -> None:
    offer()
    page = opened(open_page, width=width)
    for state in states(page):
        if how == "200 %":
            page.evaluate("document.documentElement.style.fontSize = '200%'")
        elif how == "spaced":
            page.evaluate(SPACED)
        assert page.evaluate(TOO_WIDE) <= 0, state


@pytest.mark.parametrize("width", [320, 820, 1280])
def test_axe_finds_nothing_at_all(world: Flask, open_page: OpenPage, width: int) -> None:
    offer()
    page = opened(open_page, width=width)
    for state in states(page):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = Axe().run(page, options={"runOnly": {"type": "tag", "values": STANDARDS}}).response
            wrong = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
            assert not wrong, (state, scheme)


def test_forced_colours_show_what_is_chosen(world: Flask, open_page: OpenPage) -> None:
    open_link(durations=[30, 60])
    page = opened(open_page)
    page.emulate_media(forced_colors="active")
    outline = "one => getComputedStyle(one).outline"
    assert "solid 3px" in page.locator("a.day[aria-current]").evaluate(outline)
    assert "solid 3px" in page.locator(".pill:has(:checked)").evaluate(outline)
    assert "solid" not in page.locator(".pill:not(:has(:checked))").evaluate(outline)
