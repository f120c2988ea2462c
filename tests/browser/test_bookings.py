"""What hosts do with a booking, in a browser: with and without JavaScript, and with the keyboard alone (R36, R42)."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.team import HOURS, clean, make_team, signed_in
from tests.factories import make_link
from tests.views.workspace.test_home import booked
from website.extensions import db
from website.models import Booking, User

pytestmark = pytest.mark.browser


def demo() -> Booking:
    """Ana's meeting on a link that Ben hosts as well."""
    ana, ben = make_team()
    return booked(make_link(hosts=[ana, ben], title="Demo", hours=HOURS, rotation="strict"))


def hosts_of(booking: Booking) -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    return [host.user.name for host in booking.hosts]


@pytest.mark.rule("R36")
@pytest.mark.parametrize("script", [True, False])
def test_a_meeting_is_handed_over_from_the_home_page(world: Flask, open_page: OpenPage, script: bool) -> None:
    booking = demo()
    page = signed_in(open_page, "/", script=script)
    page.get_by_role("link", name="Demo with").click()
    page.get_by_role("link", name="Hand over").click()
    page.get_by_role("radio", name="Ben").check()
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("Handed over from Ana to Ben.")).to_be_visible()
    assert hosts_of(booking) == ["Ben"]


@pytest.mark.rule("R36")
def test_a_meeting_is_declined_with_the_keyboard_alone(world: Flask, open_page: OpenPage) -> None:
    booking = demo()
    page = signed_in(open_page, f"/bookings/{booking.id}/decline")
    page.get_by_label("Reason (optional)").focus()
    page.keyboard.type("Ill today")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Decline and re-route")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ana declined; it went on to Ben.")).to_be_visible()
    expect(page.get_by_text("Ill today")).to_be_visible()
    assert hosts_of(booking) == ["Ben"]


@pytest.mark.rule("R36")
@pytest.mark.parametrize("script", [True, False])
def test_a_meeting_is_moved_on_the_grid(world: Flask, open_page: OpenPage, script: bool) -> None:
    booking = demo()
    before = booking.start_at
    page = signed_in(open_page, f"/bookings/{booking.id}", script=script, width=390)
    page.get_by_role("link", name="Reschedule").click()
    page.get_by_role("link", name="Next month").click()
    expect(page.locator("#month-before")).to_be_visible()
    page.locator("a.day").nth(3).click()
    page.locator("a.time").first.click()
    page.get_by_role("button", name="Move the meeting").click()
    expect(page.get_by_text("Moved from")).to_be_visible()
    assert hosts_of(booking) == ["Ana"]
    assert booking.start_at > before


@pytest.mark.rule("R36")
def test_a_search_leads_to_the_meeting_that_is_cancelled_with_a_reason(
    world: Flask, open_page: OpenPage
) -> None:
    booking = demo()
    page = signed_in(open_page, "/bookings")
    page.get_by_label("Name, address, link or host").fill("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    page.get_by_label("Name, address, link or host").fill("dana")
    page.get_by_label("Whose bookings").select_option("Mine")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Demo").click()
    page.get_by_role("link", name="Cancel the meeting").click()
    page.get_by_label("Reason (optional)").fill("Snow")
    page.get_by_role("button", name="Cancel the meeting").click()
    expect(page.locator(".history").get_by_text("Snow")).to_be_visible()
    hosts_of(booking)
    assert not booking.confirmed


@pytest.mark.rule("R42")
@pytest.mark.parametrize("width", [390, 1280])
def test_who_leaves_hands_everything_over_first(world: Flask, open_page: OpenPage, width: int) -> None:
    ana, ben = make_team()
    booking = booked(make_link("personal", hosts=[ben], title="Coffee", hours=HOURS))
    page = signed_in(open_page, f"/team/{ben.id}", width=width)
    page.get_by_label("Active: may sign in and host").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ben leaves")
    page.get_by_role("button", name="Hand over and deactivate").click()
    expect(page.get_by_text("Choose what is to become of it.")).to_be_visible()
    clean(page)
    page.get_by_label("Coffee: Dana Prospect").select_option("Ana, not a host of this link")
    page.get_by_label("Coffee", exact=True).select_option("Give it to Ana")
    page.get_by_role("button", name="Hand over and deactivate").click()
    page.wait_for_url("**/team?said=left")
    assert hosts_of(booking) == ["Ana"]
    assert not db.session.get_one(User, ben.id).active
    assert booking.link.creator_id == ana.id
