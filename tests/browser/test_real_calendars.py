"""The whole story with a calendar that is not ours: signed in, linked, booked, moved there, noticed, called off."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from urllib.parse import urljoin

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from tests.browser.conftest import OpenPage
from tests.factories import make_contact, make_organisation, make_user
from tests.peers.dav import free_port
from tests.peers.google import Google
from tests.peers.google_links import with_google
from tests.peers.radicale import Radicale
from website import clock
from website.config import Config
from website.extensions import db
from website.models import BookingEvent, User
from website.services.worker import work_once

pytestmark = pytest.mark.browser

ANA, DANA = "ana@acme.example", "dana@prospect.example"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def config(config: Config, google: Google, port: int) -> Config:
    """A site that is registered with the stand-in for Google, at the address that people are sent back to."""
    site = replace(config, base_url=f"http://127.0.0.1:{port}", demo=False)
    return with_google(site, google)


@pytest.fixture
def site(world: Flask, port: int) -> Iterator[str]:
    server = make_server("127.0.0.1", port, world, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()


@pytest.fixture
def ana(world: Flask, google: Google) -> User:
    """An admin with a seat who was invited, owns a contact, and has two calendars at Google."""
    make_organisation()
    user = make_user("Ana Alves", email=ANA, role="admin", calendar=False)
    make_contact(DANA, owner=user)
    db.session.commit()
    google.add_account(ANA, name="Ana Alves", time_zone="Europe/Paris")
    google.add_calendar(ANA, "travel", "Travel", "Europe/Paris")
    return user


def sign_in(page: Page) -> None:
    page.get_by_role("button", name="Sign in with Google").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What comes next")


def make_link(page: Page, place: str) -> None:
    page.goto(page.url.split("/calendars")[0] + "/links/new/round_robin")
    page.get_by_label("Title").fill("Product demo")
    page.get_by_label("Address", exact=False).first.fill("demo")
    page.locator("#place_kind").select_option(place)
    page.get_by_label("If the contact is owned").check()
    page.locator("#notice_minutes").fill("0")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Product demo")


def book(page: Page) -> None:
    page.get_by_label("Your e-mail address").fill(DANA)
    page.get_by_role("button", name="See times").click()
    page.wait_for_url("**timezone=**")
    page.locator("a.time").first.click()
    page.get_by_label("Name").fill("Dana Prospect")
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are booked")


def work(after: timedelta = timedelta(0)) -> None:
    """The worker's rounds, until there is nothing left to do."""
    for _ in range(10):
        if not work_once(clock.now() + after):
            return
    raise AssertionError("the worker does not come to an end")


def decide(page: Page, choice: str) -> None:
    """From the notice on the host's list to the decision."""
    page.get_by_role("link", name="Bookings").click()
    page.get_by_role("link", name="Decide what is to happen").click()
    page.get_by_role("button", name=choice).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bookings")


def look_now(page: Page) -> None:
    """The host has the account tested; the second look comes a minute later."""
    page.get_by_role("link", name="Calendars", exact=True).click()
    page.get_by_role("button", name="Test").first.click()
    expect(page.locator("main").get_by_role("status").first).to_contain_text("Tested just now")
    work()
    work(2 * MINUTE)


@pytest.mark.rule("R38")
def test_a_meeting_in_google_from_sign_in_to_cancellation(
    ana: User, google: Google, open_page: OpenPage
) -> None:
    host = open_page("/sign-in")
    sign_in(host)
    host.get_by_role("link", name="Calendars", exact=True).click()
    host.get_by_role("button", name="Link (Google Calendar)").click()
    host.get_by_role("button", name="Allow").click()
    expect(host.get_by_text("Check for conflicts")).to_have_count(2)
    for box in host.get_by_role("checkbox").all():
        box.check()
    host.get_by_role("button", name="Save choices").click()
    work()
    make_link(host, "meet")
    guest = open_page("/book/demo")
    book(guest)
    work()
    (event,) = google.events(ANA)
    assert [one["email"] for one in event["attendees"]] == [DANA]
    assert [(sent.kind, sent.guest) for sent in google.invitations] == [("request", DANA)]
    guest.reload()
    expect(guest.get_by_role("link", name="Join the meeting")).to_have_attribute("href", event["hangoutLink"])
    start, end = (datetime.fromisoformat(event[name]["dateTime"]) for name in ("start", "end"))
    google.move_event(ANA, event["id"], start + HOUR, end + HOUR)
    look_now(host)
    decide(host, "Cancel the meeting")
    work(3 * MINUTE)
    assert google.events(ANA) == []
    assert [sent.kind for sent in google.invitations].count("cancel") == 1
    guest.reload()
    expect(guest.get_by_role("heading", level=1)).to_have_text("This meeting is cancelled")


def written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


@pytest.mark.rule("R38")
def test_a_meeting_in_a_caldav_calendar_from_linking_to_keeping(
    ana: User, radicale: Radicale, open_page: OpenPage
) -> None:
    diary = radicale.new_user()
    diary.make_calendar("Work")
    host = open_page("/sign-in")
    sign_in(host)
    host.get_by_role("link", name="Calendars", exact=True).click()
    host.get_by_role("link", name="Link (CalDAV", exact=False).click()
    host.locator("#url").fill(diary.url)
    host.locator("#username").fill(diary.name)
    host.locator("#password").fill(diary.password)
    host.get_by_role("button", name="Link").click()
    expect(host.get_by_text("Check for conflicts")).to_have_count(1)
    work()
    make_link(host, "")
    guest = open_page("/book/demo")
    book(guest)
    work()
    event = db.session.scalars(select(BookingEvent)).one()
    start = event.booking.start_at
    stored = urljoin(diary.url, event.external_id)
    diary.edit(stored, {written(event.booking.end_at): written(event.booking.end_at + HOUR)})
    diary.edit(stored, {written(start): written(start + HOUR)})
    look_now(host)
    decide(host, "Move the meeting")
    work(3 * MINUTE)
    db.session.rollback()
    assert event.booking.start_at == start + HOUR
    guest.reload()
    guest.get_by_role("link", name="Cancel this meeting").click()
    guest.get_by_role("button", name="Cancel").click()
    work(4 * MINUTE)
    assert diary.text(stored) == ""
