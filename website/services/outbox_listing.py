"""The outbox as admins see it: what waits, what failed, and the mails that a site without a mail server keeps."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import Booking, Calendar, CalendarAccount, Message, User
from ..models.message import FAILED, GIVEN_UP, WAITING
from .listing import A_PAGE

_KEPT = Message.payload["kept"].as_boolean()
# Written for a later time, such as a reminder: nothing keeps it from being sent.
_PLANNED = and_(Message.state == WAITING, Message.attempts == 0, Message.due_at > Message.created_at)
_LATE = and_(Message.state == WAITING, or_(Message.attempts > 0, Message.due_at <= Message.created_at))
STATES: dict[str, ColumnElement[bool]] = {
    "all": or_(_LATE, Message.state.in_([FAILED, GIVEN_UP]), _KEPT),
    "waiting": _LATE,
    "planned": _PLANNED,
    "failed": Message.state == FAILED,
    "given_up": Message.state == GIVEN_UP,
    "kept": _KEPT,
}


def messages_in(state: str, page: int) -> tuple[list[Message], bool]:
    """A page of the messages in a state, newest first, and whether more follow. `state` is a key of `STATES`; pages
    count from 1."""
    about = joinedload(Message.booking).joinedload(Booking.link)
    wanted = select(Message).where(STATES[state]).order_by(Message.id.desc()).options(about)
    rows = list(db.session.scalars(wanted.limit(A_PAGE + 1).offset((page - 1) * A_PAGE)))
    return rows[:A_PAGE], len(rows) > A_PAGE


def failed_count() -> int:
    """How many messages wait for somebody to mend what keeps them."""
    return db.session.scalar(select(func.count()).select_from(Message).where(STATES["failed"])) or 0


def readers_of(messages: Collection[Message]) -> dict[int, str]:
    """Whom each message is for, by its number: an address, or the user of the calendar."""
    calendars = {message.id: message.payload.get("calendar") for message in messages}
    owners = _owners({number for number in calendars.values() if number is not None})
    return {
        message.id: message.payload.get("to") or owners.get(calendars[message.id], "") for message in messages
    }


def _owners(calendar_ids: Collection[int]) -> dict[int | None, str]:
    rows = db.session.execute(
        select(Calendar.id, User.name)
        .join(CalendarAccount, CalendarAccount.id == Calendar.account_id)
        .join(User, User.id == CalendarAccount.user_id)
        .where(Calendar.id.in_(calendar_ids))
    )
    return {row[0]: row[1] for row in rows}
