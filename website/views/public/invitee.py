"""What every page of a booking shows to its invitee, and the headers that keep its address a secret."""

from typing import Any

from flask import Response, render_template, request, url_for

from ... import clock
from ...models import Booking
from ...scheduling.places import PLACES
from ...services.change import last_moment
from ...services.history import earlier_starts
from ...tokens import signer
from ...wording import listed
from ..headers import frame_for
from ..languages import prefer
from .about import place_shown, seen_as
from .framing import framed, onward
from .parameters import local
from .words import clock_time, date_and_time, full_date, zone_name


def invitee_page(booking: Booking, template: str, timezone: str = "", **values: Any) -> Response:
    """A page about the booking, its times in the invitee's zone unless another is asked for."""
    framed(booking.link, request.values)
    prefer(booking.language)
    page = render_template(template, **facts(booking, timezone or booking.timezone), **values)
    return frame_for(page, booking.link.embed_origins, colour=booking.link.colour)


def facts(booking: Booking, timezone: str) -> dict[str, Any]:
    """What the templates say of a booking, in the words of the reader."""
    now = clock.now()
    start, end = local(booking.start_at, timezone), local(booking.end_at, timezone)
    moved = earlier_starts(booking)
    return {
        "booking": booking,
        "link": booking.link,
        "manage": url_for("booking.show", token=booking.token),
        "onward": onward(),
        "day": full_date(start.date()),
        "times": f"{clock_time(start)} – {clock_time(end)}",
        "zone": zone_name(timezone, booking.start_at),
        "hosts": listed(host.user.name for host in booking.hosts),
        "was": date_and_time(moved[-1], timezone) if moved else "",
        "begun": booking.start_at <= now,
        "past": booking.end_at <= now,
        "too_late": now > last_moment(booking),
        "write_address": write_address(booking),
        "place": place_shown(booking.link),
        "seen_as": seen_as(booking.link),
        "there": _there(booking, timezone),
    }


def _there(booking: Booking, timezone: str) -> str:
    """For whoever travels: what the clock shows at the place of the meeting, where that is another time."""
    kind = PLACES.get(booking.link.place.get("kind", ""))
    start, there = local(booking.start_at, timezone), local(booking.start_at, booking.link.timezone)
    return clock_time(there) if kind and kind.travel and start.utcoffset() != there.utcoffset() else ""


def write_address(booking: Booking) -> str:
    """Where the invitee writes to us; who they are travels on in a token (R21, R22)."""
    who = signer.who(booking.email, clock.now(), booking.name)
    return url_for("booking_page.write", slug=booking.link.slug) + onward(who=who)


def changed(response: Response) -> bool:
    """Whether a change was made that everybody is told about."""
    return response.status_code == 303 or "HX-Redirect" in response.headers


def keep_secret(response: Response) -> Response:
    """For every answer about a booking, errors too: the address is all that it takes to change the booking."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
