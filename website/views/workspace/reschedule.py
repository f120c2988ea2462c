"""Another time for a booking, chosen by its host on the grid that the invitee has (R35, R36)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ...models import Booking
from ...services.availability import Scene
from ...services.change import check_changeable, scene_of_change
from ...services.deciding import fresh_times
from ...services.decline import can_decline
from ...services.errors import AlreadyOver, SlotTaken
from ...services.own_events import hidden_by
from ...services.reschedule import reschedule as move_booking
from ...tokens import BadToken, signer
from ..access import me, sees_booking
from ..public.asked import Asked, asked_to_move
from ..public.month import slot_grid
from ..public.moving import addresses, around, last_step, near_by, wants_anybody
from ..public.parameters import slot_start
from ..responses import in_history, see_other
from .refusals import refusal
from .rows import booking_row


@sees_booking
def show(booking: Booking) -> ResponseReturnValue:
    question = _asked(booking)
    closed = _closed(booking, question)
    grid = None if closed else slot_grid(question, _scene(booking, question))
    return _page(booking, question, "reschedule", closed=closed, grid=grid)


@sees_booking
def slots(booking: Booking) -> ResponseReturnValue:
    """The part of the page that changes with the month, the day and the zone."""
    question = _asked(booking)
    check_changeable(booking, me(), question.now)
    grid = slot_grid(question, _scene(booking, question))
    part = render_template(
        "public/booking_page/_slots.html", grid=grid, **addresses(question, _grid(booking))
    )
    return in_history(part)


@sees_booking
def confirm(booking: Booking) -> ResponseReturnValue:
    """From which time to which, before anything happens; without a time, the grid to choose one from."""
    question = _asked(booking)
    closed = _closed(booking, question)
    if closed or not request.args.get("slot"):
        return _page(booking, question, "reschedule", closed=closed, grid=None)
    start = slot_start(request.args["slot"], question.now)
    fresh = fresh_times(_scene(booking, question), start)
    if fresh is not None and start != booking.start_at:
        return _confirm(booking, question, start, _("This time is not free any more."), fresh), 409
    return _confirm(booking, question, start)


@sees_booking
def move(booking: Booking) -> ResponseReturnValue:
    question = _asked(booking)
    if not request.form.get("slot"):
        near, others = near_by(booking, question, _scene(booking, question))
        return _confirm(booking, question, near, _("Choose a time."), others), 422
    start = slot_start(request.form["slot"], question.now)
    try:
        nonce = signer.read_change(request.form.get("token", ""), booking.id, question.now)
        any_host = _any_host(booking)
        move_booking(booking.id, start, by=me(), any_host=any_host, nonce=nonce, now=question.now)
    except BadToken:
        problem = _("This form has expired. Look at it and send it again.")
        return _confirm(booking, question, start, problem), 400
    except SlotTaken as taken:
        problem = _("This time was just taken. Choose another one; until then nothing is changed.")
        return _confirm(booking, question, start, problem, taken.alternatives), 409
    except AlreadyOver as refused:
        return _page(booking, question, "reschedule", closed=refusal(refused), grid=None), 409
    return see_other(f"/bookings/{booking.id}?said=moved")


def _asked(booking: Booking) -> Asked:
    return asked_to_move(booking, zone=me().timezone)


def _closed(booking: Booking, question: Asked) -> str:
    """Why there is no other time, empty while there may be one."""
    try:
        check_changeable(booking, me(), question.now)
    except AlreadyOver as refused:
        return refusal(refused)
    return ""


def _any_host(booking: Booking) -> bool:
    return can_decline(booking) and wants_anybody()


def _scene(booking: Booking, question: Asked) -> Scene:
    beside = hidden_by(booking)
    return scene_of_change(booking, by=me(), any_host=_any_host(booking), now=question.now, beside=beside)


def _confirm(
    booking: Booking,
    question: Asked,
    start: datetime,
    problem: str = "",
    alternatives: Sequence[datetime] | None = None,
) -> str:
    values = last_step(booking, question, start, alternatives)
    return _page(booking, question, "confirm", problem=problem, **values)


def _page(booking: Booking, question: Asked, name: str, **values: Any) -> str:
    choice, anybody = can_decline(booking), _any_host(booking)
    shown = around(booking, question, _grid(booking), choice=choice, anybody=anybody)
    row = booking_row(booking, me())
    return render_template(f"workspace/bookings/{name}.html", booking=booking, row=row, **shown, **values)


def _grid(booking: Booking) -> str:
    return f"/bookings/{booking.id}/reschedule"
