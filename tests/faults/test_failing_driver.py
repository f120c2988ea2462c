"""The disk or the connection fails at any one call of a booking: all or nothing, and once in the end (R32, R33)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import NOW
from tests.faults.driver import failing
from tests.faults.visitors import form, open_link, post, slot, token_of, tokens
from tests.services.test_booking import stored
from website.extensions import db
from website.models import BuiltinEvent, Message
from website.models.message import DONE
from website.services.cancellation import cancel
from website.services.outbox import deliver_due
from website.services.worker import work_once

FEWEST, MOST = 15, 120
pytestmark = [pytest.mark.fault(20), pytest.mark.both_engines, pytest.mark.rule("R32")]


def test_a_booking_is_whole_or_not_there_whichever_call_fails(world: Flask, client: FlaskClient) -> None:
    link_id, told = open_link().id, list[str]()
    for number in range(1, MOST):
        sent = form(link_id, slot(number), f"v{number}@prospect.example")
        with failing(number) as fault:
            first = post(client, sent)
        left = set(tokens()) - set(told)
        assert len(left) <= 1
        assert token_of(first) in {"", *left}
        again = post(client, sent)
        told.append(token_of(again))
        assert token_of(first) in ("", token_of(again))
        assert sorted(tokens()) == sorted(told)
        if not fault.failed:
            break
    assert FEWEST < number < MOST - 1


def test_no_failure_brings_what_people_typed_into_the_log(
    world: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    link_id = open_link().id
    for number in range(1, MOST):
        sent = form(link_id, slot(number), "dana@prospect.example")
        with failing(number) as fault:
            post(client, sent)
        if not fault.failed:
            break
    assert "OperationalError" in caplog.text
    assert not any(typed in caplog.text for typed in ("dana@prospect.example", "Dana Prospect"))


@pytest.mark.parametrize("after", [False, True], ids=["before it is done", "after it is done"])
def test_a_commit_whose_end_nobody_knows_makes_one_booking(
    world: Flask, client: FlaskClient, after: bool
) -> None:
    sent = form(open_link().id)
    with failing(1, after=after, commits_only=True) as fault:
        first = post(client, sent)
    assert fault.failed
    assert len(tokens()) == (first.status_code == 303 or after)
    again = post(client, sent)
    assert tokens() == [token_of(again)]
    assert token_of(first) in ("", token_of(again))


def test_a_cancellation_is_whole_or_not_there_whichever_call_fails(world: Flask, client: FlaskClient) -> None:
    link_id = open_link().id
    for number in range(1, MOST):
        token = token_of(post(client, form(link_id, slot(number), f"v{number}@prospect.example")))
        with failing(number) as fault:
            answer = client.post(f"/booking/{token}/cancel", data={"reason": ""})
        assert answer.status_code in (303, 503)
        db.session.rollback()
        assert cancel(token, reason="", now=NOW).confirmed is False
        assert stored(Message) == 6 * number, "for the calendar, the invitee and the host, each time"
        if not fault.failed:
            break
    assert 5 < number < MOST - 1


def test_a_worker_that_fails_at_any_call_delivers_in_the_end_and_once(
    world: Flask, client: FlaskClient
) -> None:
    link_id = open_link().id
    for number in range(1, MOST):
        post(client, form(link_id, slot(number), f"v{number}@prospect.example"))
        with failing(number) as fault:
            work_once(NOW, (deliver_due,))
        db.session.rollback()
        if not fault.failed:
            break
    assert 5 < number < MOST - 1
    deliver_due(NOW.replace(hour=12))
    states = set(db.session.scalars(select(Message.state)))
    assert states == {DONE}
    assert stored(BuiltinEvent) == number
