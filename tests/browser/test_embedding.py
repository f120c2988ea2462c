"""The booking page on somebody else's site, at another site's address: every way to show it, and what is said."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Frame, FrameLocator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.team import HOURS, clean, make_team, signed_in
from tests.browser.waiting import eventually, until
from tests.factories import make_link
from tests.peers.host_site import HostSite
from tests.views.public.test_booking_page import DANA, open_link
from website.extensions import db
from website.models import Booking, Link
from website.views.public.asked import CAMPAIGN

pytestmark = pytest.mark.browser

EVENTS = ("ready", "slot.selected", "booking.confirmed", "booking.rescheduled", "booking.cancelled", "close")
# The page's own script: keeps what the elements tell, and what any window sends.
LISTENER = (
    f"const names = {json.dumps(EVENTS)};"
    + """
window.heard = []; window.sent = [];
for (const name of names) document.addEventListener("firsthand:" + name, (event) => {
  heard.push([name, event.detail, event.target.id]);
  if (window.stay) event.preventDefault();
});
addEventListener("message", (event) => sent.push([event.origin, event.data]));
"""
)
SEND_AGAIN = """pairs => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: "/book/demo" });
  for (const [name, value] of pairs) form.append(Object.assign(document.createElement("input"), { name, value }));
  document.body.append(form);
  form.submit();
}"""
HOSTILE = """* { all: unset; } html { font-size: 40px !important; } iframe { height: 100px !important; width: 90px; }
a, button { transform: rotate(3deg); letter-spacing: 1em; } dialog { display: block; opacity: 0.1; }"""


@pytest.fixture
def host() -> Iterator[HostSite]:
    site = HostSite()
    site.pages["/listen.js"] = LISTENER
    site.pages["/hostile.css"] = HOSTILE
    yield site
    site.stop()


@pytest.fixture
def visit(browser: Browser, site: str, host: HostSite) -> Iterator[Any]:
    """Opens a page of the other site with this body; any message on its console fails the test, unless it is meant."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def opened(
        body: str,
        *,
        query: str = "",
        head: str = "",
        script: bool = True,
        expected: str = "",
        scheme: Any = "light",
        width: int = 1000,
    ) -> Page:
        host.pages["/"] = (
            f'<!doctype html><html lang="en"><head><title>Theirs</title>{head}</head><body>'
            f'<h1>Theirs</h1>{body}<script src="/listen.js"></script>'
            f'<script async src="{site}/embed.js"></script></body></html>'
        )
        context = browser.new_context(
            viewport={"width": width, "height": 800}, timezone_id="Asia/Tokyo", locale="en-GB",
            java_script_enabled=script, color_scheme=scheme,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda one: None if expected and re.search(expected, one.text) else said.append(one.text),
        )
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{host.origin}/{query}")
        return page

    yield opened
    cookies = [cookie for context in contexts for cookie in context.cookies()]
    for context in contexts:
        context.close()
    assert [text for text in said if "status of 4" not in text] == []
    assert cookies == []


@pytest.fixture
def link(world: Flask, host: HostSite, site: str) -> str:
    """A link that the other site may show; its element there."""
    open_link(embed_origins=[host.origin])
    return f'<a id="book" href="{site}/book/demo" data-firsthand="%s">Book a time</a>'


def frame_of(page: Page) -> Frame:
    """The frame, once it has said that it is ready."""
    until(page, "() => heard.some(([name]) => name === 'ready')")
    handle = page.locator("iframe").element_handle()
    found = handle.content_frame() if handle else None
    assert found
    return found


def heard(page: Page, name: str) -> list[dict[str, Any]]:
    return [detail for kind, detail, _ in page.evaluate("() => heard") if kind == name]


def choose(frame: Frame | FrameLocator) -> None:
    frame.locator("a.time").first.click()
    expect(frame.get_by_label("Name")).to_be_visible()


def send(frame: Frame | FrameLocator | Page) -> None:
    frame.get_by_label("Name").fill("Dana Prospect")
    frame.get_by_label("E-mail").fill(DANA)
    frame.get_by_role("button", name="Book").click()


def book(frame: Frame | FrameLocator) -> None:
    choose(frame)
    send(frame)
    expect(frame.get_by_role("heading", level=1)).to_have_text("You are booked")


