"""A link is set up in a real browser: rows come and go, mistakes lose nothing, with and without script (R40, R44)."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.conftest import OpenPage
from tests.browser.team import make_team, signed_in
from tests.factories import make_link
from website.extensions import db
from website.models import Link

pytestmark = pytest.mark.browser
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
NEW = "/links/new/round_robin"


def the_link() -> Link:
    db.session.rollback()
    return db.session.scalars(select(Link)).one()


def press(page: Page, name: str, script: bool) -> None:
    """One of the buttons that add and remove rows. Where there is script, the page stays."""
    if script:
        page.evaluate("window.stayed = true")
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.get_by_role("button", name=name, exact=True).click()
    assert sent.value.status == 200
    page.wait_for_load_state()
    if script:
        expect(page.locator(".htmx-request")).to_have_count(0)
        assert page.evaluate("window.stayed")


def hours(page: Page, day: str) -> list[str]:
    """What the fields of a day hold."""
    fields = page.get_by_role("group", name=day).get_by_role("textbox")
    return [field.input_value() for field in fields.all()]


@SCRIPT
@pytest.mark.rule("R40")
def test_a_round_robin_link_is_made(world: Flask, open_page: OpenPage, script: bool) -> None:
    make_team()
    page = signed_in(open_page, "/links", script=script)
    page.get_by_role("link", name="Create link").click()
    page.get_by_role("link", name="Round robin").click()
    page.get_by_label("Title").fill("Product demo")
    page.get_by_label("Address", exact=True).fill("product-demo")
    page.get_by_label("Ben", exact=True).check()
    page.get_by_label("Weight (Ben)").fill("2")
    page.get_by_label("If the contact is owned").check()
    page.get_by_label("Who hosts when several are free").select_option("balanced")

    press(page, "Add a range (Monday)", script)
    expect(page.get_by_label("Monday from")).to_have_count(2)
    page.get_by_label("Monday to").first.fill("12:00")
    page.get_by_label("Monday from").last.fill("13:00")
    page.get_by_label("Monday to").last.fill("17:30")
    press(page, "Remove (Tuesday 1)", script)
    expect(page.get_by_label("Tuesday from")).to_have_count(0)
    assert hours(page, "Monday") == ["09:00", "12:00", "13:00", "17:30"]

    for _ in range(2):
        press(page, "Add a date (Other hours)", script)
    expect(page.get_by_label("Date", exact=True)).to_have_count(2)
    page.get_by_label("Date", exact=True).first.fill("2027-12-24")
    page.get_by_label("Date", exact=True).last.fill("2027-12-23")
    page.get_by_label("Ranges; empty means closed").last.fill("09:00-11:00")
    press(page, "Remove (1)", script)
    expect(page.get_by_label("Date", exact=True)).to_have_value("2027-12-23")

    for _ in range(2):
        press(page, "Add a question (Questions)", script)
    first, second = (page.get_by_role("group", name=f"Question {number}") for number in (1, 2))
    expect(second).to_be_visible()
    first.get_by_label("Question", exact=True).fill("Nothing much")
    second.get_by_label("Question", exact=True).fill("Team size")
    second.get_by_label("Kind").select_option("choice")
    second.get_by_label("Choices, one a line").fill("Small\nLarge")
    second.get_by_label("Must be answered").select_option("yes")
    press(page, "Remove (1)", script)
    expect(first.get_by_label("Question", exact=True)).to_have_value("Team size")

    page.locator(".actions").get_by_role("button", name="Save").click()
    page.wait_for_url("**/links/product-demo?said=made")
    expect(page.get_by_role("heading", level=1)).to_have_text("Product demo")
    link = the_link()
    assert link.hours["mon"] == ["09:00-12:00", "13:00-17:30"]
    assert "tue" not in link.hours
    assert link.overrides == {"2027-12-23": ["09:00-11:00"]}
    assert link.questions == [
        {
            "key": "team_size",
            "label": "Team size",
            "kind": "choice",
            "required": True,
            "choices": ["Small", "Large"],
        }
    ]
    assert (link.rotation, link.owner_first) == ("balanced", True)
    assert sorted((host.user.name, host.weight) for host in link.hosts) == [("Ana", 1), ("Ben", 2)]


@SCRIPT
def test_a_mistake_is_shown_and_nothing_typed_is_lost(
    world: Flask, open_page: OpenPage, script: bool
) -> None:
    make_team()
    page = signed_in(open_page, NEW, script=script)
    page.get_by_label("Address", exact=True).fill("No Such Address")
    page.get_by_label("Description").fill("Two\nlines")
    page.get_by_label("Monday to").fill("25:00")
    page.get_by_label("Minimum notice").fill("an hour")
    page.get_by_label("Takes bookings").uncheck()
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.locator(".actions").get_by_role("button", name="Save").click()
    assert sent.value.status == 422

    summary = page.get_by_role("alert")
    expect(summary).to_be_in_viewport()
    if script:
        expect(summary).to_be_focused()
    assert page.title().startswith("Error: ")
    labels = [text.partition(":")[0] for text in summary.get_by_role("link").all_inner_texts()]
    assert labels == ["Title", "Address", "Minimum notice", "Hours"]
    summary.get_by_role("link", name="Address").click()
    expect(page.locator("#slug")).to_be_focused()
    expect(page.get_by_label("Address", exact=True)).to_have_value("No Such Address")
    expect(page.get_by_label("Description")).to_have_value("Two\nlines")
    assert hours(page, "Monday") == ["09:00", "25:00"]
    expect(page.get_by_label("Takes bookings")).not_to_be_checked()
    assert db.session.scalar(select(Link)) is None

    page.get_by_label("Title").fill("Product demo")
    page.get_by_label("Address", exact=True).fill("product-demo")
    page.get_by_label("Monday to").fill("17:00")
    page.get_by_label("Minimum notice").fill("60")
    page.locator(".actions").get_by_role("button", name="Save").click()
    page.wait_for_url("**/links/product-demo?said=made")
    assert (the_link().notice_minutes, the_link().active) == (60, False)


@SCRIPT
def test_the_enter_key_saves_the_form(world: Flask, open_page: OpenPage, script: bool) -> None:
    """And is not taken for the first of the buttons that remove a row."""
    ana, _ = make_team()
    make_link(hosts=[ana], slug="demo", title="Old title")
    page = signed_in(open_page, "/links/demo/edit", script=script)
    page.get_by_label("Title").fill("New title")
    page.get_by_label("Title").press("Enter")
    page.wait_for_url("**/links/demo?said=saved")
    expect(page.get_by_role("heading", level=1)).to_have_text("New title")
    assert len(the_link().hours) == 5


def test_the_keyboard_stays_where_it_was_when_a_row_comes(world: Flask, open_page: OpenPage) -> None:
    make_team()
    page = signed_in(open_page, NEW)
    button = page.get_by_role("button", name="Add a question (Questions)")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Question 1")).to_be_visible()
    expect(button).to_be_focused()
