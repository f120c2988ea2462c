"""The organisation's row: its name, and where everybody queues who changes the team."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..models import Organisation
from .link import organisation_zone
from .transaction import in_transaction

Result = TypeVar("Result")


def organisation_name() -> str:
    """What the organisation is called; empty before anybody said so."""
    organisation = db.session.get(Organisation, 1)
    return organisation.name if organisation else ""


def in_turn(work: Callable[[], Result]) -> Result:
    """Runs `work` in a transaction beside which no other one changes the team: a check in it still holds at its end.

    It runs once more when somebody was a moment faster, who did not queue here.
    """

    def queued() -> Result:
        _lock()
        return work()

    try:
        return in_transaction(queued)
    except IntegrityError:
        return in_transaction(queued)


def _lock() -> None:
    """Holds the row until the transaction ends. The first one makes it: the others then wait at its key."""
    if db.session.get(Organisation, 1, with_for_update=True) is None:
        db.session.add(Organisation(id=1, name="Our team", timezone=organisation_zone()))
        db.session.flush()
