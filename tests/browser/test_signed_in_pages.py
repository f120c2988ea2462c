"""Every signed-in page: for screens of any size, by day and by night, with the keyboard alone."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.team import HOURS, clean, make_team, signed_in
from tests.factories import make_contact, make_feed, make_link, make_personal_link
from tests.trouble import LONG_ADDRESS, LONG_NAME, failed_mail, failing_crm, moved_event
from tests.views.workspace.test_home import booked
from website import clock
from website.config import Config
from website.extensions import db
from website.models import Company, ContactAddress, User
from website.services.api_token import make_token
from website.services.cancellation import cancel
from website.services.contact import NOBODY
from website.services.contact_import import Choices, keep_file, rehearse
from website.services.contact_import_work import imports_due
from website.services.history import note
from website.services.note import leave_note
from website.views.public.parameters import slot_text

pytestmark = pytest.mark.browser
AT = slot_text((clock.now() + timedelta(days=3)).replace(hour=10, minute=0, second=0, microsecond=0))
PAGES = [
    "/", "/links", "/links/new", "/links/new/round_robin", "/links/new/group",
    "/links/demo", "/links/group/why-not", f"/links/demo/why-not?at={AT}", "/links/demo/edit", "/links/demo/active",
    "/links/demo/pause",
    "/links/demo/fairness", "/links/demo/simulate?rotation=strict&share_days=30&host={user}",
    "/links/demo/simulate/use?rotation=strict&share_days=30&host={user}",
    "/bookings", "/bookings?state=cancelled", "/bookings?q=nobody&whose=mine", "/bookings/{booking}",
    "/bookings/{past}",
    "/bookings/{booking}/hand-over", "/bookings/{booking}/decline", "/bookings/{booking}/cancel",
    "/bookings/{past}/no-show", "/bookings/{booking}/reschedule",
    "/bookings/{booking}/reschedule/confirm?slot={slot}",
    "/bookings/events/{event}", "/contacts", "/contacts?q=nobody", "/contacts/new",
    "/contacts/{contact}", "/contacts/{contact}/edit", "/contacts/{contact}/owner", "/contacts/{contact}/held",
    "/contacts/{contact}/forget", "/companies", "/companies/new", "/companies/{company}/edit",
    "/companies/{company}/remove", "/team", "/calendars", "/calendars/{account}/unlink", "/calendars/ics/link",
    "/calendars/health", "/outbox", "/outbox/{message}/give-up", "/team/new", "/team/{user}",
    "/team/{user}/leave", "/me", "/me/picture", "/links/demo/picture", "/links/demo/try/popup",
    "/links/demo/personal-links?made={personal}", "/links/demo/personal-links/many",
    "/links/demo/personal-links/revoke", "/contacts/{contact}/personal-links", "/personal-links/{personal}/revoke",
    "/tokens", "/tokens/{token}/revoke", "/crm", "/crm/owners/{owner}",
    "/contacts/import", "/contacts/import/{upload}/columns", "/contacts/import/{checked}", "/contacts/import/{running}",
]  # fmt: skip
# Where providers send people back to, and the page of those who are not signed in, which is looked at by itself.
OTHERS = {
    "workspace.calendar_linked",
    "workspace.signed_in_with",
    "workspace.sign_in",
    "workspace.reschedule_slots",
    "workspace.colours",
    "workspace.contacts_found",
    "workspace.contacts_table",
    "workspace.held_as_file",
    "workspace.contact_import_progress",
    "workspace.contact_import_errors",
}


NUMBERS = dict.fromkeys(
    (
        "event",
        "contact",
        "account",
        "user",
        "booking",
        "past",
        "message",
        "personal",
        "token",
        "owner",
        "company",
        "upload",
        "checked",
        "running",
    ),
    1,
)


@pytest.fixture
def config(config: Config) -> Config:
    """A site with a CRM, which does not answer."""
    return replace(config, hubspot_token="pat-of-nobody")


def fill_the_site() -> dict[str, Any]:
    """Something on every page, with names as long as they come. Returns the ids that addresses need."""
    ana, ben = make_team()
    contact = make_contact(LONG_ADDRESS, owner=ben, name=LONG_NAME)
    questions = [
        {"key": "size", "label": LONG_NAME, "kind": "choice", "required": True, "choices": ["1", "2"]}
    ]
    link = make_link(
        hosts=[ana, ben], slug="demo", hours=HOURS, owner_first=True, overrides={"2027-12-24": []},
        title=LONG_NAME, questions=questions, description=LONG_NAME,
    )  # fmt: skip
    make_link("group", hosts=[ana, ben], slug="group", hours=HOURS, title=LONG_NAME)
    coffee = make_link("personal", hosts=[ana], hours=HOURS)
    make_link("personal", hosts=[ben], active=False)
    full = booked(link, LONG_ADDRESS)
    full.clash, full.guests, full.campaign = True, [LONG_ADDRESS], {"utm_source": LONG_NAME}
    full.answers = {"size": LONG_NAME}
    past = booked(make_link(hosts=[ana], hours=HOURS), LONG_ADDRESS, nonce="past")
    past.start_at, past.no_show = clock.now() - timedelta(hours=1), True
    past.end_at = past.start_at + timedelta(minutes=30)
    note(
        past,
        "handed_over",
        ana,
        clock.now(),
        **{"from": ben.id, "to": ana.id, "declined": True, "reason": LONG_NAME},
    )
    odd, off = booked(coffee, LONG_ADDRESS, nonce="second"), booked(coffee, nonce="third")
    cancel(off.token, reason=LONG_NAME, now=clock.now())
    event = moved_event(odd.id)
    leave_note(coffee, NOBODY, name=LONG_NAME, email=LONG_ADDRESS, text=LONG_NAME, nonce="n", now=clock.now())
    warning = f"The time zone “{LONG_NAME}” is not known."
    feed = make_feed(
        ana, f"https://{LONG_ADDRESS[-40:]}/a.ics", broken=True, error=LONG_NAME, warnings=warning
    )
    failed, owner = failed_mail(), failing_crm(ben)
    personal = make_personal_link(link, contact, now=clock.now())
    make_personal_link(link, contact, until=clock.now() - timedelta(days=1))
    db.session.commit()
    token, _text = make_token(LONG_NAME[:100], by=ana, now=clock.now())
    slot = slot_text(full.start_at + timedelta(days=1))
    ids = {"event": event, "contact": contact.id, "account": feed.id, "user": ben.id, "message": failed.id}
    company = Company(domain=LONG_ADDRESS.partition("@")[2], name=LONG_NAME, owner_id=ben.id)
    contact.company, contact.phone = LONG_NAME, "+33 1 23 45 67 89"
    contact.addresses = [ContactAddress(email=f"further.{LONG_ADDRESS}")]
    db.session.add(company)
    db.session.commit()
    ids |= {"personal": personal.id, "token": token.id, "company": company.id, "owner": owner.id}
    ids |= make_imports(ana)
    return ids | {"booking": full.id, "past": past.id, "slot": slot}


def make_imports(by: User) -> dict[str, int]:
    """A file whose columns are to be chosen, one that was checked and has errors, and one that is being checked."""
    text = f"Email,{LONG_NAME},Owner\nnobody,{LONG_NAME},{LONG_ADDRESS}\n{LONG_ADDRESS},,\n"
    made = [keep_file(BytesIO(text.encode()), f"{LONG_NAME}.csv", by=by, now=clock.now()) for _ in range(3)]
    for number in made[1:]:
        rehearse(number, ["email", "name", "owner"], Choices(), by=by)
        if number == made[1]:
            imports_due(clock.now())
    return dict(zip(("upload", "checked", "running"), made, strict=True))


def test_no_signed_in_page_is_left_out(app: Flask) -> None:
    addresses = app.url_map.bind("localhost")
    seen = {addresses.match(path.partition("?")[0].format(**NUMBERS))[0] for path in PAGES}
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    assert {rule.endpoint for rule in rules if rule.endpoint.startswith("workspace.")} - OTHERS == seen


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    world: Flask, open_page: OpenPage, width: int
) -> None:
    ids = fill_the_site()
    clean(open_page("/sign-in", width=width))
    page = signed_in(open_page, "/", width=width)
    root = page.url
    for path in PAGES:
        page.goto(root + path[1:].format(**ids))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for details in page.locator("details").all():
            details.evaluate("one => { one.open = true; }")
        clean(page)
    page.goto(f"{root}links/new/round_robin")
    page.get_by_role("button", name="Add a question (Questions)").click()
    expect(page.get_by_role("group", name="Question 1")).to_be_visible()
    page.get_by_role("button", name="Add a date (Other hours)").click()
    expect(page.get_by_label("Date", exact=True)).to_be_visible()
    page.locator(".actions").get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    clean(page)


@pytest.mark.parametrize("path", ["/", "/links/demo/edit", "/contacts"])
def test_the_keyboard_reaches_the_content_at_once(world: Flask, open_page: OpenPage, path: str) -> None:
    fill_the_site()
    page = signed_in(open_page, path)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_keyboard_goes_through_the_page_in_its_order(world: Flask, open_page: OpenPage) -> None:
    fill_the_site()
    page = signed_in(open_page, "/links")
    assert walk(page, 10) == [
        "Skip to the content", "Firsthand", "Home", "Links", "Calendars", "Bookings", "Contacts", "Team", "Ana",
        "Sign out",
    ]  # fmt: skip
    expect(page.get_by_role("link", name="Links")).to_have_attribute("aria-current", "page")


def walk(page: Page, steps: int) -> list[str]:
    """What the tab key reaches, one after the other."""
    seen = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.textContent.trim()"))
    return seen


def test_signing_out_ends_it(world: Flask, open_page: OpenPage) -> None:
    make_team()
    page = signed_in(open_page, "/contacts")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
