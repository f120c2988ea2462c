"""What hosts do with a booking, each on a page that asks first: hand over, decline, cancel, no-show (R36)."""

from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ... import clock
from ...forms.booking import CancelForm
from ...models import Booking
from ...services.booking_rights import may_change, may_hand_over, may_mark
from ...services.cancellation import cancel_by_host
from ...services.decline import can_decline
from ...services.decline import decline as decline_booking
from ...services.errors import (
    AlreadyHosts,
    AlreadyOver,
    HostNotFree,
    NobodyFree,
    NotAllowed,
    NotEligible,
    UnknownUser,
)
from ...services.handover import candidates
from ...services.handover import hand_over as hand_over_booking
from ...services.no_show import mark_came, mark_no_show
from ..access import me, sees_booking
from ..numbers import row_number
from ..responses import see_other
from .refusals import refusal, standing_of
from .rows import booking_row


@sees_booking
def hand_over(booking: Booking) -> ResponseReturnValue:
    places = [host for host in booking.hosts if may_hand_over(booking, host.user_id, me())]
    if request.method != "POST":
        return _hand_over_page(booking, places)
    former, taker = _chosen("from"), _chosen("to")
    if former is None or taker is None:
        return _hand_over_page(booking, places, _("Choose who takes the meeting.")), 422
    try:
        hand_over_booking(booking.id, taker, from_user_id=former, by=me(), now=clock.now())
    except (HostNotFree, NotEligible, AlreadyHosts, AlreadyOver, UnknownUser) as refused:
        return _hand_over_page(booking, places, refusal(refused)), 409
    return _back_to(booking, "handed_over")


def _chosen(name: str) -> int | None:
    """The user who was chosen, None for nobody who could be one."""
    try:
        return row_number(request.form.get(name, ""))
    except ValueError:
        return None


def _hand_over_page(booking: Booking, places: list[Any], problem: str = "") -> str:
    known = candidates(booking, clock.now()) if _closed(booking) == "" else []
    return _page(
        booking, "hand_over", problem,
        places=places, able=[one for one in known if one.able], chosen=_chosen("to"),
        others=[(one.name, standing_of(one)) for one in known if not one.able],
    )  # fmt: skip


@sees_booking
def decline(booking: Booking) -> ResponseReturnValue:
    if not can_decline(booking):
        abort(404)
    form = CancelForm(request.form)
    if request.method != "POST":
        return _page(booking, "decline", form=form)
    if not form.validate():
        return _page(booking, "decline", form=form), 422
    try:
        decline_booking(booking.id, by=me(), reason=form.reason.data or "", now=clock.now())
    except NobodyFree as refused:
        return _page(booking, "decline", refusal(refused), form=form, nobody=True), 409
    except AlreadyOver as refused:
        return _page(booking, "decline", refusal(refused), form=form), 409
    return _back_to(booking, "declined")


@sees_booking
def cancel(booking: Booking) -> ResponseReturnValue:
    form = CancelForm(request.form)
    if request.method != "POST":
        return _page(booking, "cancel", form=form)
    if not form.validate():
        return _page(booking, "cancel", form=form), 422
    try:
        cancel_by_host(booking.id, reason=form.reason.data or "", by=me(), now=clock.now())
    except AlreadyOver as refused:
        return _page(booking, "cancel", refusal(refused), form=form), 409
    return _back_to(booking, "cancelled")


@sees_booking
def no_show(booking: Booking) -> ResponseReturnValue:
    if not may_mark(booking, me()):
        raise NotAllowed
    if request.method != "POST":
        return _page(booking, "no_show", begun=booking.start_at <= clock.now())
    mark = mark_came if request.form.get("came") == "yes" else mark_no_show
    mark(booking.id, by=me(), now=clock.now())
    return _back_to(booking, "saved")


def _closed(booking: Booking) -> str:
    """Why nothing can be changed any more, empty while it can."""
    if not booking.confirmed:
        return str(_("This meeting was cancelled."))
    return (
        _("This meeting has begun: it can no longer be changed.") if booking.start_at <= clock.now() else ""
    )


def _page(booking: Booking, name: str, problem: str = "", **values: Any) -> str:
    return render_template(
        f"workspace/bookings/{name}.html",
        booking=booking,
        row=booking_row(booking, me()),
        closed=_closed(booking),
        problem=problem,
        **values,
    )


def _back_to(booking: Booking, done: str) -> ResponseReturnValue:
    """To the booking's page, or to the list for who gave it away; `done` is the word for what was done."""
    page = f"/bookings/{booking.id}" if may_change(booking, me()) else "/bookings"
    return see_other(f"{page}?said={done}")
