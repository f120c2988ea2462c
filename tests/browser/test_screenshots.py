"""The pictures in docs/screenshots, of the demo's people at a fixed time: `make screenshots` makes them anew."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.services.test_booking import ask
from website.extensions import db
from website.models import Link
from website.services.availability import offered_slots, scene_of
from website.services.booking import book
from website.services.contact import recognise
from website.services.demo import load_demo
from website.services.worker_sign import sign

pytestmark = pytest.mark.browser
# A Monday morning.
NOW = datetime.fromisoformat("2026-12-07T07:30:00+00:00")
MOST_BYTES = 1_500_000
QUALITY = 85
PROSPECTS = (
    ("demo", "nora@northwind.example", "Nora Northwind", 1), ("demo", "omar@bluebird.example", "Omar Bluebird", 1),
    ("onboarding", "pia@lanterna.example", "Pia Lanterna", 2), ("ana", "quinn@harbour.example", "Quinn Harbour", 2),
    ("demo", "sam@northwind.example", "Sam Northwind", 3), ("onboarding", "rosa@quarry.example", "Rosa Quarry", 7),
)  # fmt: skip
BOOKING_PAGE = "/book/demo?email=nora@northwind.example&timezone=Europe/Berlin&date=2026-12-10"
# Name, page, and what differs from a desktop by day.
PUBLIC = (
    ("booking", BOOKING_PAGE, {}),
    ("booking-dark", BOOKING_PAGE, {"scheme": "dark"}),
    ("booking-phone", BOOKING_PAGE, {"width": 390}),
    ("booking-arabic", "/book/ana?lang=ar-EG&timezone=Africa/Cairo&date=2026-12-10", {"locale": "ar-EG"}),
    ("who", "/book/demo?timezone=Europe/Berlin", {}),
)
SIGNED_IN = (
    ("dashboard", "/"),
    ("bookings", "/bookings"),
    ("link", "/links/demo"),
    ("link-settings", "/links/demo/edit"),
)


@pytest.fixture
def demo(world: Flask) -> Iterator[Flask]:
    """The demo's team at work, with some bookings."""
    with time_machine.travel(NOW):
        load_demo(NOW)
        for number, (slug, email, name, days) in enumerate(PROSPECTS):
            link = db.session.query(Link).filter_by(slug=slug).one()
            scene = scene_of(link, visitor=recognise(email, link), duration=link.durations[0], now=NOW)
            day = NOW.date() + timedelta(days=days)
            start = offered_slots(scene, "Europe/Berlin", day, day + timedelta(days=5)).starts[number]
            asked = ask(start, email=email, name=name, nonce=email, duration=link.durations[0])
            book(link, asked, now=NOW)
        sign("worker", NOW)
        db.session.commit()
        yield world


def test_pictures_can_be_made(demo: Flask, open_page: OpenPage, tmp_path: Path) -> None:
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def keep(name: str, page: Page) -> None:
        page.wait_for_load_state("networkidle")
        picture = Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide")))
        picture.save(folder / f"{name}.webp", quality=QUALITY, method=6)

    for name, path, values in PUBLIC:
        keep(name, open_page(path, **values))
    book_in_public(open_page(BOOKING_PAGE), keep)
    keep("in-a-page", on_another_site(open_page("/demo/host")))
    page = open_page("/sign-in")
    page.get_by_role("button", name="Ana Alves").click()
    for name, path in SIGNED_IN:
        page.goto(urljoin(page.url, path))
        assert urlsplit(page.url).path == path
        keep(name, page)

    pictures = list(folder.glob("*.webp"))
    assert len(pictures) <= 12
    assert sum(picture.stat().st_size for picture in pictures) < MOST_BYTES


def on_another_site(page: Page) -> Page:
    """Past the question, in the frame."""
    frame = page.frame_locator("#inline iframe")
    frame.get_by_label("Your e-mail address").fill("nora@northwind.example")
    frame.get_by_role("button", name="See times").click()
    expect(frame.locator("a.time").first).to_be_visible()
    return page


def book_in_public(page: Page, keep: Callable[[str, Page], None]) -> None:
    """The last two steps."""
    page.locator("a.time").nth(1).click()
    page.get_by_label("Name").fill("Nora Northwind")
    keep("details", page)
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are booked")
    keep("confirmation", page)
