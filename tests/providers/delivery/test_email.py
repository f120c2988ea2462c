"""Sending mail to a real SMTP server: what arrives, and what its refusals mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.peers.certificates import Authority
from tests.peers.dav import free_port
from tests.peers.smtp import MailServer
from website.providers.delivery.email import (
    CalendarPart,
    DeliveryError,
    Letter,
    MailRefused,
    message_id,
    message_of,
    send,
)

LETTER = Letter(
    key="calendar_alarm:1:2",
    sender="Acme Sales <meet@acme.example>",
    to="ana@acme.example",
    subject="Réconnect: é – ✓",
    text="Hello Ana,\n.\nA line that begins with a dot, and one of 1,200 characters:\n" + "x" * 1200 + "\n",
    html="<p>Hello Ana – ✓</p>",
    written_at=datetime(2027, 2, 1, 8, 0, tzinfo=UTC),
)


@contextmanager
def running(**values: Any) -> Iterator[MailServer]:
    server = MailServer(**values)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as mail:
        yield mail


def test_a_mail_arrives_whole(server: MailServer) -> None:
    send(LETTER, server.url())
    mail = server.taken[0]
    assert server.envelopes == [("meet@acme.example", ["ana@acme.example"])]
    assert (mail["From"], mail["To"]) == ("Acme Sales <meet@acme.example>", "ana@acme.example")
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("Réconnect: é – ✓", "auto-generated")
    assert mail["Date"] == "Mon, 01 Feb 2027 08:00:00 +0000"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().strip() == LETTER.html
    assert mail.get_content_type() == "multipart/alternative"


def test_the_mail_is_seven_bits_with_short_lines() -> None:
    raw = message_of(LETTER).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.fault(26)
@pytest.mark.rule("R32")
def test_a_mail_that_is_sent_again_is_known_as_the_same_one(server: MailServer) -> None:
    for _ in range(2):
        send(LETTER, server.url())
    first, second = (mail["Message-ID"] for mail in server.taken)
    assert first == second == message_id(LETTER)
    assert first.endswith("@acme.example>")
    assert message_id(replace(LETTER, key="another")) != first


@pytest.mark.fault(26)
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "error"), [("550 No such user", MailRefused), ("451 Later", DeliveryError)]
)
def test_a_refusal_is_for_good_or_for_now(
    server: MailServer, step: str, answer: str, error: type[Exception]
) -> None:
    server.says[step] = answer
    with pytest.raises(error) as caught:
        send(LETTER, server.url())
    assert type(caught.value) is error
    assert str(caught.value) == f"The mail server refused: {answer}"
    assert server.taken == []


def test_a_server_that_is_not_there_may_come_back() -> None:
    with pytest.raises(DeliveryError) as caught:
        send(LETTER, f"smtp://localhost:{free_port()}")
    assert type(caught.value) is DeliveryError


@pytest.mark.parametrize("field", ["to", "subject"])
def test_nobody_slips_a_header_in(server: MailServer, field: str) -> None:
    wrong = replace(LETTER, **{field: getattr(LETTER, field) + "\r\nBcc: eve@evil.example"})
    with pytest.raises(MailRefused):
        send(wrong, server.url())
    assert server.taken == []


def test_an_address_that_the_server_cannot_take_is_refused_for_good(server: MailServer) -> None:
    with pytest.raises(MailRefused):
        send(replace(LETTER, to="änä@acme.example"), server.url())


# Invitations

INVITE = CalendarPart(
    "REQUEST", b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:\xc3\xa9\r\nEND:VCALENDAR\r\n"
)


@pytest.mark.rule("R34")
def test_an_invitation_is_the_last_alternative_and_a_file_of_the_same_bytes(server: MailServer) -> None:
    send(replace(LETTER, calendar=INVITE), server.url())
    (mail,) = server.taken
    assert mail.get_content_type() == "multipart/mixed"
    body, file = mail.iter_parts()
    assert [part.get_content_type() for part in body.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    calendar = list(body.iter_parts())[-1]
    assert (calendar.get_param("method"), calendar.get_param("charset")) == ("REQUEST", "utf-8")
    assert calendar.get_payload(decode=True) == file.get_payload(decode=True) == INVITE.text
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "invite.ics")
    assert not any(part.defects for part in mail.walk())


def test_a_mail_comes_from_a_person_at_the_address_of_the_site_and_answers_go_to_them(
    server: MailServer,
) -> None:
    send(replace(LETTER, sender_name="Ana Ruíz", reply_to=("Ana", "ana@acme.example")), server.url())
    (mail,) = server.taken
    assert mail["From"].addresses[0].display_name == "Ana Ruíz"
    assert mail["From"].addresses[0].addr_spec == "meet@acme.example"
    assert mail["Reply-To"] == "Ana <ana@acme.example>"


@pytest.mark.parametrize("long", ["", "A" * 90, "é" * 90])
def test_a_name_cannot_look_like_an_address(server: MailServer, long: str) -> None:
    eve = f'Eve, "x" <eve@evil.example>; (y): [z]\\ {long}'
    send(replace(LETTER, sender_name=eve, reply_to=(eve, "ana@acme.example")), server.url())
    (mail,) = server.taken
    for name, address in (("From", "meet@acme.example"), ("Reply-To", "ana@acme.example")):
        (found,) = mail[name].addresses
        # Where a name is folded between two encoded words, this reader sees a blank.
        assert found.display_name.replace(" ", "") == f"Evexeveevil.exampleyz{long}"
        assert found.addr_spec == address


def test_an_answer_s_address_that_not_every_server_takes_is_left_out(server: MailServer) -> None:
    send(replace(LETTER, reply_to=("Dana", "dänä@prospect.example")), server.url())
    assert server.taken[0]["Reply-To"] is None


@pytest.mark.parametrize(
    "values",
    [
        {"sender_name": "Ana\r\nBcc: eve@evil.example"},
        {"reply_to": ("Ana\nBcc: eve@evil.example", "ana@acme.example")},
        {"reply_to": ("Ana", "ana@acme.example\r\nBcc: eve@evil.example")},
    ],
)
def test_nobody_slips_a_header_in_by_a_name(server: MailServer, values: dict[str, Any]) -> None:
    with pytest.raises(MailRefused):
        send(replace(LETTER, **values), server.url())
    assert server.taken == []


# Signing in, and encryption


@pytest.mark.parametrize(("user", "sent"), [("meet:p%40ss", 1), ("meet:wrong", 0), ("", 0)])
def test_the_user_and_password_of_the_address_are_used(user: str, sent: int) -> None:
    with running(login=("meet", "p@ss")) as server:
        try:
            send(LETTER, server.url(user))
        except DeliveryError as error:
            assert type(error) is DeliveryError
            assert "wants another user and password" in str(error)
        assert len(server.taken) == sent


def test_a_server_that_asks_for_nobody_s_name_is_a_setting_to_mend(server: MailServer) -> None:
    with pytest.raises(DeliveryError, match="SMTP_URL has them") as caught:
        send(LETTER, server.url("meet:secret"))
    assert type(caught.value) is DeliveryError


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that this process trusts."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


@pytest.mark.parametrize("at_once", [False, True], ids=["STARTTLS", "smtps"])
def test_the_way_is_encrypted_where_that_is_offered(authority: Authority, at_once: bool) -> None:
    with running(certificate=authority.certificate("localhost"), at_once=at_once) as server:
        send(LETTER, server.url(scheme="smtps" if at_once else "smtp"))
        assert server.encrypted == [True]


def test_a_server_that_nobody_vouches_for_gets_nothing(authority: Authority) -> None:
    with running(certificate=authority.self_signed("localhost")) as server:
        with pytest.raises(DeliveryError):
            send(LETTER, server.url("meet:secret"))
        assert server.taken == []
