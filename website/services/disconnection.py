"""Giving back the access to an account that nobody has linked any more, by the outbox (R32)."""

from datetime import datetime

from sqlalchemy import func, select

from ..config import in_force
from ..extensions import db, vault
from ..models import CalendarAccount, Message
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.base import CalendarProvider
from ..providers.calendars.errors import AccessRevoked
from ..providers.calendars.records import Account
from .effect import Effect

CHANNEL = KIND = "disconnect"
DEADLINE_SECONDS = 30.0


def give_back(account: CalendarAccount, now: datetime) -> None:
    """Writes the message that disconnects an account which is just being removed; the secret travels encrypted.
    Nothing is written where nothing was granted by signing in. Inside a transaction."""
    if CALENDAR_PROVIDERS[account.kind].sign_in is None:
        return
    payload = {"kind": account.kind, "subject": account.subject, "secret": vault.lock(account.secret)}
    message = Message(
        key=f"{KIND}:{account.id}:{now.isoformat()}",
        channel=CHANNEL,
        kind=KIND,
        payload=payload,
        due_at=now,
        created_at=now,
    )
    db.session.add(message)


def prepare(message: Message, now: datetime) -> Effect | None:
    """Gives the access back, unless somebody has linked the same account: that would lose it too."""
    kind, subject = message.payload["kind"], message.payload["subject"]
    message_id = message.id
    if _linked(kind, subject):
        return Effect(lambda: None, in_database=True, keep=lambda _: _forget(message_id))
    provider = CALENDAR_PROVIDERS[kind]
    account = Account(
        kind=kind,
        secret=vault.unlock(message.payload["secret"]),
        timezone="UTC",
        allow_private=in_force().allow_private_urls,
    )
    return Effect(lambda: _disconnect(provider, account), keep=lambda _: _forget(message_id))


def _linked(kind: str, subject: str) -> bool:
    same = (CalendarAccount.kind == kind, CalendarAccount.subject == subject)
    return bool(db.session.scalar(select(func.count()).select_from(CalendarAccount).where(*same)))


def _disconnect(provider: CalendarProvider, account: Account) -> None:
    try:
        provider.disconnect(account, DEADLINE_SECONDS)
    except AccessRevoked:
        return  # there is nothing left to give back


def _forget(message_id: int) -> None:
    """The secret has served its purpose."""
    message = db.session.get_one(Message, message_id)
    message.payload = {"kind": message.payload["kind"]}
