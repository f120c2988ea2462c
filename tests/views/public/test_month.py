"""The slot grid in words: parts of a day, the first day with times, what is said."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.views.public.test_booking_page import open_link
from website import clock
from website.views.public.words import day_name

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def headings(page: str) -> list[str]:
    return re.findall(r"<h3>([^<]+)</h3>", page)


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        ("08:00-13:30", []),  # eleven
        ("08:00-14:00", ["Morning", "Afternoon"]),  # twelve
        ("00:00-06:00", ["Morning"]),
        ("08:00-20:00", ["Morning", "Afternoon", "Evening"]),
        ("08:00-17:30", ["Morning", "Afternoon"]),  # eleven after noon
    ],
)
def test_a_long_day_is_parted(world: Flask, client: FlaskClient, hours: str, found: list[str]) -> None:
    open_link(hours={day: [hours] for day in DAYS})
    on = (clock.now() + timedelta(days=2)).date()
    assert headings(client.get(f"/book/demo?date={on}&timezone=Europe/Paris").text) == found


def test_a_first_visit_is_told_where_it_begins(world: Flask, client: FlaskClient) -> None:
    first = clock.now().date() + timedelta(days=45)
    open_link(window_days=None, window_from=first, window_to=first + timedelta(days=20))
    page = client.get("/book/demo").text
    assert "First available:" in page
    assert f">{first.day}</span>" in page
    assert "First available:" not in client.get(f"/book/demo?month={first:%Y-%m}").text


def test_a_month_and_a_day_are_said(world: Flask, client: FlaskClient) -> None:
    open_link()
    after = (clock.now().date().replace(day=1) + timedelta(days=32)).replace(day=1)
    month = client.get(f"/book/demo/slots?month={after:%Y-%m}").text
    assert re.search(r'data-announce="\w+ \d+, \d+ days with times"', month)
    day = client.get(f"/book/demo/slots?date={after}").text
    assert re.search(r'data-announce="\w+, 1 \w+, \d+ times"', day)


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en_GB", "Thursday, 26 November"),
        ("en_US", "Thursday, November 26"),
        ("de_DE", "Donnerstag, 26. November"),
        ("es_ES", "jueves, 26 de noviembre"),
        ("fr_FR", "jeudi 26 novembre"),
    ],
)
def test_a_day_has_its_name_without_the_year(world: Flask, language: str, name: str) -> None:
    with world.test_request_context(f"/?lang={language.replace('_', '-')}"):
        assert day_name(date(2026, 11, 26)) == name


@pytest.mark.parametrize(("source", "pushed"), [("a#day-3", True), ("form#choice", False)])
def test_a_choice_in_a_form_is_no_step_of_the_history(
    world: Flask, client: FlaskClient, source: str, pushed: bool
) -> None:
    open_link()
    answer = client.get("/book/demo/slots?duration=30", headers={"HX-Request": "true", "HX-Source": source})
    said = {True: "/book/demo?duration=30", False: "false"}
    assert answer.headers["HX-Push-Url"] == said[pushed]
    assert answer.headers["HX-Replace-Url"] == said[not pushed]
