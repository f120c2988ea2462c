"""Slow lines, impatient fingers and scripts that do not arrive: nothing is booked twice, and the last click counts."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_booking import book
from tests.browser.waiting import until
from tests.services.test_booking import stored
from tests.views.public.test_booking_page import DANA, open_link
from website.models import Booking

pytestmark = pytest.mark.browser
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
KILOBIT = 1000 / 8
SLOW = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400 * KILOBIT,
    "uploadThroughput": 400 * KILOBIT,
}
READY = "() => !document.body.hasAttribute('hx-ignore')"
START = "/book/demo?timezone=Europe/London"


def slow_down(page: Page) -> None:
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)


def fill_in(page: Page) -> None:
    page.locator("a.time").first.click()
    page.get_by_label("Name").fill("Dana Prospect")
    page.get_by_label("E-mail").fill(DANA)


@pytest.mark.rule("R33")
@SCRIPT
def test_impatient_clicks_on_a_slow_line_make_one_booking(
    world: Flask, open_page: OpenPage, script: bool
) -> None:
    open_link("round_robin", ("Ana", "Ben"))
    page = open_page(START, script=script)
    slow_down(page)
    page.locator("a.time").first.dblclick()
    page.get_by_label("Name").fill("Dana Prospect")
    page.get_by_label("E-mail").fill(DANA)
    page.get_by_role("button", name="Book").click(click_count=3, no_wait_after=True)
    expect(page.get_by_role("heading", level=1)).to_have_text("You are booked", timeout=20_000)
    assert stored(Booking) == 1


@pytest.mark.rule("R33")
def test_a_form_sent_twice_at_once_makes_one_booking(world: Flask, open_page: OpenPage) -> None:
    open_link("round_robin", ("Ana", "Ben"))
    page = open_page(START)
    fill_in(page)
    addresses = page.evaluate(
        """async () => { const form = document.querySelector("form.panel");
          const send = () => fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
          return (await Promise.all([send(), send(), send()])).map((answer) => answer.url); }"""
    )
    assert len(set(addresses)) == 1
    assert "/booking/" in addresses[0]
    assert stored(Booking) == 1


def test_the_last_click_on_a_day_wins(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = open_page(START)
    until(page, READY)
    page.locator("#month-after").click()
    page.wait_for_url("**month=*")
    slow_down(page)
    days = [page.locator("a.day").nth(number) for number in (2, 5, 9)]
    wanted = re.escape(days[-1].locator(".visually-hidden").inner_text().rsplit(",", 1)[0])
    for day in days:
        day.click(no_wait_after=True)
    expect(page.locator("#times-head")).to_have_text(re.compile(wanted), timeout=20_000)
    page.wait_for_load_state("networkidle")
    expect(page.locator("#times-head")).to_have_text(re.compile(wanted))
    expect(page.locator("a.day").nth(9)).to_have_attribute("aria-current", "date")
    assert page.locator("[aria-current=date]").count() == 1
    assert "date=" in page.url


@pytest.mark.parametrize("lost", ["**/htmx*", "**/public.js*", "**/*.js*", "**/*.css*"])
def test_a_prospect_books_where_a_file_does_not_arrive(world: Flask, open_page: OpenPage, lost: str) -> None:
    open_link()
    page = open_page("/healthz", meant="net::ERR_FAILED")
    page.route(lost, lambda route: route.abort())
    page.goto(page.url.replace("/healthz", START))
    page.locator("#month-after").click()
    page.wait_for_url("**month=*")
    page.locator("a.day").nth(3).click()
    page.wait_for_url("**date=*")
    expect(page.locator("a.day[aria-current]")).to_be_visible()
    book(page)


def test_scripts_that_come_late_change_the_grid_in_place(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page, held = open_page("/healthz"), list[Route]()
    page.route("**/public.js*", lambda route: held.append(route))
    page.goto(page.url.replace("/healthz", START), wait_until="commit")
    until(page, "() => window.htmx")
    # By then htmx has begun without the others.
    page.evaluate("new Promise((turn) => setTimeout(turn, 50))")
    held[0].continue_()
    until(page, READY)
    page.evaluate("window.here = true")
    page.locator("#month-after").click()
    page.wait_for_url("**month=*")
    assert page.evaluate("window.here")


def test_a_part_that_does_not_arrive_is_asked_for_as_a_page(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = open_page(START, meant="net::ERR_FAILED|Failed to fetch")
    until(page, READY)
    page.route("**/book/demo/slots*", lambda route: route.abort())
    shown = page.locator("#month-name").inner_text()
    page.locator("#month-after").click()
    expect(page.locator("#month-name")).not_to_have_text(shown)


@SCRIPT
def test_back_and_forward_pass_through_every_step(world: Flask, open_page: OpenPage, script: bool) -> None:
    open_link()
    page = open_page(START, script=script)
    shown = [page.locator("#month-name").inner_text()]
    page.locator("#month-after").click()
    page.wait_for_url("**month=*")
    shown.append(page.locator("#month-name").inner_text())
    page.locator("a.day").nth(3).click()
    page.wait_for_url("**date=*")
    shown.append(page.locator("#times-head").inner_text())
    page.locator("a.time").first.click()
    expect(page.get_by_label("Name")).to_be_visible()
    page.get_by_label("Name").fill("Dana Prospect")

    page.go_back()
    expect(page.locator("#times-head")).to_have_text(shown[2])
    page.go_back()
    expect(page.locator("#month-name")).to_have_text(shown[1])
    expect(page.locator("#times-head")).not_to_have_text(shown[2])
    page.go_back()
    expect(page.locator("#month-name")).to_have_text(shown[0])
    for _ in range(3):
        page.go_forward()
    expect(page.get_by_label("Name")).to_be_visible()
    book_from_details(page)


def book_from_details(page: Page) -> None:
    page.get_by_label("Name").fill("Dana Prospect")
    page.get_by_label("E-mail").fill(DANA)
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are booked")


def test_back_to_the_form_after_booking_and_sending_it_again_makes_one_booking(
    world: Flask, open_page: OpenPage
) -> None:
    open_link("round_robin", ("Ana", "Ben"))
    page = open_page(START)
    book(page)
    done = page.url
    page.go_back()
    book_from_details(page)
    assert page.url == done
    assert stored(Booking) == 1
