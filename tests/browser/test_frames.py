"""A prospect books in a frame on another site: whatever its sandbox allows, and with third-party cookies blocked."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Frame, Page, Playwright, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_booking import book
from tests.browser.waiting import until
from tests.peers.chromium import ARGUMENTS, chromium
from tests.peers.web import WebServer
from tests.services.test_booking import stored
from tests.views.public.test_booking_page import open_link
from website.models import Booking

pytestmark = pytest.mark.browser
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
SANDBOXES = {
    "no sandbox": "",
    "forms": 'sandbox="allow-forms"',
    "forms and scripts": 'sandbox="allow-scripts allow-forms"',
    "all that we ask for": 'sandbox="allow-scripts allow-forms allow-same-origin allow-popups"',
}
# What the host's sandbox forbids is said of our scripts: that is the host's choice.
NO_SCRIPTS = "'allow-scripts' permission is not set"
HOST_PAGE = (
    '<!doctype html><html lang="en"><title>A host page</title><link rel="icon" href="data:,">'
    '<h1>Our site</h1><iframe title="Book a meeting" width="900" height="800" {sandbox} src="{address}"></iframe>'
)
OpenFrame = Callable[..., tuple[Page, Frame]]


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium that takes no cookies from third parties."""
    arguments = [*ARGUMENTS, "--test-third-party-cookie-phaseout"]
    running = playwright.chromium.launch(executable_path=chromium(), args=arguments)
    yield running
    running.close()


@pytest.fixture
def host() -> Iterator[WebServer]:
    """Another site, which may frame ours."""
    server = WebServer()
    server.headers["Content-Type"] = "text/html"
    yield server
    server.stop()


@pytest.fixture
def open_frame(open_page: OpenPage, host: WebServer, site: str) -> OpenFrame:
    """Opens the host page with a page of ours in its frame."""

    def opened(path: str, sandbox: str = "", **options: object) -> tuple[Page, Frame]:
        host.body = HOST_PAGE.format(sandbox=sandbox, address=site + path).encode()
        page = open_page(host_address(host), **options)
        frame = next(frame for frame in page.frames if frame.parent_frame)
        return page, frame

    return opened


def host_address(host: WebServer) -> str:
    """By another name than ours, so that it is another site."""
    return f"http://localhost:{host.port}/"


def may_embed(host: WebServer) -> list[str]:
    return [host_address(host).rstrip("/")]


def choose_a_day(frame: Frame) -> None:
    """Two steps in the grid: another month, and a day."""
    expect(frame.locator("a.time").first).to_be_visible()
    shown = frame.locator("#month-name").inner_text()
    frame.locator("#month-after").click()
    expect(frame.locator("#month-name")).not_to_have_text(shown)
    frame.locator("a.day").nth(3).click()
    expect(frame.locator("a.day").nth(3)).to_have_attribute("aria-current", "date")


@SCRIPT
@pytest.mark.parametrize("sandbox", SANDBOXES)
def test_a_prospect_books_in_a_frame(
    world: Flask, open_frame: OpenFrame, host: WebServer, sandbox: str, script: bool
) -> None:
    open_link(embed_origins=may_embed(host))
    page, frame = open_frame("/book/demo?embed=1", SANDBOXES[sandbox], script=script, meant=NO_SCRIPTS)
    choose_a_day(frame)
    book(frame)
    assert stored(Booking) == 1
    assert page.context.cookies() == []


@SCRIPT
def test_an_owner_first_link_asks_in_a_frame_too(
    world: Flask, open_frame: OpenFrame, host: WebServer, script: bool
) -> None:
    open_link("round_robin", ("Ana", "Ben"), owner_first=True, embed_origins=may_embed(host))
    sandbox = "" if script else SANDBOXES["forms"]
    page, frame = open_frame("/book/demo?embed=1", sandbox, script=script, meant=NO_SCRIPTS)
    frame.get_by_label("Your e-mail address").fill("dana@prospect.example")
    frame.get_by_role("button", name="See times").click()
    choose_a_day(frame)
    book(frame)
    assert page.context.cookies() == []


def test_the_host_s_back_button_is_left_alone_by_the_grid(
    world: Flask, open_frame: OpenFrame, host: WebServer
) -> None:
    open_link(embed_origins=may_embed(host))
    page, frame = open_frame("/book/demo?embed=1")
    until(frame, "() => !document.body.hasAttribute('hx-ignore')")
    expect(frame.locator("#timezone")).to_have_value("Europe/London")
    before = page.evaluate("history.length")
    choose_a_day(frame)
    assert page.evaluate("history.length") == before


def test_a_site_that_is_not_named_sees_nothing(world: Flask, open_frame: OpenFrame, host: WebServer) -> None:
    open_link(embed_origins=["https://www.acme.example"])
    _page, frame = open_frame("/book/demo?embed=1", meant="frame-ancestors")
    assert frame.locator("a.time").count() == 0
