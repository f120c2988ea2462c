"""Days in the browser: where clocks change, and at both ends of the world."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_rough_lines import book_from_details
from tests.views.public.test_booking_page import ALL_WEEK, open_link
from website.extensions import db
from website.models import Booking

pytestmark = pytest.mark.browser
NIGHT = {day: ["00:00-04:00"] for day in ALL_WEEK}
NEW_YORK, PARIS = "America/New_York", "Europe/Paris"
SPRING = ["00:00", "00:30", "01:00", "01:30", "03:00", "03:30"]
AUTUMN_NEW_YORK = [
    "00:00", "00:30", "01:00 (UTC−4)", "01:30 (UTC−4)", "01:00 (UTC−5)", "01:30 (UTC−5)", "02:00", "02:30", "03:00",
    "03:30",
]  # fmt: skip
AUTUMN_PARIS = [
    "00:00", "00:30", "01:00", "01:30", "02:00 (UTC+2)", "02:30 (UTC+2)", "02:00 (UTC+1)", "02:30 (UTC+1)", "03:00",
    "03:30",
]  # fmt: skip
# Zone, its day, what its clocks show, which of these is booked, and that instant.
CHANGES = {
    "spring in New York": (NEW_YORK, "2026-03-08", SPRING, 4, "2026-03-08T07:00"),
    "spring in Paris": (PARIS, "2026-03-29", SPRING, 4, "2026-03-29T01:00"),
    "autumn in New York": (NEW_YORK, "2026-11-01", AUTUMN_NEW_YORK, 4, "2026-11-01T06:00"),
    "autumn in Paris": (PARIS, "2026-10-25", AUTUMN_PARIS, 7, "2026-10-25T01:30"),
}
# One instant, Monday noon in London, is another day at each end: zone, date, time.
ENDS = {
    "UTC+14": ("Pacific/Kiritimati", "2026-06-16", "01:00"),
    "UTC−11": ("Pacific/Pago_Pago", "2026-06-15", "00:00"),
}


def times(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("a.time").all_inner_texts()]


def booked() -> datetime:
    db.session.rollback()
    return db.session.query(Booking).one().start_at


@pytest.mark.rule("R1")
@pytest.mark.rule("R10")
@pytest.mark.parametrize("change", CHANGES)
def test_a_day_on_which_clocks_change(world: Flask, open_page: OpenPage, change: str) -> None:
    zone, day, shown, nth, instant = CHANGES[change]
    with time_machine.travel(datetime.fromisoformat(f"{day}T12:00Z") - timedelta(days=5)):
        open_link(timezone=zone, hours=NIGHT)
        page = open_page(f"/book/demo?month={day[:7]}", zone=zone)
        page.locator(f"a.day[href*='date={day}']").click()
        expect(page.locator("a.day[aria-current]")).to_have_attribute("href", re.compile(f"date={day}"))
        assert times(page) == shown
        page.locator("a.time").nth(nth).click()
        expect(page.locator(".choice")).to_contain_text(shown[nth])
        book_from_details(page)
        assert booked() == datetime.fromisoformat(f"{instant}Z")


@pytest.mark.rule("R10")
@pytest.mark.parametrize("end", ENDS)
def test_times_stand_on_the_visitor_s_own_day(world: Flask, open_page: OpenPage, end: str) -> None:
    zone, day, time = ENDS[end]
    with time_machine.travel(datetime(2026, 6, 10, 12, tzinfo=UTC)):
        open_link(timezone="Europe/London", hours={"mon": ["12:00-12:30"]})
        page = open_page("/book/demo", zone=zone)
        page.wait_for_url("**timezone=Pacific*")
        expect(page.locator("a.day[aria-current]")).to_have_attribute("href", re.compile(f"date={day}"))
        assert times(page) == [time]
        page.locator("a.time").click()
        book_from_details(page)
        assert booked() == datetime(2026, 6, 15, 11, tzinfo=UTC)
