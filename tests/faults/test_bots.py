"""Programs that post: a thousand times, the same form, forged forms. People beside them notice nothing (R22, R33)."""

from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.faults.visitors import Form, form, open_link, post, slot, token_of, tokens
from tests.services.test_booking import stored
from website.extensions import db, limiter
from website.models import Booking, Link

POSTS, A_MINUTE = 1000, 120
A_LINK = 50
BOT, PERSON = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "198.51.100.7"}
pytestmark = pytest.mark.fault(28)


@pytest.fixture
def link(world: Flask) -> Iterator[Link]:
    """An owner-first link, whose answers tell something about an address; with the limits in force."""
    made = open_link(owner_first=True)
    limiter.enabled = True
    yield made
    limiter.reset()


def statuses(client: FlaskClient, address: str, sent: list[Form], who: dict[str, str]) -> Counter[int]:
    answers = (client.post(address, data=each, environ_overrides=who) for each in sent)
    return Counter(answer.status_code for answer in answers)


@pytest.mark.rule("R22")
def test_a_thousand_addresses_from_one_place_are_looked_up_no_more_than_the_limit_says(
    link: Link, client: FlaskClient
) -> None:
    typed = [{"email": f"v{number}@prospect.example"} for number in range(POSTS)]
    assert statuses(client, "/book/demo/who", typed, BOT) == {303: A_MINUTE, 429: POSTS - A_MINUTE}
    assert statuses(client, "/book/demo/who", typed[:1], PERSON) == {303: 1}


@pytest.mark.rule("R22")
def test_a_thousand_refused_bookings_from_one_place_are_limited_and_a_person_books_beside_them(
    link: Link, client: FlaskClient
) -> None:
    """Each refusal shows an owner's times: it is a look-up."""
    told = token_of(post(client, form(link.id), **PERSON))
    late = [form(link.id, email=f"v{number}@prospect.example") for number in range(POSTS)]
    assert statuses(client, "/book/demo", late, BOT) == {409: A_MINUTE, 429: POSTS - A_MINUTE}
    second = token_of(post(client, form(link.id, slot(1), "erik@prospect.example"), **PERSON))
    assert sorted(tokens()) == sorted([told, second])


@pytest.mark.rule("R33")
def test_a_form_that_is_replayed_a_hundred_times_makes_one_booking(link: Link, client: FlaskClient) -> None:
    sent = form(link.id)
    assert {post(client, sent, **BOT).location for _ in range(100)} == {f"/booking/{tokens()[0]}"}
    assert len(tokens()) == 1


def test_a_form_that_is_replayed_with_other_times_makes_one_booking(link: Link, client: FlaskClient) -> None:
    """One form, taken from one page, is worth one booking, whatever is changed in it."""
    sent = form(link.id)
    changed = [sent | {"slot": form(link.id, slot(number))["slot"]} for number in range(50)]
    assert statuses(client, "/book/demo", changed, BOT) == {303: 1, 409: 49}
    assert len(tokens()) == 1


@pytest.mark.parametrize("token", ["", "made-up", "of another link", "cut"])
def test_a_form_that_the_site_did_not_make_books_nothing(link: Link, client: FlaskClient, token: str) -> None:
    mine = form(link.id)
    forged = {
        "": "", "made-up": "made-up", "of another link": form(link.id + 1)["token"], "cut": mine["token"][:-3],
    }[token]  # fmt: skip
    answer = client.post("/book/demo", data=mine | {"token": forged}, environ_overrides=BOT)
    assert answer.status_code == 400
    assert "Dana Prospect" in answer.text
    assert stored(Booking) == 0


def test_a_field_that_the_form_does_not_have_changes_nothing(link: Link, client: FlaskClient) -> None:
    sent = form(link.id) | {"state": "confirmed", "owner": "1", "id": "1"}
    assert post(client, sent, **BOT).status_code == 303
    db.session.rollback()
    assert stored(Booking) == 1


@pytest.mark.rule("R33")
def test_a_form_is_sent_again_after_its_link_has_had_all_the_bookings_of_an_hour(
    world: Flask, link: Link, client: FlaskClient
) -> None:
    """What was booked stays booked, whoever keeps others from booking more."""
    world.config["LIMIT_OF_TARGET"] = "1/hour"
    sent = form(link.id, slot(0))
    told = token_of(post(client, sent, **PERSON))
    refused = client.post("/book/demo", data=form(link.id, slot(1)), environ_overrides=BOT)
    assert refused.status_code == 429
    assert token_of(post(client, sent, **PERSON)) == told


def test_an_address_of_many_networks_books_no_more_than_a_link_takes(
    world: Flask, link: Link, client: FlaskClient
) -> None:
    """Programs come from everywhere: what one link takes in an hour is counted whoever asks."""
    world.config["LIMIT_OF_TARGET"] = f"{A_LINK}/hour"
    seen = Counter(
        client.post(
            "/book/demo",
            data=form(link.id, slot(number), f"v{number}@prospect.example"),
            environ_overrides={"REMOTE_ADDR": f"203.0.113.{number}"},
        ).status_code
        for number in range(A_LINK + 5)
    )
    assert seen == {303: A_LINK, 429: 5}
