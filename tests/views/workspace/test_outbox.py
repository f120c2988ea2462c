"""What waits, what failed, and the mails of a site without a mail server: for admins."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import NOW, make_link, make_organisation, make_user
from tests.services.test_booking import ask
from tests.views.workspace.test_links import sign_in
from website.extensions import db
from website.mails import Mail
from website.models import Message, User
from website.models.message import DONE, FAILED, GIVEN_UP
from website.services.booking import book
from website.services.email import write_mail
from website.services.listing import A_PAGE
from website.services.outbox import deliver_due


@pytest.fixture
def boss(world: Flask) -> User:
    make_organisation()
    return make_user("Boss", role="admin")


def write(key: str, **values: object) -> Message:
    """A mail in the outbox, in the state that `values` say."""
    write_mail(
        Mail(f"Subject of {key}", f"Text of <{key}>", "<p>x</p>"),
        to=f"{key}@acme.example",
        kind="calendar_alarm",
        key=key,
        now=NOW,
    )
    db.session.flush()
    message = db.session.query(Message).filter_by(key=key).one()
    for name, value in values.items():
        setattr(message, name, value)
    db.session.commit()
    return message


def page(client: FlaskClient, boss: User, state: str = "") -> str:
    sign_in(client, boss)
    return client.get(f"/outbox{state}").text


@pytest.mark.rule("R32")
@pytest.mark.both_engines
def test_what_was_not_delivered_is_shown_by_its_state(world: Flask, client: FlaskClient) -> None:
    make_organisation()
    boss = make_user("Boss", role="admin")
    db.session.commit()
    write("kept")
    deliver_due(NOW)
    write("waiting", error="DeliveryError: later", attempts=3)
    write("failed", state=FAILED, error="MailRefused: 550 no such user")
    write("stopped", state=GIVEN_UP)
    write("sent", state=DONE)
    shown = {
        state: [
            key for key in ("kept", "waiting", "failed", "stopped", "sent") if f"Subject of {key}" in text
        ]
        for state in ("", "?state=waiting", "?state=failed", "?state=given_up", "?state=kept")
        for text in [page(client, boss, state)]
    }
    assert shown == {
        "": ["kept", "waiting", "failed", "stopped"],
        "?state=waiting": ["waiting"],
        "?state=failed": ["failed"],
        "?state=given_up": ["stopped"],
        "?state=kept": ["kept"],
    }


@pytest.mark.rule("R32")
def test_a_message_says_what_when_to_whom_and_what_went_wrong(client: FlaskClient, boss: User) -> None:
    write("ana", state=FAILED, error="MailRefused: 550 no such user")
    text = page(client, boss)
    assert "A calendar needs attention · for ana@acme.example" in text
    assert "<dt>Since</dt><dd>Monday, 1 February 2027, 09:00</dd>" in text
    assert "550 no such user" in text
    assert "Look whether the address is right." in text
    assert "Text of &lt;ana&gt;" in text


@pytest.mark.rule("R32")
def test_a_meeting_that_waits_for_a_calendar_is_shown_with_its_host(client: FlaskClient, boss: User) -> None:
    link = make_link("personal", hosts=[make_user("Ana Alves")])
    db.session.commit()
    book(link, ask(), now=NOW)
    text = page(client, boss)
    assert "A meeting for a calendar" in text
    assert "Product demo, Dana Prospect, Tuesday, 2 February 2027, 09:00" in text
    assert "for Ana Alves" in text


def test_many_messages_come_in_pages(client: FlaskClient, boss: User) -> None:
    for number in range(A_PAGE + 1):
        write(f"m{number:03}", state=FAILED)
    first, second = page(client, boss), page(client, boss, "?page=2")
    assert first.count("<h2>Subject of") == A_PAGE
    assert "Subject of m000" in second
    assert "Next page" in first
    assert "Next page" not in second


def test_a_member_reads_nobody_s_mail(client: FlaskClient, boss: User) -> None:
    write("ana")
    sign_in(client, make_user("Ben"))
    answer = client.get("/outbox")
    assert (answer.status_code, "Text of" in answer.text) == (403, False)


def test_an_empty_outbox_says_so(client: FlaskClient, boss: User) -> None:
    assert "all that was to be sent was sent" in page(client, boss)
