"""What just happened to a booking, for the page around ours: said once, right after it happened (docs/embedding.md)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from flask import request, url_for

from ... import clock
from ...models import Booking
from ...services.history import accepted_at, earlier_starts
from .framing import current, onward
from .parameters import local

JUST = "just"
# An address that is opened again later, from a history or a restored window, is no news.
FRESH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class News:
    """What is said, and when it happened; None if it did not."""

    type: str
    happened_at: Callable[[Booking], datetime | None]


NEWS = {
    "booked": News("booking.confirmed", lambda booking: booking.created_at if booking.confirmed else None),
    "moved": News("booking.rescheduled", lambda booking: _moved_at(booking) if booking.confirmed else None),
    "cancelled": News("booking.cancelled", lambda booking: booking.cancelled_at),
}


def _moved_at(booking: Booking) -> datetime | None:
    return accepted_at(booking) if earlier_starts(booking) else None


def page_after(booking: Booking, what: str) -> str:
    """Where to go after a key of `NEWS`: the booking's page, which says so to whoever waits for it."""
    waited_for = current().parent or (what == "booked" and booking.link.redirect_url)
    return url_for("booking.show", token=booking.token) + onward(**{JUST: what if waited_for else ""})


def news_of(booking: Booking) -> dict[str, Any] | None:
    """The event that the page around ours is to hear of now. Its id tells bookings apart, and opens none."""
    if not current().parent or not (news := _fresh(booking)):
        return None
    event = {"type": news.type, **_facts(booking), "sequence": booking.sequence}
    address = address_after(booking)
    return event | {"redirect": address} if address and news is NEWS["booked"] else event


def leads_on(booking: Booking) -> str:
    """Where the page goes by itself: after a booking, if its link says so, and not inside of a frame."""
    fresh = _fresh(booking) is NEWS["booked"]
    return address_after(booking) if fresh and not current().embedded else ""


def address_after(booking: Booking) -> str:
    """The address that the link leads on to after a booking (R40), empty if none; `{id}`, `{start}`, `{end}` and
    `{timezone}` in it are filled in, and nothing about a person."""
    address = booking.link.redirect_url
    for name, value in _facts(booking).items():
        address = address.replace(f"{{{name}}}", quote(value, safe=""))
    return address


def site_after(booking: Booking) -> str:
    """The host of that address, to name it."""
    return urlsplit(booking.link.redirect_url).hostname or ""


def _fresh(booking: Booking) -> News | None:
    news = NEWS.get(request.args.get(JUST, ""))
    happened_at = news.happened_at(booking) if news else None
    return news if happened_at and clock.now() - happened_at <= FRESH else None


def _facts(booking: Booking) -> dict[str, str]:
    return {
        "id": booking.uid.partition("@")[0],
        "start": local(booking.start_at, booking.timezone).isoformat(),
        "end": local(booking.end_at, booking.timezone).isoformat(),
        "timezone": booking.timezone,
    }
