"""A booking, for its invitee: what it is, a copy for the calendar, and calling it off."""

from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from ... import clock
from ...forms.booking import CancelForm
from ...models import Booking
from ...services.booking import booking_by_token
from ...services.cancellation import cancel as cancel_booking
from ...services.errors import AlreadyOver, TooLate
from ...services.guest_copy import file_of, invitation_due, provider_invited
from ..limits import CHANGES, limited
from ..responses import see_other
from .add_to_calendar import calendar_addresses
from .invitee import changed, invitee_page
from .link_page import come_back_later
from .news import address_after, leads_on, news_of, page_after, site_after

CALENDAR_FILE = "text/calendar; charset=utf-8; method=PUBLISH"


def show(token: str) -> ResponseReturnValue:
    booking = booking_by_token(token)
    due, invited = invitation_due(booking), provider_invited(booking)
    # Whoever has a provider's invitation gets the very same event as a file, and from nowhere else a second one.
    addresses = [] if due or invited else calendar_addresses(booking)
    after = {"address": address_after(booking), "site": site_after(booking), "by_itself": leads_on(booking)}
    return _page(
        booking, "show", due=due, invited=invited, addresses=addresses, event=news_of(booking), after=after
    )


def invite(token: str) -> ResponseReturnValue:
    """The meeting as a file for a calendar. A file cannot take a meeting out again in most calendars, so there is none
    for a cancelled one."""
    booking = booking_by_token(token)
    if not booking.confirmed:
        return _page(booking, "no_copy"), 410
    if invitation_due(booking):
        return _page(booking, "no_copy"), 409
    answer = Response(file_of(booking, clock.now()), content_type=CALENDAR_FILE)
    answer.headers["Content-Disposition"] = 'attachment; filename="invite.ics"'
    return answer


def _too_often(_limit: object) -> Response:
    """The reason that was typed is kept."""
    booking = booking_by_token(str((request.view_args or {})["token"]))
    return _page(booking, "cancel", form=CancelForm(request.form), message=come_back_later())


@limited(CHANGES, methods=["POST"], deduct_when=changed, on_breach=_too_often)
def cancel(token: str) -> ResponseReturnValue:
    booking = booking_by_token(token)
    form = CancelForm(request.form)
    if request.method != "POST":
        return _page(booking, "cancel", form=form)
    if not form.validate():
        return _page(booking, "cancel", form=form), 422
    try:
        cancel_booking(token, reason=form.reason.data or "", now=clock.now())
    except (AlreadyOver, TooLate):
        return _page(booking, "cancel", form=form), 409
    return see_other(page_after(booking, "cancelled"))


def _page(booking: Booking, name: str, **values: Any) -> Response:
    return invitee_page(booking, f"public/booking/{name}.html", **values)
