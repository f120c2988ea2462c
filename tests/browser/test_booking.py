"""A prospect books, in a real browser: with and without script, on a phone and on a desktop."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.waiting import until
from tests.views.public.test_booking_page import DANA, open_link
from website import clock
from website.tokens import signer

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
    if script:
        page.wait_for_url("**timezone=Europe%2FLondon**")
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
    if script:
        page.wait_for_url("**timezone=Europe%2FLondon**")
    book(page)


def test_the_visitor_s_own_zone_is_found(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = open_page("/book/demo")
    page.wait_for_url("**timezone=Europe%2FLondon**")
    expect(page.locator("#timezone")).to_have_value("Europe/London")


def test_the_visitor_s_own_zone_is_found_on_an_owner_first_link(world: Flask, open_page: OpenPage) -> None:
    open_link("round_robin", ("Ana", "Ben"), owner_first=True)
    page = open_page("/book/demo")
    page.get_by_label("Your e-mail address").fill(DANA)
    page.get_by_role("button", name="See times").click()
    page.wait_for_url("**timezone=Europe%2FLondon**")
    expect(page.locator("#timezone")).to_have_value("Europe/London")
    expect(page.locator("a.time").first).to_be_visible()


def test_a_zone_that_the_site_does_not_know_leaves_the_page_as_it_is(
    world: Flask, open_page: OpenPage
) -> None:
    open_link()
    page = open_page("/healthz")
    page.add_init_script("Intl.DateTimeFormat.prototype.resolvedOptions = () => ({ timeZone: 'Mars/Base' })")
    with page.expect_response(lambda answer: answer.request.method == "HEAD") as asked:
        page.goto(page.url.replace("/healthz", "/book/demo"))
    assert asked.value.status == 400
    expect(page.locator("a.time").first).to_be_visible()
    assert "timezone" not in page.url


def test_a_zone_that_is_not_in_the_list_is_found_too(world: Flask, open_page: OpenPage) -> None:
    open_link()
    # Chromium knows this zone by its older name, which is as good.
    page = open_page("/book/demo", zone="Asia/Kathmandu")
    page.wait_for_url("**timezone=Asia%2FKatmandu**")
    expect(page.locator("#timezone")).to_have_value("Asia/Katmandu")
    expect(page.locator(".zone-note")).to_contain_text("UTC+5:45")


def test_another_zone_and_another_duration_keep_the_month(world: Flask, open_page: OpenPage) -> None:
    open_link(durations=[30, 60])
    page = open_page("/book/demo?timezone=Europe/London")
    page.locator("#month-after").click()
    page.wait_for_url("**month=*")
    shown = page.locator("#month-name").inner_text()
    page.get_by_label("60 minutes").click()
    page.wait_for_url("**duration=60*")
    expect(page.locator("#month-name")).to_have_text(shown)
    page.locator("#timezone").select_option("Asia/Tokyo")
    page.wait_for_url("**timezone=Asia%2FTokyo*")
    expect(page.locator("#month-name")).to_have_text(shown)


def test_a_token_that_expired_in_an_open_tab_leads_back_to_the_question(
    world: Flask, open_page: OpenPage
) -> None:
    open_link("round_robin", ("Ana", "Ben"), owner_first=True)
    page = open_page("/book/demo?timezone=Europe/London")
    page.get_by_label("Your e-mail address").fill(DANA)
    page.get_by_role("button", name="See times").click()
    expect(page.locator("a.time").first).to_be_visible()
    # The times are there before the scripts are.
    until(page, "() => window.htmx")
    old = signer.who(DANA, clock.now() - timedelta(days=2))
    page.evaluate(
        """old => { for (const name of ['href', 'hx-get']) {
          const link = document.getElementById('month-after');
          link.setAttribute(name, link.getAttribute(name).replace(/who=[^&]+/, 'who=' + old)); }
          document.getElementById('month-after').replaceWith(document.getElementById('month-after').cloneNode(true));
          htmx.process(document.getElementById('slots')); }""",
        old,
    )
    page.locator("#month-after").click()
    expect(page.get_by_label("Your e-mail address")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("does not work any more")
    assert page.locator("h1").count() == page.locator("main").count() == 1


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_no_choice_after_just_taken_loses_nothing(world: Flask, open_page: OpenPage, script: bool) -> None:
    open_link()
    pages = [open_page("/book/demo?timezone=Europe/London", script=script) for _ in range(2)]
    for page in pages:
        page.locator("a.time").first.click()
        page.get_by_label("Name").fill("Dana Prospect")
        page.get_by_label("E-mail").fill(DANA)
    pages[0].get_by_role("button", name="Book").click()
    late = pages[1]
    late.get_by_role("button", name="Book").click()
    expect(late.get_by_role("alert")).to_contain_text("just taken")
    late.get_by_role("button", name="Book").click()
    expect(late.get_by_role("alert")).to_contain_text("Choose a time")
    expect(late.get_by_label("Name")).to_have_value("Dana Prospect")
    late.get_by_role("radio").first.check()
    late.get_by_role("button", name="Book").click()
    expect(late.get_by_role("heading", level=1)).to_have_text("You are booked")


def test_back_returns_to_the_month_before(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = open_page("/book/demo?timezone=Europe/London")
    first = page.locator("#month-name").inner_text()
    page.locator("#month-after").click()
    expect(page.locator("#month-name")).not_to_have_text(first)
    page.go_back()
    expect(page.locator("#month-name")).to_have_text(first)
