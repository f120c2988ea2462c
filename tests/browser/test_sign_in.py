"""From an empty site to a team, in a real browser, with and without script."""

from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.team import clean
from tests.peers.google import Google
from website.config import DEFAULT_BASE, Config
from website.services.first_admin import first_admin_code

ADA, BEN, EVE = "ada@acme.example", "ben@acme.example", "eve@else.example"


@pytest.fixture
def config(config: Config, google: Google) -> Config:
    """A site that nobody told where it is, with a way to sign in."""
    for email, name in ((ADA, "Ada Ames"), (BEN, "Ben Bell"), (EVE, "Eve")):
        google.add_account(email, name=name)
    return replace(
        config,
        base_url=DEFAULT_BASE,
        demo=False,
        google_metadata_url=google.metadata_url,
        google_client_id=google.client_id,
        google_client_secret=google.client_secret,
    )


def through_google(
    page: Page, email: str, answer: str = "Allow", button: str = "Sign in with Google"
) -> None:
    page.get_by_role("button", name=button).click()
    page.get_by_label(email).check()
    page.get_by_role("button", name=answer).click()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("script", "width", "scheme"), [(True, 390, "light"), (True, 1280, "dark"), (False, 1280, "light")]
)
def test_the_first_admin_comes_in_and_invites_a_colleague(
    open_page: OpenPage, world: Flask, script: bool, width: int, scheme: str
) -> None:
    def look(page: Page) -> None:
        if script:
            clean(page)

    page = open_page("/", script=script, width=width, scheme=scheme)
    page.get_by_label("Code").fill("not it")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not the code")
    expect(page.get_by_label("Code")).to_have_value("not it")
    look(page)
    page.get_by_label("Code").fill(str(first_admin_code()).lower())
    page.get_by_role("button", name="Go on").click()
    look(page)
    through_google(page, ADA)
    expect(page.get_by_role("link", name="Ada Ames")).to_be_visible()

    page.get_by_role("link", name="Team").click()
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("E-mail address").fill(BEN)
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("alert")).to_contain_text("Write the name.")
    look(page)
    page.get_by_label("Name").fill("Ben")
    page.get_by_label("Has a seat").check()
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("heading", name="Ben")).to_be_visible()
    expect(page.get_by_text("Has not signed in yet.")).to_have_count(1)
    look(page)
    page.get_by_role("link", name="Change (Ada Ames)").click()
    look(page)
    page.get_by_role("link", name="Ada Ames").click()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/London")
    look(page)

    other = open_page("/links", script=script, width=width, scheme=scheme)
    through_google(other, BEN, "Deny")
    expect(other.get_by_role("heading", name="You did not sign in")).to_be_visible()
    through_google(other, EVE)
    expect(other.get_by_role("heading", name="You are not on the team yet")).to_be_visible()
    look(other)
    through_google(other, BEN, button="Use another account")
    other.wait_for_url("**/links")
    expect(other.get_by_role("link", name="Ben")).to_be_visible()
    other.go_back()
    other.go_forward()
    expect(other.get_by_role("link", name="Ben")).to_be_visible()
