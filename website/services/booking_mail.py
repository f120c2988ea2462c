"""Mails about a booking: a row for each letter, put into words when it is delivered (R32, R34).

The row keeps what was true when it was written, so that each mail tells of its own change, however late it goes.
What came to be in the meantime, such as a video meeting, is in it all the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from ..config import in_force
from ..extensions import db
from ..mails import Mail
from ..models import Booking, BookingEvent, Message
from ..models.message import WAITING
from ..providers.delivery.email import Letter, send
from ..sentences import gettext_noop
from .booking_mail_text import calendar_part, mail_of, reply_to, sender_name
from .booking_readers import Reader
from .effect import Effect, Unwanted
from .meeting import hosts_of, place_of

CHANNEL = "booking_mail"
# A video meeting that a provider still makes is waited for, but the mail is not kept back longer than this.
LONGEST_WAIT, PAUSE = timedelta(minutes=2), timedelta(seconds=5)
OVERTAKEN = gettext_noop("The meeting was moved or called off.")


@dataclass(frozen=True, slots=True)
class MailKind:
    """A kind of mail. `awaits_video`: it names the place, so it waits for a video meeting; `timely`: it is about the
    booking as it stands, and is dropped once that changed."""

    awaits_video: bool = False
    timely: bool = False


MAIL_KINDS = {
    "booking_confirmed": MailKind(awaits_video=True),
    "booking_invitation": MailKind(awaits_video=True),
    "booking_host": MailKind(awaits_video=True),
    "booking_changed": MailKind(awaits_video=True),
    "booking_handed": MailKind(),
    "booking_cancelled": MailKind(),
    "reminder": MailKind(timely=True),
}


def message_for(booking: Booking, kind: str, reader: Reader, now: datetime, **facts: Any) -> Message:
    """The row of one mail, due at once; `kind` is a key of `MAIL_KINDS`, `facts` are plain JSON: what its text
    needs to know of a change. `method` among them is that of its calendar text. Not added to the session."""
    snapshot = {
        "to": reader.address,
        "role": reader.role,
        "user": reader.user_id,
        "method": "",
        "sequence": booking.sequence,
        "start": booking.start_at.isoformat(),
        "end": booking.end_at.isoformat(),
        "hosts": hosts_of(booking),
    }
    address = reader.address.lower()
    return Message(
        key=f"{kind}:{booking.uid}:{booking.sequence}:{address}",
        # A reader hears of changes in their order.
        lane=f"mail:{booking.uid}:{address}",
        booking=booking,
        channel=CHANNEL,
        kind=kind,
        payload=snapshot | facts,
        due_at=now,
        created_at=now,
    )


def prepare(message: Message, now: datetime) -> Effect:
    """Sending the mail, or keeping it where the site has no mail server. Raises Unwanted for a reminder of what is
    no longer so (R37)."""
    booking, kind = message.booking, MAIL_KINDS[message.kind]
    assert booking is not None  # noqa: S101  (every row of this channel has one)
    if kind.timely and not (booking.confirmed and booking.sequence == message.payload["sequence"]):
        raise Unwanted(OVERTAKEN)
    if kind.awaits_video and now < message.created_at + LONGEST_WAIT and _video_is_being_made(booking):
        return Effect(lambda: None, in_database=True, keep=_awaiting(message.id))
    mail, config = mail_of(message, booking), in_force()
    if not config.smtp_url:
        return Effect(lambda: None, in_database=True, keep=_keeping(message.id, mail))
    letter = _letter(message, booking, mail, now)
    return Effect(lambda: send(letter, config.smtp_url))


def _letter(message: Message, booking: Booking, mail: Mail, now: datetime) -> Letter:
    return Letter(
        key=message.key,
        sender=in_force().mail_from,
        to=message.payload["to"],
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        written_at=message.created_at,
        sender_name=sender_name(message.payload, booking),
        reply_to=reply_to(message.payload, booking),
        calendar=calendar_part(message.payload, booking, now),
    )


def _video_is_being_made(booking: Booking) -> bool:
    if not booking.confirmed or booking.meeting_url or not place_of(booking).video:
        return False
    return any(_makes_video(event) and _is_on_its_way(event) for event in booking.events)


def _makes_video(event: BookingEvent) -> bool:
    return event.wanted and event.invites and event.calendar is not None and event.calendar.meets


def _is_on_its_way(event: BookingEvent) -> bool:
    lane = f"{event.booking.uid}:{event.calendar_id}"
    waiting = select(Message.id).where(Message.lane == lane, Message.state == WAITING)
    return db.session.scalars(waiting.limit(1)).first() is not None


def _awaiting(message_id: int) -> Callable[[None], timedelta]:
    """Waiting is no failed attempt: it must not make the pauses after real ones longer."""

    def keep(_: None) -> timedelta:
        db.session.get_one(Message, message_id).attempts = 0
        return PAUSE

    return keep


def _keeping(message_id: int, mail: Mail) -> Callable[[None], None]:
    """Keeps the mail's words with the message, for the page of the outbox."""

    def keep(_: None) -> None:
        message = db.session.get_one(Message, message_id)
        message.payload = message.payload | {"kept": True, "subject": mail.subject, "text": mail.text}

    return keep
