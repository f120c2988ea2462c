"""What a link's page is for: preview, switching off, *why not?*, personal links (R21, R43)."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.team import HOURS, clean, make_team, signed_in
from tests.factories import make_busy, make_contact, make_link
from website import clock

pytestmark = pytest.mark.browser


def test_the_preview_shows_the_booking_page(world: Flask, open_page: OpenPage) -> None:
    ana, _ = make_team()
    make_link("personal", hosts=[ana], slug="demo", hours=HOURS)
    page = signed_in(open_page, "/links/demo")
    preview = page.frame_locator("iframe.preview")
    page.locator("iframe.preview").scroll_into_view_if_needed()
    expect(preview.get_by_role("heading", level=1)).to_have_text("Product demo")
    expect(preview.locator("a.time").first).to_be_visible()


def test_a_link_is_switched_off_and_on(world: Flask, open_page: OpenPage) -> None:
    ana, _ = make_team()
    make_link("personal", hosts=[ana], slug="demo", hours=HOURS)
    page = signed_in(open_page, "/links/demo")
    page.get_by_role("link", name="Switch off").click()
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("This link is off")).to_be_visible()
    visitor = open_page("/book/demo")
    expect(visitor.locator("a.time")).to_have_count(0)
    page.get_by_role("link", name="Switch on").click()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("link", name="Switch off")).to_be_visible()
    visitor.reload()
    expect(visitor.locator("a.time").first).to_be_visible()


@pytest.mark.rule("R43")
def test_why_not_names_the_rule_for_each_host(world: Flask, open_page: OpenPage) -> None:
    ana, ben = make_team()
    start = (clock.now() + timedelta(days=3)).replace(hour=11, minute=0, second=0, microsecond=0)
    make_busy(ana, (start, start + timedelta(minutes=30)), now=clock.now())
    make_link(hosts=[ana, ben], slug="demo", hours=HOURS, timezone="UTC")
    ana.timezone = "UTC"
    make_contact("dana@prospect.example", owner=ben)
    page = signed_in(open_page, "/links/demo")
    page.get_by_label("Date", exact=True).fill(f"{start:%Y-%m-%d}")
    page.get_by_label("Time in").fill(f"{start:%H:%M}")
    page.get_by_role("button", name="Explain").click()
    answers = page.locator(".answers > li")
    expect(answers).to_have_count(2)
    expect(answers.filter(has_text="Ana")).to_contain_text("R4")
    expect(answers.filter(has_text="Ben")).to_contain_text("offered")
    expect(page.get_by_role("heading", level=2, name="Why not")).to_be_focused()
    expect(page.get_by_label("Time (optional)")).to_have_value(f"{start:%H:%M}")
    # In place, with an address that the browser's own never holds.
    page.get_by_label("For this e-mail address").fill("dana@prospect.example")
    page.get_by_role("button", name="Day after").press("Enter")
    expect(page.get_by_role("heading", name="Whose times this address is shown")).to_be_visible()
    expect(page.get_by_role("button", name="Day after")).to_be_focused()
    expect(page.get_by_label("Date", exact=True)).to_have_value(f"{start + timedelta(days=1):%Y-%m-%d}")
    assert "dana" not in page.url
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name=f"{start:%H:%M}"))
    row.get_by_role("button").press("Enter")
    expect(page.get_by_role("heading", level=2, name="Why not")).to_be_focused()
    clean(page)


@pytest.mark.rule("R21")
def test_a_personal_link_leads_to_a_page_that_names_the_owner(world: Flask, open_page: OpenPage) -> None:
    ana, ben = make_team()
    make_contact("dana@prospect.example", owner=ben)
    make_link(hosts=[ana, ben], slug="demo", hours=HOURS, owner_first=True)
    page = signed_in(open_page, "/links/demo")
    page.get_by_label("The contact's e-mail address").fill("nobody@prospect.example")
    page.get_by_role("button", name="Make the address").click()
    expect(page.get_by_text("There is no contact with this address.")).to_be_visible()
    page.get_by_label("The contact's e-mail address").fill("dana@prospect.example")
    page.get_by_role("button", name="Make the address").click()
    address = page.get_by_label("Copy it and send it").input_value().removeprefix("http://localhost")
    visitor = open_page(address)
    expect(visitor.locator(".owner")).to_have_text("Meet with Ben")
    expect(visitor.locator("a.time").first).to_be_visible()
    page.get_by_role("link", name="Revoke (Dana)").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("It is revoked")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("alert")).to_contain_text("does not work any more")
    expect(visitor.get_by_label("Your e-mail address")).to_be_visible()