def height_of(page: Page) -> float:
    box = page.locator("iframe").bounding_box()
    assert box
    return box["height"]


def settled(page: Page, frame: Frame) -> None:
    """Whatever the frame had to say has arrived: messages keep their order."""
    frame.evaluate("() => parent.postMessage('settled', '*')")
    until(page, "() => sent.some(([, data]) => data === 'settled')")


def content_height(frame: Frame) -> int:
    return int(frame.evaluate("() => Math.ceil(document.documentElement.getBoundingClientRect().height)"))


def same_height(page: Page, frame: Frame) -> None:
    """The frame is as high as what it shows, and shows no scroll bar."""
    outside = page.locator("iframe").first
    eventually(page, lambda: outside.evaluate("one => one.offsetHeight") == content_height(frame))
    assert frame.evaluate("() => document.documentElement.scrollHeight <= innerHeight")


# The ways to show it


def test_a_link_becomes_a_frame_that_grows_with_what_it_shows(link: str, visit: Any) -> None:
    page = visit(link % "inline")
    frame = frame_of(page)
    expect(page.locator("#book")).to_be_hidden()
    assert page.locator("iframe").get_attribute("title") == "Book a time"
    assert page.locator("iframe").get_attribute("loading") == "lazy"
    same_height(page, frame)
    before = height_of(page)
    choose(frame)
    frame.get_by_role("button", name="Book").click()
    expect(frame.get_by_role("alert")).to_be_visible()
    same_height(page, frame)
    assert height_of(page) != before


def test_first_paint_has_the_visitor_s_zone(link: str, visit: Any) -> None:
    frame = frame_of(visit(link % "inline"))
    assert "timezone=Asia%2FTokyo" in frame.url
    expect(frame.locator("#timezone")).to_have_value("Asia/Tokyo")


