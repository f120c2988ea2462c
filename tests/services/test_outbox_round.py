"""A round of the outbox ends before its first leases do: nobody else takes what is still to be delivered in it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from flask import Flask

from tests.factories import NOW
from tests.peers.smtp import MailServer
from website.config import Config
from website.extensions import db
from website.mails import Mail
from website.services import outbox
from website.services.email import write_mail
from website.services.outbox import ROUND_SECONDS, deliver_due


@pytest.fixture
def config(config: Config, mail_server: MailServer) -> Config:
    return replace(config, smtp_url=mail_server.url())


@pytest.mark.rule("R32")
def test_a_round_in_which_each_mail_takes_long_leaves_the_rest_to_the_next(
    world: Flask, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        write_mail(Mail("Hello", "Hello", ""), to="ana@acme.example", kind="test", key=f"m{number}", now=NOW)
    db.session.commit()
    slow = SimpleNamespace(monotonic=lambda: 0.6 * ROUND_SECONDS * len(mail_server.taken))
    monkeypatch.setattr(outbox, "time", slow)
    assert [deliver_due(NOW) for _ in range(4)] == [2, 2, 1, 0]
    assert len({mail["Message-ID"] for mail in mail_server.taken}) == len(mail_server.taken) == 5
