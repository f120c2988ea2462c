"""Trying again and giving up, from the page of the outbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, event
from werkzeug.test import TestResponse

from tests.factories import NOW, make_link, make_organisation, make_user
from tests.services.test_booking import ask
from tests.views.workspace.test_links import sign_in, token_of
from tests.views.workspace.test_outbox import write
from website import clock
from website.extensions import db
from website.models import Message, User
from website.models.message import DONE, DROPPED, FAILED, GIVEN_UP, WAITING
from website.services.booking import book
from website.services.listing import A_PAGE

pytestmark = pytest.mark.rule("R32")


@pytest.fixture
def boss(world: Flask) -> User:
    make_organisation()
    return make_user("Boss", role="admin")


def press(client: FlaskClient, address: str, **form: str) -> TestResponse:
    token = token_of(client.get("/outbox").text)
    return client.post(address, data={"csrf_token": token, **form})


@contextmanager
def asked() -> Iterator[list[str]]:
    """What the database is asked in the meantime."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    db.session.rollback()
    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)


def state_of(number: int) -> str:
    db.session.rollback()
    return db.session.get_one(Message, number).state


def test_what_failed_is_tried_again_and_the_admin_stays_in_the_list(client: FlaskClient, boss: User) -> None:
    message = write("ana", state=FAILED, error="MailRefused: no", attempts=3)
    sign_in(client, boss)
    assert f'action="/outbox/{message.id}/retry"' in client.get("/outbox?state=failed").text
    answer = press(client, f"/outbox/{message.id}/retry", state="failed")
    assert (answer.status_code, answer.location) == (303, "/outbox?state=failed&said=retried")
    assert state_of(message.id) == WAITING
    assert "It is tried again now." in client.get(answer.location).text


def test_giving_up_asks_first_and_says_what_it_means(client: FlaskClient, boss: User) -> None:
    message = write("ana", state=FAILED, error="MailRefused: no")
    sign_in(client, boss)
    question = client.get(f"/outbox/{message.id}/give-up?state=failed").text
    assert "This mail will not be sent." in question
    assert state_of(message.id) == FAILED
    answer = press(client, f"/outbox/{message.id}/give-up", state="failed")
    assert answer.location == "/outbox?state=failed&said=given_up"
    assert state_of(message.id) == GIVEN_UP
    given_up = client.get("/outbox?state=given_up").text
    assert f'action="/outbox/{message.id}/retry"' in given_up
    assert f"/outbox/{message.id}/give-up" not in given_up
    press(client, f"/outbox/{message.id}/retry", state="given_up")
    assert state_of(message.id) == WAITING


def test_giving_up_a_meeting_names_the_host_whose_calendar_goes_without(
    client: FlaskClient, boss: User
) -> None:
    link = make_link("personal", hosts=[make_user("Ana Alves")])
    db.session.commit()
    book(link, ask(), now=NOW)
    message = db.session.query(Message).filter_by(kind="event_put").one()
    sign_in(client, boss)
    question = client.get(f"/outbox/{message.id}/give-up").text
    assert "will not be put into Ana Alves’s calendar" in question
    message.kind = "event_remove"
    db.session.commit()
    assert "will not be taken out of Ana Alves’s" in client.get(f"/outbox/{message.id}/give-up").text


@pytest.mark.parametrize("step", ["retry", "give-up"])
def test_a_message_that_is_being_delivered_is_left_alone(client: FlaskClient, boss: User, step: str) -> None:
    message = write("ana", lease_until=clock.now() + timedelta(seconds=60))
    sign_in(client, boss)
    page = client.get("/outbox").text
    assert "Being delivered" in page
    assert f"/outbox/{message.id}/" not in page
    answer = client.post(f"/outbox/{message.id}/{step}", data={"csrf_token": token_of(page)})
    assert (answer.status_code, "A worker is delivering this message" in answer.text) == (409, True)
    assert state_of(message.id) == WAITING
    assert client.get(f"/outbox/{message.id}/give-up").status_code == 409


@pytest.mark.parametrize("state", [DONE, DROPPED])
@pytest.mark.parametrize("step", ["retry", "give-up"])
def test_what_needs_nobody_any_more_is_said(client: FlaskClient, boss: User, step: str, state: str) -> None:
    message = write("ana", state=state)
    sign_in(client, boss)
    answer = press(client, f"/outbox/{message.id}/{step}")
    assert (answer.status_code, "was dealt with in the meantime" in answer.text) == (409, True)