def test_options_of_the_link_are_asked_for(world: Flask, host: HostSite, site: str, visit: Any) -> None:
    open_link(embed_origins=[host.origin], durations=[30, 60])
    chosen = {"duration": "60", "timezone": "Europe/Paris", "lang": "en-US", "theme": "dark"}
    options = " ".join(f'data-firsthand-{name}="{value}"' for name, value in chosen.items())
    page = visit(f'<a href="{site}/book/demo" data-firsthand="inline" {options}>Book</a>')
    frame = frame_of(page)
    expect(frame.locator("#timezone")).to_have_value("Europe/Paris")
    expect(frame.get_by_label("60 minutes")).to_be_checked()
    assert frame.evaluate("() => document.documentElement.lang") == "en-US"
    assert frame.evaluate("() => getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert frame.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("mode", ["popup", "float"])
def test_a_popup_is_made_when_it_is_opened_and_gives_the_focus_back(link: str, visit: Any, mode: str) -> None:
    page = visit(link % mode)
    until(page, "() => window.Firsthand")
    assert page.locator("iframe").count() == 0
    page.locator("#book").hover()
    assert page.locator("link[rel=preconnect]").count() == 1
    page.locator("#book").click()
    frame_of(page)
    dialog = page.get_by_role("dialog", name="Book a time")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.evaluate("() => document.activeElement.id") == "book"
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_escape_inside_of_the_frame_closes_the_popup(link: str, visit: Any) -> None:
    page = visit(link % "popup")
    page.locator("#book").click()
    frame = frame_of(page)
    frame.locator("#timezone").press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.evaluate("() => document.activeElement.id") == "book"
    assert heard(page, "close") == [{}]


def test_a_click_meant_for_a_new_tab_opens_one(link: str, visit: Any) -> None:
    page = visit(link % "popup")
    until(page, "() => window.Firsthand")
    with page.context.expect_page() as opened:
        page.locator("#book").click(modifiers=["ControlOrMeta"])
    opened.value.wait_for_url("**/book/demo*")
    assert page.locator("iframe").count() == 0


def test_a_floating_button_stays_in_the_corner(link: str, visit: Any) -> None:
    page = visit('<p style="height: 3000px">Long</p>' + link % "float")
    page.evaluate("() => scrollTo(0, 500)")
    box = page.locator("#book").bounding_box()
    assert box
    assert box["x"] + box["width"] <= 1000
    assert 600 < box["y"] < 800


def test_a_plain_frame_needs_no_script_anywhere(link: str, site: str, visit: Any) -> None:
    page = visit(
        f'<iframe src="{site}/book/demo?embed=1" title="Book" width="900" height="900"></iframe>',
        script=False,
    )
    frame = page.frame_locator("iframe")
    book(frame)
    assert db.session.query(Booking).count() == 1


def test_a_plain_frame_takes_its_height_from_what_it_shows(link: str, site: str, visit: Any) -> None:
    style = "<style>iframe { frame-sizing: content-block-size; border: 0; width: 900px; }</style>"
    page = visit(f'<iframe src="{site}/book/demo?embed=1" title="Book"></iframe>', head=style)
    frame = page.locator("iframe").element_handle().content_frame()
    expect(frame.locator("a.time").first).to_be_visible()
    eventually(page, lambda: abs(height_of(page) - content_height(frame)) <= 1)


def test_without_script_the_link_is_a_link(link: str, visit: Any) -> None:
    page = visit(link % "inline", script=False)
    page.locator("#book").click()
    page.wait_for_url("**/book/demo")


def test_links_that_come_later_are_found_on_demand(link: str, visit: Any) -> None:
    page = visit("<div id=later></div>")
    until(page, "() => window.Firsthand")
    page.evaluate("html => { later.innerHTML = html; Firsthand.scan(); Firsthand.scan(); }", link % "inline")
    frame_of(page)
    assert page.locator("iframe").count() == 1


# What others do


@pytest.mark.parametrize("mode", ["inline", "popup"])
def test_the_link_is_there_again_where_the_site_may_not_show_it(
    world: Flask, site: str, host: HostSite, visit: Any, mode: str
) -> None:
    open_link(embed_origins=["https://elsewhere.example"])
    page = visit(
        f'<a id="book" href="{site}/book/demo" data-firsthand="{mode}">Book</a>', expected="frame-ancestors"
    )
    page.clock.install()
    page.goto(page.url)
    if mode == "popup":
        page.locator("#book").click()
    page.locator("iframe").wait_for()
    # The frame was seen once the page was painted.
    page.evaluate(
        "() => new Promise((done) => new IntersectionObserver(done).observe(document.querySelector('iframe')))"
    )
    page.clock.run_for(8100)
    expect(page.locator("iframe")).to_have_count(0)
    expect(page.locator("#book")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("() => heard") == []
    page.locator("#book").click()
    page.wait_for_url("**/book/demo*")


def test_a_hostile_sheet_and_a_strict_policy_change_nothing(
    world: Flask, link: str, host: HostSite, site: str, visit: Any
) -> None:
    host.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' {site}; style-src 'self'; frame-src {site}; base-uri 'none';"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    )
    head = '<link rel="stylesheet" href="/hostile.css">'
    other = (link % "popup").replace('id="book"', 'id="pop"')
    page = visit(f"<div>{link % 'inline'}</div><p>{other}</p>", head=head)
    frame = frame_of(page)
    same_height(page, frame)
    box = page.locator("iframe").bounding_box()
    assert box
    assert box["width"] == 1000
    assert box["height"] > 300
    book(frame)
    assert len(heard(page, "booking.confirmed")) == 1
    page.evaluate("() => pop.click()")
    dialog = page.locator("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.frame_locator("iframe").locator("a.time").first).to_be_visible()
    assert dialog.evaluate("one => getComputedStyle(one).opacity") == "1"
    dialog.locator("button").click()
    expect(dialog).to_be_hidden()


def test_a_link_that_is_off_says_so_in_the_frame(link: str, visit: Any) -> None:
    db.session.query(Link).one().active = False
    db.session.commit()
    frame = frame_of(visit(link % "inline"))
    expect(frame.get_by_role("heading", level=1)).to_have_text("No longer here")


# What is told


def test_each_event_is_told_once_and_tells_nobody_s_name(link: str, visit: Any) -> None:
    page = visit(link % "inline")
    frame = frame_of(page)
    book(frame)
    until(page, "() => heard.some(([name]) => name === 'booking.confirmed')")
    [event] = heard(page, "booking.confirmed")
    booking = db.session.query(Booking).one()
    assert set(event) == {"id", "start", "end", "timezone", "sequence"}
    assert event["timezone"] == "Asia/Tokyo"
    assert event["start"] == f"{booking.start_at.astimezone(ZoneInfo('Asia/Tokyo')).isoformat()}"
    assert booking.token not in json.dumps(page.evaluate("() => [heard, sent]"))
    assert "dana" not in json.dumps(page.evaluate("() => [heard, sent]")).lower()
    assert len(heard(page, "slot.selected")) == 1
    assert heard(page, "slot.selected")[0]["duration"] == 30
    # A reload of what the frame shows is no second booking.
    assert "just=" not in frame.url
    frame.goto(frame.url)
    settled(page, frame)
    assert len(heard(page, "booking.confirmed")) == 1
    assert len(heard(page, "ready")) == 1
    frame.get_by_role("link", name="Reschedule").click()
    frame.locator("a.time").nth(2).click()
    frame.get_by_role("button", name="Move the meeting").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Your meeting is moved")
    frame.get_by_role("link", name="Cancel this meeting").click()
    frame.get_by_role("button", name="Cancel the meeting").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("This meeting is cancelled")
    until(page, "() => heard.some(([name]) => name === 'booking.cancelled')")
    told = [name for name, *_ in page.evaluate("() => heard") if name.startswith("booking.")]
    assert told == ["booking.confirmed", "booking.rescheduled", "booking.cancelled"]
    ids = {detail["id"] for name, detail, _ in page.evaluate("() => heard") if name.startswith("booking.")}
    assert ids == {event["id"]}
    same_height(page, frame)


def test_the_same_form_sent_again_tells_nothing_new(link: str, visit: Any) -> None:
    page = visit(link % "inline")
    frame = frame_of(page)
    choose(frame)
    frame.get_by_label("Name").fill("Dana Prospect")
    frame.get_by_label("E-mail").fill(DANA)
    sent = frame.evaluate("() => [...new FormData(document.querySelector('form[method=post]'))]")
    frame.get_by_role("button", name="Book").click()
    until(page, "() => heard.some(([name]) => name === 'booking.confirmed')")
    with frame.expect_navigation():
        frame.evaluate(SEND_AGAIN, sent)
    expect(frame.get_by_role("heading", level=1)).to_have_text("You are booked")
    settled(page, frame)
    assert len(page.evaluate("() => sent.filter(([, data]) => data.type === 'booking.confirmed')")) == 2
    assert len(heard(page, "booking.confirmed")) == 1
    assert db.session.query(Booking).count() == 1


def test_forged_messages_are_not_believed(link: str, host: HostSite, visit: Any) -> None:
    forged = json.dumps(
        {"src": "firsthand", "v": 1, "type": "booking.confirmed", "id": "x", "redirect": "/evil"}
    )
    big = json.dumps({"src": "firsthand", "v": 1, "type": "resize", "height": 19999})
    prefill = json.dumps({"src": "firsthand", "v": 1, "type": "prefill", "name": "Eve"})
    host.pages["/forge.js"] = (
        f"for (const one of [{forged}, {big}]) parent.postMessage(one, '*');"
        f"parent.frames[0].postMessage({prefill}, '*');"
    )
    host.pages["/forge"] = '<!doctype html><title>Forge</title><script src="/forge.js"></script>'
    page = visit(link % "inline")
    frame = frame_of(page)
    choose(frame)
    page.evaluate(f"() => {{ window.postMessage({forged}, '*'); window.postMessage({big}, '*'); }}")
    page.evaluate(
        "() => { const one = document.createElement('iframe'); one.src = '/forge'; document.body.append(one); }"
    )
    until(page, "() => sent.filter(([, data]) => data.type === 'booking.confirmed').length === 2")
    settled(page, frame)
    assert heard(page, "booking.confirmed") == []
    assert page.locator("iframe").first.evaluate("one => one.offsetHeight") < 19999
    expect(frame.get_by_label("Name")).to_have_value("")


def test_a_site_that_claims_to_be_another_one_is_told_nothing(
    link: str, site: str, host: HostSite, visit: Any
) -> None:
    """It names the origin of a site that the link names; the browser keeps what is said from it."""
    db.session.rollback()
    db.session.query(Link).one().embed_origins = [host.origin, "https://www.acme.example"]
    db.session.commit()
    page = visit(f'<iframe src="{site}/book/demo?embed=1&origin=https://www.acme.example"></iframe>')
    frame = page.locator("iframe").element_handle().content_frame()
    expect(frame.locator("a.time").first).to_be_visible()
    frame.wait_for_load_state()
    settled(page, frame)
    assert page.evaluate("() => sent.map(([, data]) => data)") == ["settled"]


def test_an_origin_that_the_link_does_not_name_is_not_carried(link: str, site: str, visit: Any) -> None:
    page = visit(f'<iframe src="{site}/book/demo?embed=1&origin=https://evil.example"></iframe>')
    frame = page.locator("iframe").element_handle().content_frame()
    expect(frame.locator("a.time").first).to_be_visible()
    assert "evil" not in (frame.locator("a.time").first.get_attribute("href") or "")
    assert frame.evaluate("() => document.documentElement.dataset.parent") is None


def test_names_are_filled_in_by_message_and_never_by_address(
    world: Flask, site: str, host: HostSite, visit: Any
) -> None:
    questions = [
        {"key": "team", "label": "Team", "kind": "short_text", "required": False},
        {"key": "size", "label": "Size", "kind": "choice", "choices": ["Small", "Big"], "required": False},
        {"key": "ok", "label": "I agree", "kind": "consent", "required": False},
    ]
    open_link(embed_origins=[host.origin], questions=questions)
    prefill = json.dumps(
        {"name": "Dana Prospect", "email": DANA, "answers": {"team": "Sales", "size": "Big", "ok": "y"}}
    ).replace('"', "&quot;")
    page = visit(
        f'<a href="{site}/book/demo" data-firsthand="inline" data-firsthand-prefill="{prefill}">Book</a>'
    )
    frame = frame_of(page)
    choose(frame)
    expect(frame.get_by_label("Name")).to_have_value("Dana Prospect")
    expect(frame.get_by_label("E-mail")).to_have_value(DANA)
    expect(frame.get_by_label("Team")).to_have_value("Sales")
    expect(frame.get_by_label("Big")).to_be_checked()
    expect(frame.get_by_label("I agree")).not_to_be_checked()
    assert "dana" not in frame.url.lower()
    frame.get_by_label("Name").fill("Somebody Else")
    frame.get_by_label("E-mail").fill("no")
    frame.get_by_role("button", name="Book").click()
    expect(frame.get_by_role("alert")).to_be_visible()
    expect(frame.get_by_label("Name")).to_have_value("Somebody Else")


def test_where_the_visitor_came_from_stands_on_the_booking(link: str, visit: Any) -> None:
    found = {name: f"{name} 1" for name in CAMPAIGN}
    query = urlencode(found | {"session": "secret", "email": "d@x.example"})
    frame = frame_of(visit(link % "inline", query=f"?{query}"))
    assert "secret" not in frame.url
    book(frame)
    assert db.session.query(Booking).one().campaign == found


def test_the_other_site_s_history_and_storage_stay_as_they_are(link: str, visit: Any) -> None:
    page = visit(link % "inline")
    frame = frame_of(page)
    before = page.evaluate("() => history.length")
    frame.locator("#month-after").click()
    expect(frame.locator("a.day").first).to_be_visible()
    frame.locator("a.day").nth(1).click()
    expect(frame.locator("a.day[aria-current]")).to_be_visible()
    assert page.evaluate("() => history.length") == before
    book(frame)
    assert page.evaluate("() => sessionStorage.length") == 0
    assert page.context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}


# Where it leads


def lead_on(host: HostSite, query: str = "") -> None:
    host.pages["/thanks"] = "<!doctype html><title>Thanks</title><h1>Thanks</h1>"
    db.session.rollback()
    db.session.query(Link).one().redirect_url = f"{host.origin}/thanks{query}"
    db.session.commit()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_booking_leads_on_to_the_link_s_address(
    link: str, host: HostSite, site: str, browser: Browser, script: bool
) -> None:
    lead_on(host, "?id={id}&start={start}")
    context = browser.new_context(java_script_enabled=script, timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.goto(f"{site}/book/demo?timezone=Asia/Tokyo")
    page.locator("a.time").first.click()
    send(page)
    page.wait_for_url(f"{host.origin}/thanks?*")
    booking = db.session.query(Booking).one()
    assert booking.uid.split("@")[0] in page.url
    assert "start=20" in page.url
    # Back is not a trap: the confirmation led on in its own place.
    page.go_back()
    expect(page.get_by_label("Name")).to_be_visible()
    # Later the same page is the booking's, and leads nowhere by itself.
    page.goto(f"{site}/booking/{booking.token}")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are booked")
    assert page.locator("meta[http-equiv=refresh]").count() == 0
    context.close()


def test_a_booking_in_a_frame_leads_the_whole_page_on(link: str, host: HostSite, visit: Any) -> None:
    lead_on(host)
    page = visit(link % "popup")
    page.locator("#book").click()
    frame = frame_of(page)
    choose(frame)
    send(frame)
    page.wait_for_url(f"{host.origin}/thanks")


def test_the_page_around_may_keep_its_visitor(link: str, host: HostSite, visit: Any) -> None:
    lead_on(host)
    page = visit(link % "inline")
    page.evaluate("() => { window.stay = true; }")
    frame = frame_of(page)
    book(frame)
    until(page, "() => heard.some(([name]) => name === 'booking.confirmed')")
    settled(page, frame)
    assert page.url == f"{host.origin}/"
    expect(frame.get_by_role("link", name="Continue to localhost")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize(
    ("sandbox", "leads"),
    [
        ("allow-scripts allow-forms allow-same-origin allow-top-navigation-by-user-activation", True),
        ("allow-scripts allow-forms allow-same-origin", False),
        ("allow-forms", False),
    ],
)
def test_in_a_sandbox_a_visible_link_leads_on_where_that_is_allowed(
    link: str, host: HostSite, site: str, visit: Any, sandbox: str, leads: bool, script: bool
) -> None:
    lead_on(host)
    page = visit(
        f'<iframe sandbox="{sandbox}" src="{site}/book/demo?embed=1" width="900" height="900"></iframe>',
        script=script, expected="sandbox|Unsafe attempt|Blocked",
    )  # fmt: skip
    frame = page.frame_locator("iframe")
    book(frame)
    onward = frame.get_by_role("link", name="Continue to localhost")
    expect(onward).to_be_visible()
    if leads:
        onward.click()
        page.wait_for_url(f"{host.origin}/thanks")
    else:
        assert page.url == f"{host.origin}/"


# Our own pages that show it


def test_every_way_can_be_tried_on_the_link_s_page(world: Flask, open_page: OpenPage) -> None:
    ana, _ = make_team()
    make_link("personal", hosts=[ana], slug="demo", hours=HOURS)
    page = signed_in(open_page, "/links/demo")
    expect(page.get_by_label("Code").first).to_have_value(re.compile('data-firsthand="inline"'))
    clean(page)
    page.get_by_role("link", name="Try it").first.click()
    expect(page.frame_locator("iframe").locator("a.time").first).to_be_visible()
    for way in ("In a window over the page", "Behind a button in the corner"):
        page.get_by_role("navigation", name="Ways to show it").get_by_role("link", name=way).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(way)
        until(page, "() => window.Firsthand")
        page.get_by_role("link", name="Book a time").click()
        expect(page.get_by_role("dialog").frame_locator("iframe").locator("a.time").first).to_be_visible()
        page.keyboard.press("Escape")
        clean(page)


def test_the_demo_has_a_site_that_shows_everything(world: Flask, open_page: OpenPage) -> None:
    open_link()
    page = open_page("/demo/host")
    expect(page.frame_locator("#inline iframe").locator("a.time").first).to_be_visible()
    expect(page.frame_locator("#frame iframe").locator("a.time").first).to_be_visible()
    expect(page.locator("#told")).to_contain_text("ready")
    page.locator("#popup a").click()
    expect(page.get_by_role("dialog").frame_locator("iframe").locator("a.time").first).to_be_visible()
    clean(page)
