"""A small team for tests of the signed-in pages, and what every page of the site must stand."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.axe import broken
from tests.browser.conftest import OpenPage
from tests.factories import make_busy, make_organisation, make_user
from tests.views.public.test_booking_page import ALL_WEEK
from website import clock
from website.extensions import db
from website.models import User

HOURS = ALL_WEEK


def make_team() -> tuple[User, User]:
    """Ana, an admin, and Ben, who can host; Cleo, who cannot."""
    make_organisation()
    ana = make_user("Ana", role="admin", email="ana@acme.example")
    ben = make_user("Ben", email="ben@acme.example")
    make_user("Cleo", calendar=False, email="cleo@acme.example")
    for host in (ana, ben):
        make_busy(host, now=clock.now())
    return ana, ben


def signed_in(open_page: OpenPage, path: str, name: str = "Ana", **values: Any) -> Page:
    """A page of the site, seen by a user of the demo."""
    db.session.commit()
    page = open_page(f"/sign-in?next={path}", **values)
    page.get_by_role("button", name=f"Sign in as {name}").click()
    page.wait_for_url(f"**{path}")
    return page


def clean(page: Page) -> None:
    """Nothing that axe finds, by day or by night, and nothing wider than the screen."""
    found = broken(page)
    assert not found, f"{page.url}: {found}"
