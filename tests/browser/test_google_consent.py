"""The consent page of the stand-in for Google, as people meet it on the way to linking a calendar."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser

from tests.peers.google import Google
from tests.peers.google_clients import ADA, BACK, BUSY, LIST, OWNED, exchange, question


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_the_consent_page_works_in_a_browser(google: Google, browser: Browser, script: bool) -> None:
    google.add_account(ADA)
    google.add_account("ben@acme.example")
    google.untick("calendar.events.freebusy")
    page = browser.new_context(java_script_enabled=script).new_page()
    page.route("http://localhost/**", lambda route: route.fulfill(body="back"))
    page.goto(google.base + question(login_hint="ben@acme.example"))
    assert page.get_by_label("ben@acme.example").is_checked()
    page.get_by_label(ADA).check()
    page.get_by_label(OWNED).uncheck()
    assert not page.get_by_label(BUSY).is_checked()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(BACK + "?*")
    code = parse_qs(urlsplit(page.url).query)["code"][0]
    token = exchange(google, code=code).json()
    assert set(token["scope"].split()) == {"openid", "https://www.googleapis.com/auth/userinfo.email", LIST}
