"""E-mails: written in the transaction that causes them, sent by the outbox (R32)."""

from datetime import datetime

from ..config import in_force
from ..extensions import db
from ..mails import Mail
from ..models import Message
from ..providers.delivery.email import Letter, send
from .effect import Effect

CHANNEL = "email"


def write_mail(mail: Mail, *, to: str, kind: str, key: str, now: datetime, lane: str = "") -> None:
    """Adds a mail to the outbox, to be sent as it is now; `key` makes it once. Inside a transaction."""
    payload = {"to": to, "subject": mail.subject, "text": mail.text, "html": mail.html}
    message = Message(
        key=key, lane=lane, channel=CHANNEL, kind=kind, payload=payload, due_at=now, created_at=now
    )
    db.session.add(message)


def prepare(message: Message, now: datetime) -> Effect:
    """Sending the mail; where the site has no mail server it is kept, to be read on the page of the outbox."""
    config, message_id = in_force(), message.id
    if not config.smtp_url:
        return Effect(lambda: None, in_database=True, keep=lambda _: _keep(message_id))
    letter = Letter(
        key=message.key,
        sender=config.mail_from,
        to=message.payload["to"],
        subject=message.payload["subject"],
        text=message.payload["text"],
        html=message.payload["html"],
        written_at=message.created_at,
    )
    return Effect(lambda: send(letter, config.smtp_url))


def _keep(message_id: int) -> None:
    message = db.session.get_one(Message, message_id)
    message.payload = message.payload | {"kept": True}
