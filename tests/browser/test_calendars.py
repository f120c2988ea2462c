"""The page of calendars in a real browser: linking at Google and back, testing in place, and every state under axe."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.axe import broken
from tests.browser.conftest import OpenPage
from tests.factories import make_link, make_organisation, make_user
from tests.fakes import FakeCalendar, fake_provider
from tests.peers.google import Google
from tests.peers.google_links import OWNED, with_google
from website import clock
from website.config import DEFAULT_BASE, Config
from website.extensions import db
from website.models import Calendar, CalendarAccount, User
from website.providers.calendars.base import Capabilities
from website.providers.calendars.errors import CalendarUnreachable
from website.providers.calendars.records import FoundCalendar
from website.services.calendar_alarm import tell_due
from website.services.outbox import deliver_due

pytestmark = pytest.mark.browser

ADA = "ada@gmail.example"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def config(config: Config, google: Google) -> Config:
    """The site comes back from Google to wherever the browser asked for it."""
    google.add_account(ADA)
    google.add_calendar(ADA, "team@group.calendar.google.com", "Team")
    return replace(with_google(config, google), base_url=DEFAULT_BASE)


@pytest.fixture
def fake() -> Iterator[FakeCalendar]:
    with fake_provider() as provider:
        provider.capabilities = Capabilities(writes=True)
        yield provider


@pytest.fixture
def ada(world: Flask) -> User:
    make_organisation()
    user = make_user("Ada", calendar=False, email="ada@acme.example", role="admin")
    db.session.commit()
    return user


def signed_in(open_page: OpenPage, path: str = "/calendars", **values: object) -> Page:
    page = open_page("/sign-in", **values)
    page.get_by_role("button", name="Sign in as Ada").click()
    page.goto(page.url.rstrip("/") + path)
    return page


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_google_account_is_linked_fixed_and_chosen(ada: User, open_page: OpenPage, script: bool) -> None:
    page = signed_in(open_page, script=script)
    page.get_by_role("button", name="Link (Google Calendar)").click()
    page.wait_for_url("**/o/oauth2/v2/auth**")
    page.get_by_label(OWNED).uncheck()
    page.get_by_role("button", name="Allow").click()
    expect(page.locator("main").get_by_role("status")).to_have_text("The account is linked.")
    expect(page.get_by_text("cannot receive bookings")).to_be_visible()
    page.get_by_role("button", name="Fix access").click()
    page.wait_for_url("**/o/oauth2/v2/auth**")
    page.get_by_role("button", name="Allow").click()
    expect(page.locator("main").get_by_role("status")).to_have_text("The account is linked.")
    page.get_by_label("Check for conflicts (Team)").check()
    page.get_by_label("Receives bookings (Team)").check()
    page.get_by_role("button", name="Save choices").click()
    expect(page.locator("main").get_by_role("status")).to_have_text("Saved.")
    expect(page.get_by_label("Check for conflicts (Team)")).to_be_checked()
    expect(page.get_by_label("Receives bookings (Team)")).to_be_checked()
    expect(page.get_by_label(f"Receives bookings ({ADA})")).not_to_be_checked()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_account_is_tested_in_place(
    ada: User, fake: FakeCalendar, open_page: OpenPage, script: bool
) -> None:
    account = linked(ada, "Work", checked_at=clock.now())
    page = signed_in(open_page, script=script)
    box = page.locator(f"#account-{account.id}")
    expect(box.get_by_text("Checked 1 min ago")).to_be_visible()
    fake.found = [FoundCalendar("main", "Renamed", writable=True)]
    fake.failure["ada@acme.example"] = CalendarUnreachable("No answer.")
    box.get_by_role("button", name="Test").click()
    expect(box.get_by_text("Fake is not answering; using data from 1 min ago")).to_be_visible()
    fake.failure.clear()
    box.get_by_role("button", name="Test").click()
    expect(box.get_by_text("Renamed", exact=True)).to_be_visible()
    expect(box.get_by_text("Tested just now: 1 calendar.")).to_be_visible()
    assert ("?tested=" in page.url) is not script
    if script:
        expect(box.get_by_role("button", name="Test")).to_be_focused()


def linked(
    user: User, name: str, values: dict[str, object] | None = None, **calendar: object
) -> CalendarAccount:
    """An account of the fake's with one calendar, in the state that the values say."""
    number = len(user.accounts)
    account = CalendarAccount(kind="fake", user=user, label=f"{number}@work.example", **values or {})
    account.calendars.append(Calendar(external_id="main", name=name, writable=True, **calendar))
    db.session.add(account)
    db.session.commit()
    return account


def in_every_state(user: User) -> None:
    now = clock.now()
    failing = {"failing_since": now - 40 * MINUTE}
    linked(user, "Fresh", checked_at=now)
    linked(user, "Slow", failing, checked_at=now - 12 * MINUTE)
    linked(user, "Stale", failing, checked_at=now - 45 * MINUTE)
    linked(user, "Late", checked_at=now - 45 * MINUTE)
    linked(user, "New")
    linked(user, "Silent", failing)
    linked(user, "Missing", checked_at=now, missing_at=now)
    linked(user, "Unwatched", conflicts=False)
    broken = {"broken": True, "broken_at": now - 2 * MINUTE, "error": "The password was refused."}
    linked(user, "Broken", broken | {"grant_ends_at": now + timedelta(days=1)})
    google = CalendarAccount(kind="google", user=user, label=ADA, checked_at=now)
    google.calendars.append(Calendar(external_id=ADA, name=ADA, primary=True, checked_at=now))
    db.session.add(google)
    make_link("personal", hosts=[user], title="Meet Ada")
    db.session.commit()
    tell_due(now)
    deliver_due(now)
    tell_due(now + timedelta(days=1, hours=1))


PAGES = (
    "/calendars", "/calendars?said=saved&tested=1", "/calendars/caldav/link", "/calendars/google/link",
    "/calendars/builtin/link", "/calendars/1/unlink", "/calendars/health", "/outbox", "/", "/team",
    "/calendars/google/linked?error=access_denied",
)  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_can_be_used_by_everybody_in_every_state(
    ada: User, fake: FakeCalendar, open_page: OpenPage, width: int, scheme: str
) -> None:
    in_every_state(ada)
    page = signed_in(open_page, width=width, scheme=scheme)
    site = page.url.removesuffix("/calendars")
    for path in PAGES:
        page.goto(site + path)
        assert broken(page) == [], path


def test_a_form_that_was_refused_can_be_used_by_everybody(ada: User, open_page: OpenPage) -> None:
    page = signed_in(open_page, "/calendars/caldav/link", width=390)
    page.get_by_label("User name").fill("ada")
    page.get_by_role("button", name="Link").click()
    expect(page.get_by_role("alert")).to_contain_text("That did not work")
    expect(page.get_by_label("User name")).to_have_value("ada")
    assert broken(page) == []