@pytest.mark.parametrize("number", ["999", "0", "99999999999", "x", "-1"])
def test_an_unknown_message_is_not_found(client: FlaskClient, boss: User, number: str) -> None:
    sign_in(client, boss)
    assert press(client, f"/outbox/{number}/retry").status_code == 404
    assert press(client, f"/outbox/{number}/give-up").status_code == 404
    assert client.get(f"/outbox/{number}/give-up").status_code == 404


def test_a_form_of_another_site_changes_nothing(client: FlaskClient, boss: User) -> None:
    message = write("ana", state=FAILED)
    sign_in(client, boss)
    for step in ("retry", "give-up"):
        assert client.post(f"/outbox/{message.id}/{step}").status_code == 400
    assert state_of(message.id) == FAILED


def test_a_member_repairs_nothing(client: FlaskClient, boss: User) -> None:
    message = write("ana", state=FAILED)
    sign_in(client, make_user("Ben"))
    token = token_of(client.get("/").text)
    for step in ("retry", "give-up"):
        answer = client.post(f"/outbox/{message.id}/{step}", data={"csrf_token": token})
        assert answer.status_code == 403
    assert client.get(f"/outbox/{message.id}/give-up").status_code == 403
    assert state_of(message.id) == FAILED


def test_a_list_that_nobody_knows_leads_back_to_all(client: FlaskClient, boss: User) -> None:
    message = write("ana", state=FAILED)
    sign_in(client, boss)
    answer = press(client, f"/outbox/{message.id}/retry", state="//evil.example")
    assert answer.location == "/outbox?state=all&said=retried"


@pytest.mark.parametrize(
    ("error", "shown", "hidden"),
    [
        ("AccessRevoked: The access is gone.", "The access is gone.", "AccessRevoked"),
        ("CalendarUnreachable: No answer.", "There is nothing to do", "CalendarUnreachable"),
        ("IntegrityError: INSERT dana@prospect.example", "The worker’s log says more", "INSERT"),
    ],
)
def test_what_went_wrong_comes_with_what_to_do(
    client: FlaskClient, boss: User, error: str, shown: str, hidden: str
) -> None:
    write("ana", state=FAILED, error=error)
    sign_in(client, boss)
    page = client.get("/outbox").text
    assert shown in page
    assert hidden not in page


def test_the_times_are_those_of_the_reader(client: FlaskClient, boss: User) -> None:
    write("ana")
    boss.timezone = "America/New_York"
    sign_in(client, boss)
    page = client.get("/outbox").text
    assert "<dt>Since</dt><dd>Monday, 1 February 2027, 03:00</dd>" in page
    assert "<dt>Next try</dt><dd>Monday, 1 February 2027, 03:00</dd>" in page


def test_an_admin_s_first_page_says_that_something_failed(client: FlaskClient, boss: User) -> None:
    sign_in(client, boss)
    assert "could not be delivered" not in client.get("/").text
    write("ana", state=FAILED)
    write("ben", state=GIVEN_UP)
    page = client.get("/").text
    assert "1 message could not be delivered." in page
    assert 'href="/outbox?state=failed"' in page
    sign_in(client, make_user("Ben"))
    assert "could not be delivered" not in client.get("/").text


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("all", "all that was to be sent was sent"), ("waiting", "all that was to be sent was sent"),
     ("failed", "Nothing failed."), ("given_up", "Nothing was given up."), ("kept", "No mails are kept here.")],
)  # fmt: skip
def test_an_empty_list_says_what_that_means(
    client: FlaskClient, boss: User, state: str, sentence: str
) -> None:
    sign_in(client, boss)
    assert sentence in client.get(f"/outbox?state={state}").text


def test_a_full_page_asks_the_database_as_often_as_a_short_one(client: FlaskClient, boss: User) -> None:
    link = make_link("personal", hosts=[make_user("Ana")])
    db.session.commit()
    book(link, ask(), now=NOW)
    first = db.session.query(Message).filter_by(kind="event_put").one()
    db.session.execute(delete(Message).where(Message.id != first.id))
    for number in range(A_PAGE):
        db.session.add(
            Message(
                key=f"k{number}",
                booking_id=first.booking_id,
                channel=first.channel,
                kind=first.kind,
                payload=first.payload,
                due_at=first.due_at,
                created_at=first.created_at,
            )
        )
    sign_in(client, boss)
    with asked() as many:
        page = client.get("/outbox").text
    assert page.count("<p>Product demo, Dana Prospect") == A_PAGE
    db.session.execute(delete(Message).where(Message.id != first.id))
    db.session.commit()
    with asked() as few:
        assert client.get("/outbox").text.count("<p>Product demo, Dana Prospect") == 1
    assert len(many) == len(few)
