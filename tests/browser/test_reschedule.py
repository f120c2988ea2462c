"""An invitee moves and cancels a meeting in a real browser: with and without script, on a phone and on a desktop."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_booking import book
from tests.factories import make_busy
from tests.views.public.test_booking_page import open_link
from tests.views.public.test_reschedule import the_booking
from website import clock
from website.extensions import db
from website.models import User

pytestmark = pytest.mark.browser
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


def booked(open_page: OpenPage, *, script: bool = True, width: int = 1280) -> Page:
    """The page of a booking that was just made."""
    page = open_page("/book/demo?timezone=Europe/London", script=script, width=width)
    book(page)
    return page


def to_last_step(page: Page) -> None:
    page.get_by_role("link", name="Reschedule").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose another time")
    page.wait_for_load_state("networkidle")
    page.locator("a.time").nth(2).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Move this meeting?")


@pytest.mark.rule("R35")
@pytest.mark.parametrize("width", [390, 1280])
@SCRIPT
def test_an_invitee_moves_a_meeting(world: Flask, open_page: OpenPage, script: bool, width: int) -> None:
    open_link()
    page = booked(open_page, script=script, width=width)
    before = the_booking().start_at
    page.get_by_role("link", name="Reschedule").click()
    page.locator("#month-after").click()
    page.wait_for_url("**/reschedule?*month=*")
    page.locator("a.day").nth(3).click()
    page.wait_for_url("**/reschedule?*date=*")
    expect(page.locator("a.day[aria-current]")).to_be_visible()
    page.locator("a.time").first.click()
    page.get_by_role("button", name="Move the meeting").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your meeting is moved")
    assert the_booking().start_at > before


@pytest.mark.rule("R35")
def test_the_keyboard_alone_moves_a_meeting(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = booked(open_page)
    page.get_by_role("link", name="Reschedule").focus()
    page.keyboard.press("Enter")
    page.locator("a.day").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**date=*")
    expect(page.locator("#times-head")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("a.time").first).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move the meeting").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your meeting is moved")


def test_times_are_those_of_where_the_invitee_is_now(world: Flask, open_page: OpenPage) -> None:
    open_link()
    path = f"/booking/{booked(open_page).url.rpartition('/')[2]}/reschedule"
    page = open_page(path, zone="Asia/Tokyo")
    page.wait_for_url("**timezone=Asia%2FTokyo**")
    expect(page.locator(".zone-note")).to_contain_text("Tokyo")


@pytest.mark.rule("R30")
@SCRIPT
def test_a_time_just_taken_shows_others_in_place(world: Flask, open_page: OpenPage, script: bool) -> None:
    (ana,) = open_link()
    page = booked(open_page, script=script)
    to_last_step(page)
    start = the_booking().start_at
    take(ana, start + timedelta(minutes=30), start + timedelta(hours=3))
    page.get_by_role("button", name="Move the meeting").click()
    expect(page.get_by_role("alert")).to_contain_text("just taken")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Move the meeting").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your meeting is moved")


def take(user: User, *interval: object) -> None:
    make_busy(db.session.merge(user), interval, now=clock.now())  # type: ignore[arg-type]
    db.session.commit()


@pytest.mark.rule("R35")
@SCRIPT
def test_any_colleague_may_take_it_over(world: Flask, open_page: OpenPage, script: bool) -> None:
    ana, _ben = open_link("round_robin", ("Ana", "Ben"), rotation="strict", any_colleague=True)
    page = booked(open_page, script=script)
    take(ana, clock.now(), clock.now() + timedelta(days=40))
    page.get_by_role("link", name="Reschedule").click()
    page.get_by_role("link", name="With any colleague").click()
    expect(page.locator(".switch [aria-current=true]")).to_have_text("With any colleague")
    page.locator("#timezone").select_option("Asia/Tokyo")
    if not script:
        page.get_by_role("button", name="Show these times").click()
    page.wait_for_url("**timezone=Asia%2FTokyo**")
    expect(page.locator(".switch [aria-current=true]")).to_have_text("With any colleague")
    page.locator("a.time").first.click()
    page.get_by_role("button", name="Move the meeting").click()
    expect(page.locator(".facts")).to_contain_text("Ben")
    expect(page.locator(".facts")).to_contain_text("Tokyo")


@SCRIPT
def test_an_invitee_cancels_with_a_reason(world: Flask, open_page: OpenPage, script: bool) -> None:
    open_link()
    page = booked(open_page, script=script)
    page.get_by_role("link", name="Cancel this meeting").click()
    page.get_by_label("Reason").fill("No time")
    page.get_by_role("button", name="Cancel the meeting").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This meeting is cancelled")
    assert the_booking().cancel_reason == "No time"


@pytest.mark.rule("R34")
def test_the_file_is_downloaded(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = booked(open_page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="File (.ics)").click()
    assert waiting.value.suggested_filename == "invite.ics"
    assert the_booking().uid.encode() in waiting.value.path().read_bytes()
