"""A site whose users link accounts of the stand-in for Google."""

import pytest

from tests.peers.google import Google
from tests.peers.google_links import with_google
from website.config import Config


@pytest.fixture
def config(config: Config, google: Google) -> Config:
    return with_google(config, google)
