"""A round of the outbox ends before its first leases do: nobody else takes what is still to be delivered in it."""

from collections.abc import Iterator
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
def server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def config(config: Config, server: MailServer) -> Config:
    return replace(config, smtp_url=server.url())


@pytest.mark.rule("R32")
def test_a_round_in_which_each_mail_takes_long_leaves_the_rest_to_the_next(
    world: Flask, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        write_mail(Mail("Hello", "Hello", ""), to="ana@acme.example", kind="test", key=f"m{number}", now=NOW)
    db.session.commit()
    slow = SimpleNamespace(monotonic=lambda: 0.6 * ROUND_SECONDS * len(server.taken))
    monkeypatch.setattr(outbox, "time", slow)
    assert [deliver_due(NOW) for _ in range(4)] == [2, 2, 1, 0]
    assert len({mail["Message-ID"] for mail in server.taken}) == len(server.taken) == 5
