"""A booking, for its invitee."""

from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ... import clock
from ...forms.booking import CancelForm
from ...models import Booking
from ...services.booking import booking_by_token
from ...services.cancellation import cancel as cancel_booking
from ...services.errors import AlreadyOver
from ..languages import prefer
from ..responses import frame_for, see_other
from .asked import local
from .words import clock_time, full_date, zone_name


def show(token: str) -> ResponseReturnValue:
    return _page(booking_by_token(token), "public/booking/show.html")


def cancel(token: str) -> ResponseReturnValue:
    booking = booking_by_token(token)
    form = CancelForm(request.form)
    if request.method != "POST":
        return _page(booking, "public/booking/cancel.html", form=form)
    if not form.validate():
        return _page(booking, "public/booking/cancel.html", form=form), 422
    try:
        cancel_booking(token, reason=form.reason.data or "", now=clock.now())
    except AlreadyOver:
        message = _("This meeting has begun: it cannot be cancelled here any more.")
        return _page(booking, "public/booking/show.html", message=message), 409
    return see_other(f"/booking/{token}")


def _page(booking: Booking, template: str, **values: Any) -> Response:
    prefer(booking.language)
    start, end = local(booking.start_at, booking.timezone), local(booking.end_at, booking.timezone)
    page = render_template(
        template,
        booking=booking,
        link=booking.link,
        day=full_date(start.date()),
        times=f"{clock_time(start)} – {clock_time(end)}",
        zone=zone_name(booking.timezone, booking.start_at),
        hosts=[host.user.name for host in booking.hosts],
        over=booking.start_at <= clock.now(),
        **values,
    )
    answer = frame_for(page, booking.link.embed_origins)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
