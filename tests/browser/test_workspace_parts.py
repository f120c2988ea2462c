"""Small parts of the signed-in pages that do something: copying, choosing a colour, sending a picture."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.team import HOURS, make_team, signed_in
from tests.factories import make_link
from tests.images import picture

pytestmark = pytest.mark.browser


@pytest.fixture
def link(world: Flask) -> None:
    ana, _ben = make_team()
    make_link("personal", hosts=[ana], hours=HOURS, slug="demo", title="Demo")


def test_a_link_s_address_is_copied_and_it_is_said(link: None, open_page: OpenPage) -> None:
    page = signed_in(open_page, "/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy (Demo)").click()
    expect(page.locator("#status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "http://localhost/book/demo"
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_label("Address of Demo")).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "http://localhost/book/demo"


def test_without_script_the_address_is_there_to_select(link: None, open_page: OpenPage) -> None:
    page = signed_in(open_page, "/links", script=False)
    expect(page.get_by_label("Address of Demo")).to_have_value("http://localhost/book/demo")
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)


def test_a_chosen_colour_is_shown_at_once_and_kept(link: None, open_page: OpenPage) -> None:
    page = signed_in(open_page, "/links/demo/edit")
    expect(page.locator(".swatch")).to_have_count(0)
    page.get_by_label("Colour", exact=True).fill("#ffd400")
    expect(page.get_by_text("Too faint for links, which are darkened")).to_be_visible()
    expect(page.locator(".swatch")).to_have_count(2)
    expect(page.get_by_label("A colour of its own")).to_be_checked()
    page.locator(".actions").get_by_role("button", name="Save").click()
    page.wait_for_url("**/links/demo?said=saved")
    expect(page.get_by_role("status").first).to_have_text("Saved.")
    page.goto(page.url.replace("/links/demo?said=saved", "/book/demo"))
    fill = "getComputedStyle(document.documentElement).getPropertyValue('--fill')"
    assert page.evaluate(fill) == "#ffd400"


def test_a_picture_is_sent_and_stands_on_the_booking_page(
    link: None, open_page: OpenPage, tmp_path: Path
) -> None:
    (tmp_path / "me.png").write_bytes(picture())
    page = signed_in(open_page, "/me/picture")
    page.get_by_label("New picture").set_input_files(tmp_path / "me.png")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/me?said=picture_saved")
    image = page.locator("main img.avatar")
    expect(image).to_be_visible()
    assert image.evaluate("one => one.complete && one.naturalWidth") == 256


def test_an_error_keeps_the_way_around(link: None, open_page: OpenPage) -> None:
    page = signed_in(open_page, "/links/none")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
    expect(page.get_by_role("link", name="Bookings")).to_be_visible()
