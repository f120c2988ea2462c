"""Bookings: listed, and each with a page of its own (R36)."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ... import clock
from ...models import Booking
from ...scheduling.places import PLACES
from ...services.booking_rights import may_mark
from ...services.decline import can_decline
from ...services.event_look import findings_of
from ...services.listing import bookings_of
from ..access import me, sees_booking, signed_in
from .booking_words import answers_of, events_of, history_of
from .lists import page_asked, words_asked
from .rows import booking_row, booking_rows

STATES = ("coming", "past", "cancelled")


@signed_in
def index() -> ResponseReturnValue:
    state, page, words = request.args.get("state", "coming"), page_asked(), words_asked()
    if state not in STATES:
        abort(404)
    mine = me().is_admin and request.args.get("whose") == "mine"
    found, more = bookings_of(me(), state, clock.now(), page, words=words, mine=mine)
    kept = {name: value for name, value in (("q", words), ("whose", "mine" if mine else "")) if value}
    return render_template(
        "workspace/bookings/index.html",
        state=state,
        rows=booking_rows(found, me()),
        words=words,
        mine=mine,
        kept=urlencode(kept),
        page=page,
        more=more,
    )


@sees_booking
def show(booking: Booking) -> ResponseReturnValue:
    place = booking.link.place
    return render_template(
        "workspace/bookings/show.html",
        booking=booking,
        row=booking_row(booking, me(), findings_of([booking]).get(booking.id)),
        place=place.get("value") or _(PLACES[place.get("kind", "")].label),
        answers=answers_of(booking),
        events=events_of(booking),
        changes=history_of(booking, me()),
        doors=doors_of(booking),
    )


@dataclass(frozen=True, slots=True)
class Door:
    """A page on which a booking is changed."""

    page: str
    label: str
    danger: bool = False


def doors_of(booking: Booking) -> list[Door]:
    """What the reader can do with a booking at present."""
    if not booking.confirmed:
        return []
    if booking.start_at <= clock.now():
        label = _("The invitee came after all") if booking.no_show else _("Mark as a no-show")
        return [Door("no-show", label)] if may_mark(booking, me()) else []
    doors = [
        Door("reschedule", _("Reschedule")),
        Door("hand-over", _("Hand over")),
        Door("decline", _("Decline and re-route")),
        Door("cancel", _("Cancel the meeting"), danger=True),
    ]
    return [door for door in doors if door.page != "decline" or can_decline(booking)]
