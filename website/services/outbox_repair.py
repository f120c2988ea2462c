"""What admins do about a message that was not delivered: try it now, or give it up (R32)."""

import logging
from datetime import datetime

from sqlalchemy import select

from ..extensions import db
from ..models import Message, User
from ..models.message import FAILED, GIVEN_UP, WAITING
from .errors import NotAllowed, NothingLeftToDo, OnItsWay, UnknownMessage
from .transaction import in_transaction

log = logging.getLogger(__name__)

OPEN = (WAITING, FAILED, GIVEN_UP)


def open_message(message_id: int, now: datetime) -> Message:
    """A message that something can be done about. Raises UnknownMessage, NothingLeftToDo, OnItsWay."""
    return _checked(db.session.get(Message, message_id), now)


def retry(message_id: int, *, by: User, now: datetime) -> None:
    """Has the message delivered as soon as a worker is free, given up or not; its pauses begin short again.

    Raises NotAllowed, UnknownMessage, NothingLeftToDo, OnItsWay."""

    def work() -> None:
        message = _locked(message_id, by, now)
        message.state, message.due_at, message.attempts, message.done_at = WAITING, now, 0, None
        _tell(message, "retried", by)

    in_transaction(work)


def give_up(message_id: int, *, by: User, now: datetime) -> None:
    """Has the message delivered never; the row stays, with what went wrong. Again is no error.

    Raises NotAllowed, UnknownMessage, NothingLeftToDo, OnItsWay."""

    def work() -> None:
        message = _locked(message_id, by, now)
        message.state, message.done_at = GIVEN_UP, now
        _tell(message, "given up", by)

    in_transaction(work)


def _locked(message_id: int, by: User, now: datetime) -> Message:
    if not by.is_admin:
        raise NotAllowed
    return _checked(db.session.scalar(select(Message).where(Message.id == message_id).with_for_update()), now)


def _checked(message: Message | None, now: datetime) -> Message:
    if message is None:
        raise UnknownMessage
    if message.state not in OPEN:
        raise NothingLeftToDo
    if message.leased(now):
        raise OnItsWay
    return message


def _tell(message: Message, what: str, by: User) -> None:
    log.info("message %s (%s) was %s by user %s", message.id, message.kind, what, by.id)
