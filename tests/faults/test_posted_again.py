"""The same form, sent again: by an impatient hand, from another tab, by the back button, by a proxy (R33)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.at_once import at_once
from tests.factories import NOW
from tests.faults.visitors import Form, form, open_link, post, post_apart, slot, token_of, tokens
from tests.services.test_booking import ask
from website.extensions import db
from website.models import Link
from website.services.booking import book

NONCES, POSTS = 40, 8
pytestmark = [pytest.mark.fault(3), pytest.mark.both_engines, pytest.mark.rule("R33")]


def locations(answers: list[TestResponse | Exception]) -> set[str]:
    assert all(isinstance(answer, TestResponse) for answer in answers), answers
    return {token_of(answer) for answer in answers if isinstance(answer, TestResponse)}


def test_forty_forms_sent_eight_times_at_once_make_forty_bookings(world: Flask) -> None:
    """Two hosts are free each time: the second post of a form finds a host, were it not known."""
    link = open_link(hosts=2)
    told = []
    for number in range(NONCES):
        sent = form(link.id, slot(number), f"v{number}@prospect.example")
        answers = at_once(world, lambda each: post_apart(world, each), [sent] * POSTS)
        (token,) = locations(answers)
        told.append(token)
    assert sorted(told) == sorted(tokens())
    assert "" not in told


def test_the_service_answers_every_double_alike(world: Flask) -> None:
    link = open_link(hosts=2)

    def once(nonce: str) -> str:
        return book(db.session.get_one(Link, link_id), ask(nonce=nonce), now=NOW).token

    link_id = link.id
    assert len(set(at_once(world, once, ["same"] * POSTS))) == 1
    assert len(tokens()) == 1


def test_two_tabs_with_two_times_make_two_bookings(world: Flask) -> None:
    link = open_link()
    tabs = [form(link.id, slot(0)), form(link.id, slot(1))]
    found = locations(at_once(world, lambda sent: post_apart(world, sent), tabs))
    assert found == set(tokens())
    assert len(found) == 2


def test_two_tabs_with_one_time_make_one_booking_and_the_other_says_just_taken(world: Flask) -> None:
    link = open_link()
    tabs = [form(link.id), form(link.id)]
    assert tabs[0]["token"] != tabs[1]["token"]
    answers = at_once(world, lambda sent: post_apart(world, sent), tabs)
    pages = sorted(answers, key=lambda answer: answer.status_code)  # type: ignore[union-attr]
    assert [page.status_code for page in pages] == [303, 409]  # type: ignore[union-attr]
    assert "has just taken this time" in pages[1].text  # type: ignore[union-attr]
    assert 'value="Dana Prospect"' in pages[1].text  # type: ignore[union-attr]
    assert tokens() == [token_of(pages[0])]  # type: ignore[arg-type]


def test_a_form_that_comes_back_after_its_booking_leads_to_it(world: Flask, client: FlaskClient) -> None:
    """The back button, a reload, or a proxy that did not see the answer: the same bytes, later."""
    sent = form(open_link(hosts=2).id)
    first = post(client, sent)
    assert {post(client, sent).location for _ in range(3)} == {first.location}
    assert tokens() == [token_of(first)]


def test_a_form_that_comes_back_changed_is_not_taken_for_the_first_one(
    world: Flask, client: FlaskClient
) -> None:
    sent: Form = form(open_link(hosts=2).id)
    first = post(client, sent)
    answer = post(client, sent | {"slot": form(1, slot(1))["slot"]})
    assert answer.status_code == 409
    assert "has made a booking already" in answer.text
    assert tokens() == [token_of(first)]
