"""What applying a workspace file changes, said as it happens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..extensions import db
from ..models import User
from .staying import left_behind


class Changes:
    """The lines that were said so far."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._told: list[Any] = []

    def say(self, line: str) -> None:
        """Says a line."""
        self.said.append(line)

    def store(self, row: Any, name: str) -> None:
        """Stores a row, and says that it was added or changed, if it was."""
        if row not in db.session:
            db.session.add(row)
            self._tell(row, f"added {name}")
        elif db.session.is_modified(row):
            self.changed(row, name)
        db.session.flush()

    def changed(self, row: Any, name: str) -> None:
        """Says that a row was changed, unless it was told of already."""
        if row not in self._told:
            self._tell(row, f"changed {name}")

    def _tell(self, row: Any, line: str) -> None:
        self._told.append(row)
        self.say(line)


def update(row: Any, values: Mapping[str, Any]) -> None:
    """Sets what is not so already."""
    for field, value in values.items():
        if getattr(row, field) != value:
            setattr(row, field, value)


def say_what_is_left(user: User, changes: Changes, now: datetime) -> None:
    """Says how many coming bookings somebody who was just deactivated still hosts, and where they are handed over
    (R42)."""
    count = left_behind([user.id], now).get(user.id, 0)
    if count:
        some = "1 coming booking is" if count == 1 else f"{count} coming bookings are"
        changes.say(f"user {user.email}: {some} left to hand over at /team/{user.id}/leave")
