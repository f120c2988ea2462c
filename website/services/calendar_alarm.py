"""Telling people that a calendar keeps a rep from being booked: the rep at once, admins after a day (R12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from ..config import in_force
from ..extensions import db
from ..mails import render
from ..models import Calendar, CalendarAccount, Message, User
from ..models.message import WAITING
from ..sentences import gettext_noop
from .calendar_state import AccountState, account_state
from .email import write_mail
from .transaction import in_transaction

KIND = "calendar_alarm"
# What the mail to the rep is about, by state. Sentences for translation.
SUBJECTS = {
    "broken": gettext_noop("Reconnect your calendar: you are not offered until you do"),
    "missing": gettext_noop("A calendar of yours is gone: you are not offered"),
    "stale": gettext_noop("Your calendar does not answer: you are not offered"),
    "silent": gettext_noop("Your calendar does not answer: you are not offered"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A time to tell of trouble, counted from its beginning: the rep, and `admins` too."""

    after: timedelta
    admins: bool = False


# `CalendarAccount.told` counts the stages that are done.
STAGES = (
    Stage(timedelta(0)),
    Stage(timedelta(days=1), admins=True),
    Stage(timedelta(days=3)),
    Stage(timedelta(days=7)),
)


def due_stages(told: int, since: datetime, now: datetime) -> tuple[Stage, ...]:
    """The stages whose time has come, of trouble that began at `since`, when the first `told` are done."""
    return tuple(stage for stage in STAGES[told:] if now - since >= stage.after)


def tell_due(now: datetime) -> int:
    """Writes the mails that are due about accounts in trouble, and returns how many; the worker calls this again and
    again. An account that works again is forgotten: its next trouble is told from the start."""
    due = [account.id for account in _watched() if _has_changed(account, now)]
    return sum(in_transaction(lambda number=number: _tell(number, now)) for number in due)  # type: ignore[misc]


def calm(account: CalendarAccount) -> None:
    """The trouble is over: mails about it that are still waiting are not sent. Inside a transaction."""
    account.told = 0
    mails = (Message.lane.startswith(_lane(account), autoescape=True), Message.state == WAITING)
    db.session.execute(delete(Message).where(*mails, Message.lease_until.is_(None)))


def _lane(account: CalendarAccount) -> str:
    return f"{KIND}:{account.id}:"


def _watched() -> Iterable[CalendarAccount]:
    """The accounts of which there may be something to tell: few, so that this can be asked all the time."""
    calendar_fails = or_(
        Calendar.missing_at.is_not(None), Calendar.error != "", CalendarAccount.failing_since.is_not(None)
    )
    fails = CalendarAccount.calendars.any(Calendar.conflicts & calendar_fails)
    return db.session.scalars(
        select(CalendarAccount)
        .join(User)
        .where(User.active, or_(CalendarAccount.told > 0, CalendarAccount.broken, fails))
    ).all()


def _has_changed(account: CalendarAccount, now: datetime) -> bool:
    since = account_state(account, now).known.since
    return account.told > 0 if since is None else bool(due_stages(account.told, since, now))


def _tell(account_id: int, now: datetime) -> int:
    account = db.session.get(CalendarAccount, account_id, with_for_update=True)
    if account is None:
        return 0
    state = account_state(account, now)
    if state.known.since is None:
        calm(account)
        return 0
    stages = due_stages(account.told, state.known.since, now)
    account.told += len(stages)
    readers = [account.user] if stages else []
    if any(stage.admins for stage in stages):
        readers += _admins_beside(account.user)
    for reader in readers:
        _write(state, reader, now)
    return len(readers)


def _admins_beside(user: User) -> list[User]:
    found = select(User).where(User.active, User.role == "admin", User.id != user.id)
    return list(db.session.scalars(found.order_by(User.id)))


def _write(state: AccountState, reader: User, now: datetime) -> None:
    account, known = state.account, state.known
    own = reader.id == account.user_id
    mail = render(
        "calendar_alarm" if own else "calendar_alarm_admin",
        timezone=reader.timezone,
        language=reader.language,
        subject=SUBJECTS[known.state],
        reader=reader,
        state=state,
        now=now,
        base=in_force().base_url,
    )
    key = f"{_lane(account)}{reader.id}"
    write_mail(
        mail,
        to=reader.email,
        kind=KIND,
        key=f"{key}:{known.since}:{account.told}",
        lane=key,
        now=now,
    )
