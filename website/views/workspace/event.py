"""A meeting whose event was moved or deleted in the host's calendar: keep, move or cancel (R38)."""

from collections.abc import Callable

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ... import clock
from ...models import BookingEvent
from ...services import event_finding
from ...services.calendar_event import FINDINGS
from ...services.errors import SlotTaken
from ..access import me, signed_in
from ..responses import see_other
from .rows import booking_row, times_for

DECISIONS: dict[str, Callable[..., None]] = {
    "keep": event_finding.keep,
    "move": event_finding.move,
    "cancel": event_finding.cancel,
}


@signed_in
def show(event_id: int) -> ResponseReturnValue:
    return _page(event_finding.finding(event_id, by=me()))


@signed_in
def decide(event_id: int) -> ResponseReturnValue:
    decision = DECISIONS.get(request.form.get("decision", ""))
    if decision is None:
        problem = _("Choose what is to happen.")
        return _page(event_finding.finding(event_id, by=me()), problem), 422
    try:
        decision(event_id, by=me(), now=clock.now())
    except SlotTaken:
        problem = _(
            "Another meeting of a host occupies that time: move it first, or keep this one where it was."
        )
        return _page(event_finding.finding(event_id, by=me()), problem), 409
    return see_other("/bookings?said=decided")


def _page(event: BookingEvent, problem: str = "") -> str:
    start, end = event.found_start_at, event.found_end_at
    return render_template(
        "workspace/event.html",
        event=event,
        row=booking_row(event.booking, me()),
        finding=_(FINDINGS[event.found]),
        new_time=times_for(start, end, me()) if start and end else "",
        in_the_past=start is not None and start <= clock.now(),
        problem=problem,
    )
