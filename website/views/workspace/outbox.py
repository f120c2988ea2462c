"""What could not be delivered yet, or at all, and the mails of a site that sends none: for admins (R32)."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ...models import Message
from ...models.message import FAILED, WAITING
from ...services.outbox_listing import STATES, messages_in, readers_of
from ..access import admin_only, me
from ..public.asked import local
from ..public.words import clock_time, full_date
from .lists import page_asked

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
}
TONES = {WAITING: "warn", FAILED: "bad"}
WORDS = {WAITING: _l("Waiting"), FAILED: _l("Failed")}


@dataclass(frozen=True, slots=True)
class Row:
    """A message in words; `subject` and `text` are those of a mail."""

    kind: str
    tone: str
    state: str
    to: str
    written: str
    next_try: str
    attempts: int
    error: str
    subject: str
    text: str


@admin_only
def index() -> ResponseReturnValue:
    state, page = request.args.get("state", "all"), page_asked()
    if state not in STATES:
        abort(404)
    found, more = messages_in(state, page)
    readers = readers_of(found)
    rows = [_row(message, readers.get(message.id, ""), me().timezone) for message in found]
    return render_template("workspace/outbox.html", rows=rows, state=state, page=page, more=more)


def _row(message: Message, to: str, zone: str) -> Row:
    mail = message.payload
    return Row(
        kind=str(KINDS.get(message.kind, message.kind)),
        tone=TONES.get(message.state, "idle"),
        state=str(WORDS.get(message.state, _("Kept here: this site sends no mail"))),
        to=to,
        written=_moment(message.created_at, zone),
        next_try=_moment(message.due_at, zone) if message.state == WAITING else "",
        attempts=message.attempts,
        error=message.error,
        subject=mail.get("subject", ""),
        text=mail.get("text", ""),
    )


def _moment(at: datetime, zone: str) -> str:
    there = local(at, zone)
    return f"{full_date(there.date())}, {clock_time(there)}"
