"""The messages of the outbox in words: what each is, how it stands, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ...models import Booking, Message
from ...models.message import FAILED, GIVEN_UP, WAITING
from ..languages import translated
from ..public.words import date_and_time

# What a message is about, by its kind.
KINDS = {
    "event_put": _l("A meeting for a calendar"),
    "event_remove": _l("A meeting to take out of a calendar"),
    "disconnect": _l("Access to give back"),
    "calendar_alarm": _l("A calendar needs attention"),
    "booking_confirmed": _l("A confirmation"),
    "booking_invitation": _l("An invitation"),
    "booking_host": _l("Word of a booking to its host"),
    "booking_changed": _l("A change of a booking"),
    "booking_handed": _l("A booking handed over"),
    "booking_cancelled": _l("A cancellation"),
    "reminder": _l("A reminder"),
    "forget_contact": _l("The rest of a person to forget"),
    "crm_meeting": _l("A meeting for the CRM"),
    "crm_over": _l("The end of a meeting, for the CRM"),
}
TONES = {WAITING: "warn", FAILED: "bad"}
WORDS = {WAITING: _l("Waiting"), FAILED: _l("Failed"), GIVEN_UP: _l("Given up")}
# What giving up means, by kind; any other message is a mail.
GIVING_UP = {
    "event_put": _l("The meeting will not be put into %(name)s’s calendar, or not be changed there."),
    "event_remove": _l("The meeting will not be taken out of %(name)s’s calendar."),
    "forget_contact": _l("What the meetings that were called off say of this person will stay."),
    "disconnect": _l("The access will not be given back. Whoever gave it can take it back at the provider."),
    "crm_meeting": _l("The CRM will not hear of the meeting, or not of what became of it."),
    "crm_over": _l("The CRM will not hear that the meeting took place."),
}
A_MAIL = _l("This mail will not be sent.")
# What to do, by the error that stands before the first colon.
REMEDIES = {
    "AccessRevoked": _l("The calendar’s owner has to reconnect the account; this is tried again then."),
    "CalendarMissing": _l("The calendar’s owner has to choose another calendar for bookings."),
    "CalendarReadOnly": _l("The calendar’s owner has to choose a calendar that may be written to."),
    "CalendarUnreachable": _l("There is nothing to do: it is tried again until the calendar answers."),
    "CrmLimited": _l("There is nothing to do: it is tried again, more and more slowly."),
    "CrmMissing": _l("Look whether the token is that of the right account."),
    "CrmRefused": _l(
        "Set a token that works, or give it the right it lacks: this is tried again within the hour."
    ),
    "CrmRejected": _l("Look at the booking: the CRM may not take its e-mail address. Or give it up."),
    "CrmTooSlow": _l("There is nothing to do: it is tried again until the CRM answers."),
    "CrmUnreachable": _l("There is nothing to do: it is tried again until the CRM answers."),
    "DeliveryError": _l("It is tried again. If that goes on, look at SMTP_URL and at the mail server."),
    "MailRefused": _l("Look whether the address is right. If it is, ask whoever runs the mail server."),
    "WrongKey": _l("Start the site with the SECRET_KEY that it had before."),
}
UNEXPECTED = _l("Something unexpected went wrong. The worker’s log says more; it is tried again.")
# What an empty list means, by the state that is looked at.
EMPTY = {
    "planned": _l("Nothing is planned for later."),
    "failed": _l("Nothing failed."),
    "given_up": _l("Nothing was given up."),
    "kept": _l("No mails are kept here."),
}
ALL_DELIVERED = _l("There is nothing here: all that was to be sent was sent.")


@dataclass(frozen=True, slots=True)
class Row:
    """A message in words; `facts` are pairs of a name and a text, `subject` and `text` those of a mail. `open`: it can
    be tried again now; `stoppable`: it can be given up."""

    id: int
    kind: str
    about: str
    tone: str
    state: str
    to: str
    facts: list[tuple[str, str]]
    error: str
    remedy: str
    subject: str
    text: str
    open: bool
    stoppable: bool


def row_of(message: Message, to: str, zone: str, now: datetime) -> Row:
    """How a message is shown to somebody in that zone; `to` is whom it is for."""
    error, remedy = _trouble(message)
    busy = message.leased(now)
    return Row(
        id=message.id,
        kind=str(KINDS.get(message.kind, message.kind)),
        about=_about(message.booking, zone),
        tone=TONES.get(message.state, "idle"),
        state=_("Being delivered") if busy else _state(message),
        to=to,
        facts=[(name, text) for name, text in _facts(message, zone, busy) if text],
        error=error,
        remedy=remedy if message.state in TONES else "",
        subject=message.payload.get("subject", ""),
        text=message.payload.get("text", ""),
        open=message.state in WORDS and not busy,
        stoppable=message.state in TONES and not busy,
    )


def cost_of_giving_up(message: Message, to: str) -> str:
    """What will not happen when the message is given up."""
    meaning = GIVING_UP.get(message.kind)
    values: Mapping[str, Any] = {"name": to or _("its owner")}
    return str(meaning) % values if meaning else str(A_MAIL)


def _state(message: Message) -> str:
    return str(WORDS.get(message.state, _("Kept here: this site sends no mail")))


def _about(booking: Booking | None, zone: str) -> str:
    if booking is None:
        return ""
    return f"{booking.link.title}, {booking.name}, {date_and_time(booking.start_at, zone)}"


def _facts(message: Message, zone: str, busy: bool) -> list[tuple[str, str]]:
    waits, stopped = message.state == WAITING and not busy, message.state == GIVEN_UP
    return [
        (_("Since"), date_and_time(message.created_at, zone)),
        (_("Attempts"), str(message.attempts or "")),
        (_("Next try"), date_and_time(message.due_at, zone) if waits else ""),
        (_("Given up"), date_and_time(message.done_at, zone) if stopped and message.done_at else ""),
    ]


def _trouble(message: Message) -> tuple[str, str]:
    """What went wrong, and what to do; what nobody expected is for the log, not for the page."""
    name, _colon, said = message.error.partition(": ")
    if not name:
        return "", ""
    remedy = REMEDIES.get(name)
    return (translated(said), str(remedy)) if remedy else (name, str(UNEXPECTED))
