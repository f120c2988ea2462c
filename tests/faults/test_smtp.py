"""Mail servers that refuse, put off, drop the line or dawdle: each mail at least once, twice at most (R32)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW
from tests.peers.dav import free_port
from tests.peers.smtp import MailServer
from website.config import Config, put_in_force
from website.extensions import db
from website.mails import Mail
from website.models import Message
from website.models.message import DONE, FAILED, WAITING
from website.providers.delivery import email as smtp
from website.services.email import write_mail
from website.services.outbox import deliver_due
from website.services.transaction import in_transaction

MAILS = 5
HOUR = timedelta(hours=1)
pytestmark = [pytest.mark.fault(26), pytest.mark.rule("R32")]


@pytest.fixture
def config(config: Config, mail_server: MailServer) -> Config:
    return replace(config, smtp_url=mail_server.url())


def write() -> None:
    def work() -> None:
        for number in range(MAILS):
            mail = Mail(f"Mail {number}", "Hello.", "<p>Hello.</p>")
            write_mail(mail, to=f"v{number}@prospect.example", kind="test", key=f"test:{number}", now=NOW)

    in_transaction(work)


def states() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Message.state).order_by(Message.id)))


def subjects(mail_server: MailServer) -> list[str]:
    return sorted(str(mail["Subject"]) for mail in mail_server.taken)


EACH_ONCE = [f"Mail {number}" for number in range(MAILS)]


def test_a_server_that_is_not_there_gets_each_mail_once_it_is(
    world: Flask, config: Config, mail_server: MailServer
) -> None:
    write()
    put_in_force(replace(config, smtp_url=f"smtp://localhost:{free_port()}"))
    assert deliver_due(NOW) == MAILS
    assert states() == [WAITING] * MAILS
    put_in_force(config)
    deliver_due(NOW + HOUR)
    assert states() == [DONE] * MAILS
    assert subjects(mail_server) == EACH_ONCE


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_what_is_put_off_comes_later_and_once(world: Flask, mail_server: MailServer, step: str) -> None:
    write()
    mail_server.says[step] = "451 4.7.1 Greylisted, come back later"
    for hours in range(3):
        deliver_due(NOW + hours * HOUR)
    assert states() == [WAITING] * MAILS
    mail_server.says.clear()
    deliver_due(NOW + 6 * HOUR)
    assert states() == [DONE] * MAILS
    assert subjects(mail_server) == EACH_ONCE


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_what_is_refused_for_good_is_shown_and_not_sent_again(
    world: Flask, mail_server: MailServer, step: str
) -> None:
    write()
    mail_server.says[step] = "550 5.1.1 No such user"
    deliver_due(NOW)
    mail_server.says.clear()
    assert deliver_due(NOW + HOUR) == 0
    assert states() == [FAILED] * MAILS
    errors = set(db.session.scalars(select(Message.error)))
    assert errors == {"MailRefused: The mail server refused: 550 5.1.1 No such user"}
    assert mail_server.taken == []


def test_a_mail_whose_taking_was_not_heard_comes_twice_rather_than_never_and_is_known_as_one(
    world: Flask, mail_server: MailServer
) -> None:
    write()
    mail_server.drops = 2
    deliver_due(NOW)
    assert sorted(states()) == [DONE] * (MAILS - 2) + [WAITING] * 2
    deliver_due(NOW + HOUR)
    assert states() == [DONE] * MAILS
    assert len(mail_server.taken) == MAILS + 2
    assert sorted(set(subjects(mail_server))) == EACH_ONCE
    assert len({mail["Message-ID"] for mail in mail_server.taken}) == MAILS


def test_a_server_that_dawdles_holds_nobody_up_for_longer_than_a_lease(
    world: Flask, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers after the patience is over: nothing is lost, and the mail comes when it is well again."""
    write()
    mail_server.dawdles = 0.5
    with monkeypatch.context() as impatient:
        impatient.setattr(smtp, "SECONDS", 0.1)
        deliver_due(NOW)
    assert states() == [WAITING] * MAILS
    mail_server.dawdles = 0
    deliver_due(NOW + HOUR)
    assert states() == [DONE] * MAILS
    assert set(subjects(mail_server)) == set(EACH_ONCE)
    assert len({mail["Message-ID"] for mail in mail_server.taken}) == MAILS
