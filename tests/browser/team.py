"""A small team for tests of the signed-in pages, and what every page of the site must stand."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.factories import make_busy, make_organisation, make_user
from tests.views.public.test_booking_page import ALL_WEEK
from website import clock
from website.extensions import db
from website.models import User

HOURS = ALL_WEEK
# What reaches over either edge of the screen, unless it scrolls by itself.
WIDE = """[...document.querySelectorAll("body *")].filter(one => {
  const box = one.getBoundingClientRect();
  return (box.right > innerWidth + 0.5 || box.left < -0.5) && !one.closest(".scroll *, .visually-hidden, .skip");
}).map(one => one.outerHTML.slice(0, 80))"""


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
    """Nothing serious for axe by day, no colour too faint by night, and nothing wider than the screen."""
    found = serious(page, {"resultTypes": ["violations"]})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += serious(page, {"runOnly": ["color-contrast"]})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert not found, f"{page.url}: {found}"
    wide = page.evaluate(WIDE)
    assert not wide, f"{page.url}: {wide}"


def serious(page: Page, options: dict[str, Any]) -> list[tuple[str, str]]:
    """The rules that axe sees broken, and where."""
    found = Axe().run(page, options=options).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
