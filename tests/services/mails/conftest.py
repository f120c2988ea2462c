"""A site that sends its mail to a server which takes it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.diary import Diary, diaries
from tests.peers.smtp import MailServer
from website.config import Config


@pytest.fixture
def post(mail_server: MailServer) -> MailServer:
    return mail_server


@pytest.fixture
def config(config: Config, post: MailServer) -> Config:
    return replace(config, smtp_url=post.url(), base_url="https://meet.acme.example")


@pytest.fixture
def diary() -> Iterator[Diary]:
    with diaries() as provider:
        yield provider
