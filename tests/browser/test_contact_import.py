"""Importing contacts in a browser: the page follows the worker by itself."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.team import make_team, signed_in
from website import clock
from website.extensions import db
from website.services.contact_import_work import import_part
from website.services.worker_sign import sign

pytestmark = pytest.mark.browser


def test_the_page_shows_how_far_it_is_and_then_what_came_of_it(
    world: Flask, open_page: OpenPage, tmp_path: Path
) -> None:
    make_team()
    sign("worker", clock.now())
    file = tmp_path / "people.csv"
    file.write_text("E-mail,Name\n" + "".join(f"p{number}@a.example,P {number}\n" for number in range(1500)))
    page = signed_in(open_page, "/contacts/import")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("E-mail", exact=True)).to_have_value("email")
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_text("0 of 1,500 rows")).to_be_visible()
    import_part(clock.now())
    expect(page.get_by_text("1,000 of 1,500 rows")).to_be_visible()
    import_part(clock.now())
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("0 of 1,500 rows")).to_be_visible()
    while import_part(clock.now()):
        pass
    db.session.rollback()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    expect(page.get_by_text("1,500", exact=True)).to_be_visible()
