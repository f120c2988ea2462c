"""Contacts and bookings, looked through by whoever is signed in."""

import re

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.team import HOURS, make_team, signed_in
from tests.factories import make_contact, make_link
from tests.views.workspace.test_home import booked
from website import clock
from website.services.cancellation import cancel

pytestmark = pytest.mark.browser


def test_contacts_are_found_as_one_types_and_get_another_owner(world: Flask, open_page: OpenPage) -> None:
    ana, ben = make_team()
    make_contact("dana@prospect.example", owner=ana, name="Dana Prospect")
    make_contact("dora@elsewhere.example", owner=ben, name="Dora Else")
    page = signed_in(open_page, "/contacts")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_label("Name, address or company").fill("prospect")
    expect(rows).to_have_count(1)
    expect(page.get_by_label("Name, address or company")).to_be_focused()
    expect(page.locator("#status")).to_have_text("1 contact")
    expect(page).to_have_url(re.compile(r"/contacts\?q=prospect$"))
    page.get_by_role("link", name="Dana Prospect").click()
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Owner").select_option("Ben")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="Contacts").first.click()
    page.get_by_label("Owner").select_option("Ben")
    expect(page).to_have_url(re.compile(rf"/contacts\?owner={ben.id}$"))
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Ben")


def test_bookings_are_listed_by_state(world: Flask, open_page: OpenPage) -> None:
    ana, ben = make_team()
    make_contact(owner=ben, email="dana@prospect.example")
    booked(make_link(hosts=[ana, ben], title="Demo", hours=HOURS, owner_first=True))
    off = booked(make_link("personal", hosts=[ana], title="Coffee", hours=HOURS), nonce="second")
    cancel(off.token, reason="Ill", now=clock.now())
    page = signed_in(open_page, "/bookings")
    boxes = page.locator("article.box")
    expect(boxes).to_have_count(1)
    expect(boxes.get_by_role("heading")).to_have_text("Demo")
    boxes.get_by_text("Why this host?").click()
    expect(boxes).to_contain_text("The contact's owner hosts.")
    page.get_by_role("link", name="Cancelled").click()
    expect(boxes.get_by_role("heading")).to_have_text("Coffee")
    expect(boxes).to_contain_text("Ill")
    page.get_by_role("link", name="Past").click()
    expect(page.get_by_text("There are none.")).to_be_visible()
