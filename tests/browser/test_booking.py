"""A prospect books, in a real browser: with and without script, on a phone and on a desktop."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.views.public.test_booking_page import DANA, open_link

pytestmark = pytest.mark.browser
KINDS = {"personal": ("Ana",), "group": ("Ana", "Ben"), "round_robin": ("Ana", "Ben")}


def book(page: Page) -> None:
    """From the times to the confirmation."""
    page.locator("a.time").first.click()
    page.get_by_label("Name").fill("Dana Prospect")
    page.get_by_label("E-mail").fill(DANA)
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are booked")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_prospect_books(world: Flask, open_page: OpenPage, kind: str, script: bool, width: int) -> None:
    open_link(kind, KINDS[kind])
    page = open_page("/book/demo", width=width, script=script)
    page.locator("#month-after").click()
    page.wait_for_url("**/book/demo?*month=*")
    page.locator("a.day").nth(3).click()
    page.wait_for_url("**/book/demo?*date=*")
    expect(page.locator("a.day[aria-current]")).to_be_visible()
    book(page)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_owner_first_link_asks_who_and_then_shows_times(
    world: Flask, open_page: OpenPage, script: bool
) -> None:
    open_link("round_robin", ("Ana", "Ben"), owner_first=True)
    page = open_page("/book/demo", script=script)
    page.get_by_label("Your e-mail address").fill(DANA)
    page.get_by_role("button", name="See times").click()
    assert DANA not in page.url
    book(page)


def test_the_visitor_s_own_zone_is_found(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = open_page("/book/demo")
    page.wait_for_url("**timezone=Europe%2FLondon**")
    expect(page.locator("#timezone")).to_have_value("Europe/London")


def test_back_returns_to_the_month_before(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = open_page("/book/demo?timezone=Europe/London")
    first = page.locator("#month-name").inner_text()
    page.locator("#month-after").click()
    expect(page.locator("#month-name")).not_to_have_text(first)
    page.go_back()
    expect(page.locator("#month-name")).to_have_text(first)


def test_the_page_works_when_htmx_does_not_load(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = open_page("/healthz")
    for name in ("htmx", "harden"):
        page.route(f"**/{name}*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(page.url.replace("/healthz", "/book/demo?timezone=Europe/London"))
    page.locator("#month-after").click()
    page.locator("a.day").first.click()
    expect(page.locator("a.time").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(world: Flask, open_page: OpenPage, width: int, scheme: str) -> None:
    open_link("round_robin", ("Ana", "Ben"), owner_first=True)
    page = open_page("/book/demo", width=width, scheme=scheme)
    clean(page)
    page.get_by_label("Your e-mail address").fill(DANA)
    page.get_by_role("button", name="See times").click()
    clean(page)
    page.locator("a.time").first.click()
    clean(page)
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_role("alert")).to_be_visible()
    clean(page)
    page.get_by_label("Name").fill("Dana Prospect")
    page.get_by_role("button", name="Book").click()
    clean(page)


def clean(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [
        (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")
    ] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
