"""The clock of the pages stands at the Monday of the factories."""

import pytest

from tests.factories import NOW
from website import clock


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
