"""Another time for a booking: chosen, confirmed, moved (R35). It works with plain links and forms alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ...models import Booking
from ...services.availability import Scene
from ...services.booking import booking_by_token
from ...services.change import check_changeable, may_change_host, scene_of_change
from ...services.deciding import fresh_times
from ...services.errors import AlreadyOver, SlotTaken, TooLate
from ...services.own_events import hidden_by
from ...services.reschedule import reschedule as move_booking
from ...tokens import BadToken, signer
from ..limits import CHANGES, limited
from ..responses import in_history, see_other
from .asked import Asked, asked_to_move
from .invitee import changed, invitee_page, write_address
from .link_page import come_back_later
from .month import slot_grid
from .moving import addresses, around, last_step, near_by, wants_anybody
from .news import page_after
from .parameters import slot_start


def show(token: str) -> ResponseReturnValue:
    booking = booking_by_token(token)
    question = asked_to_move(booking)
    if not _changeable(booking, question):
        return _page(booking, question, "no_change")
    grid = slot_grid(question, _scene(booking, question))
    return _page(booking, question, "reschedule", grid=grid)


def slots(token: str) -> ResponseReturnValue:
    """The part of the page that changes with the month, the day and the zone."""
    booking = booking_by_token(token)
    question = asked_to_move(booking)
    check_changeable(booking, None, question.now)
    grid = slot_grid(question, _scene(booking, question))
    part = render_template(
        "public/booking_page/_slots.html", grid=grid, write_address=write_address(booking),
        **addresses(question, _grid(booking)),
    )  # fmt: skip
    return in_history(part)


def confirm(token: str) -> ResponseReturnValue:
    """From which time to which, before anything happens."""
    booking = booking_by_token(token)
    question = asked_to_move(booking)
    start = slot_start(request.args.get("slot", ""), question.now)
    if not _changeable(booking, question):
        return _page(booking, question, "no_change")
    fresh = fresh_times(_scene(booking, question), start)
    if fresh is not None and start != booking.start_at:
        return _confirm(booking, question, start, 409, _("This time is not free any more."), fresh)
    return _confirm(booking, question, start, 200)


def _too_often(_limit: object) -> Response | None:
    """The time that was chosen is kept."""
    if not request.form.get("slot"):
        return None
    booking = booking_by_token(str((request.view_args or {})["token"]))
    question = asked_to_move(booking)
    start = slot_start(request.form["slot"], question.now)
    return _confirm(booking, question, start, 429, come_back_later())[0]


@limited(CHANGES, methods=["POST"], deduct_when=changed, on_breach=_too_often)
def move(token: str) -> ResponseReturnValue:
    booking = booking_by_token(token)
    question = asked_to_move(booking)
    if not request.form.get("slot"):
        return _choose_a_time(booking, question)
    start = slot_start(request.form["slot"], question.now)
    try:
        nonce = signer.read_change(request.form.get("token", ""), booking.id, question.now)
        move_booking(
            booking.id, start, by=None, any_host=_any_host(booking), nonce=nonce, now=question.now,
            timezone=question.timezone,
        )  # fmt: skip
    except BadToken:
        return _confirm(
            booking, question, start, 400, _("This form has expired. Look at it and send it again.")
        )
    except SlotTaken as taken:
        message = _("This time was just taken. Choose another one; until then nothing is changed.")
        return _confirm(booking, question, start, 409, message, taken.alternatives)
    except (AlreadyOver, TooLate):
        return _page(booking, question, "no_change"), 409
    return see_other(page_after(booking, "moved"))


def _choose_a_time(booking: Booking, question: Asked) -> ResponseReturnValue:
    """The form came without a time: times are shown to choose from."""
    start, others = near_by(booking, question, _scene(booking, question))
    return _confirm(booking, question, start, 422, _("Choose a time."), others)


def _changeable(booking: Booking, question: Asked) -> bool:
    try:
        check_changeable(booking, None, question.now)
    except (AlreadyOver, TooLate):
        return False
    return True


def _any_host(booking: Booking) -> bool:
    return may_change_host(booking) and wants_anybody()


def _scene(booking: Booking, question: Asked) -> Scene:
    return scene_of_change(
        booking, by=None, any_host=_any_host(booking), now=question.now, beside=hidden_by(booking)
    )


def _confirm(
    booking: Booking,
    question: Asked,
    start: datetime,
    status: int,
    message: str = "",
    alternatives: Sequence[datetime] | None = None,
) -> tuple[Response, int]:
    values = last_step(booking, question, start, alternatives)
    return _page(booking, question, "confirm", message=message, **values), status


def _page(booking: Booking, question: Asked, name: str, **values: Any) -> Response:
    choice, anybody = may_change_host(booking), _any_host(booking)
    shown = around(booking, question, _grid(booking), choice=choice, anybody=anybody)
    return invitee_page(booking, f"public/booking/{name}.html", question.timezone, **shown, **values)


def _grid(booking: Booking) -> str:
    return url_for("booking.reschedule", token=booking.token)
