"""A prospect books in the other engines: Firefox and WebKit. What their consoles and our policy complain of fails."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.peers.firefox import Firefox
from tests.peers.webkit import WebKit, listen
from tests.views.public.test_booking_page import DANA, open_link

pytestmark = pytest.mark.browser
ENGINES = {"firefox": Firefox, "webkit": WebKit}
WAIT_SECONDS = 20
Engine = Firefox | WebKit


@pytest.fixture(scope="module", params=ENGINES)
def running(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = ENGINES[request.param]()
    yield engine
    engine.stop()


@pytest.fixture
def visitor(running: Engine, world: Flask, site: str) -> Engine:
    """The engine on a page of the site, before there is a link."""
    if isinstance(running, WebKit):
        listen(world)
    running.open(f"{site}/book/demo")
    return running


@pytest.fixture
def prospect(visitor: Engine) -> Iterator[Engine]:
    """A visitor who must not meet with any complaint."""
    before = len(visitor.said)
    yield visitor
    # A 422 that is meant is reported as a failed load.
    assert [text for text in visitor.said[before:] if "status of 4" not in text] == []


def test_complaints_are_heard(visitor: Engine) -> None:
    """What the other tests rely on."""
    before = len(visitor.said)
    visitor.evaluate("document.body.append(document.createElement('style'))")
    visitor.evaluate("document.body.lastChild.append('a{}')")
    visitor.evaluate("console.error('a complaint')")
    said = visitor.said[before:]
    assert any("style-src" in text for text in said), said
    assert "a complaint" in said[-1]


def wait_for(engine: Engine, condition: str) -> None:
    """Until an expression holds, on whatever page is there by then."""
    end = time.monotonic() + WAIT_SECONDS
    while not engine.evaluate(f"Boolean({condition})"):
        assert time.monotonic() < end, f"{condition} at {engine.evaluate('location.href')}"
        time.sleep(0.05)


def book(engine: Engine) -> None:
    """From the times to the confirmation, with a name left out at first."""
    engine.click("a.time")
    wait_for(engine, "document.querySelector('#email')")
    if not engine.evaluate("document.querySelector('#email').value"):
        engine.type("#email", DANA)
    engine.click("form.panel .primary")
    wait_for(engine, "document.querySelector('#summary a')")
    assert engine.evaluate("document.querySelector('#email').value") == DANA
    engine.type("#name", "Dana Prospect")
    engine.click("form.panel .primary")
    wait_for(engine, "document.querySelector('h1')?.textContent == 'You are booked'")


def test_a_prospect_books(world: Flask, site: str, prospect: Engine) -> None:
    open_link()
    prospect.open(f"{site}/book/demo?timezone=Europe/London")
    wait_for(prospect, "!document.body.hasAttribute('hx-ignore')")
    prospect.evaluate("window.here = true")
    prospect.click("#month-after")
    wait_for(prospect, "location.search.includes('month=')")
    prospect.click("tr:nth-child(3) a.day")
    wait_for(prospect, "document.querySelector('a.day[aria-current]') && location.search.includes('date=')")
    assert prospect.evaluate("window.here"), "the page was loaded anew"
    assert prospect.evaluate("document.activeElement.matches('a.day[aria-current], #times-head')")
    book(prospect)


def test_an_owner_first_link_asks_who_first(world: Flask, site: str, prospect: Engine) -> None:
    open_link("round_robin", ("Ana", "Ben"), owner_first=True)
    prospect.open(f"{site}/book/demo?timezone=Europe/London")
    prospect.type("#email", DANA)
    prospect.click("form.panel .primary")
    wait_for(prospect, "document.querySelector('a.time')")
    assert DANA not in prospect.evaluate("location.href")
    book(prospect)
