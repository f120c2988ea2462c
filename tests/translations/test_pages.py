"""The pages that a prospect sees, in every language."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.translations.spoken import left_in_english, lines_of_page
from tests.views.public.test_booking_page import fill_in, first_time, hidden, open_link
from website.extensions import db
from website.locales import LANGUAGES, babel_locale
from website.models import Booking

TRANSLATED = [tag for tag in LANGUAGES if not tag.startswith("en")]


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_public_page_speaks_one_language(world: Flask, client: FlaskClient, tag: str) -> None:
    open_link("round_robin", ("Ana", "Ben"), title="Kickoff", language=tag, any_colleague=True)
    month = client.get("/book/demo").text
    details = client.get(first_time(month)).text
    wrong = client.post("/book/demo", data=hidden(details) | fill_in(name="", email="x")).text
    client.post("/book/demo", data=hidden(details) | fill_in())
    booking = db.session.query(Booking).one()
    assert booking.language == tag
    pages = [month, details, wrong]
    for step in ("", "/reschedule", "/cancel"):
        pages.append(client.get(f"/booking/{booking.token}{step}").text)
    pages.append(client.get("/book/demo/write").text)
    pages.append(client.get(f"/book/nowhere?lang={tag}").text)
    pages.append(client.get("/book/demo?duration=7").text)
    assert client.post(f"/booking/{booking.token}/cancel", data={"reason": ""}).status_code == 303
    pages.append(client.get(f"/booking/{booking.token}").text)
    direction = "rtl" if tag == "ar-EG" else "ltr"
    for page in pages:
        assert f'<html lang="{tag}" dir="{direction}"' in page
        assert left_in_english(lines_of_page(page), tag) == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_what_the_api_says_is_said_in_the_callers_language(
    world: Flask, client: FlaskClient, tag: str
) -> None:
    open_link()
    asked = {"Accept-Language": tag}
    for path in (
        "nowhere/slots?from=2027-01-01&to=2027-01-02",
        "demo/slots?from=2027-01-05&to=2027-01-02",
        "demo/slots",
    ):
        problem = client.get(f"/api/v1/links/{path}", headers=asked).get_json()
        said = [
            problem["title"],
            problem["detail"],
            *(text for texts in problem.get("errors", {}).values() for text in texts),
        ]
        assert left_in_english(said, tag) == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_forms_say_in_the_pages_language_what_wtforms_says(world: Flask, tag: str) -> None:
    from wtforms.i18n import get_translations

    from website.forms.user import ProfileForm

    with world.test_request_context(f"/?lang={tag}"):
        form = ProfileForm(zones=["Europe/Paris"])
        expected = get_translations([babel_locale(tag)]).gettext("Not a valid choice.")
        assert form.meta.get_translations(form).gettext("Not a valid choice.") == expected
