"""Slots of a link, and booking one (SPEC §6)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, g, request
from flask_babel import gettext
from flask_smorest import Blueprint

from ... import clock
from ...config import in_force
from ...models import Booking, Link
from ...services.availability import offered_slots, scene_of
from ...services.booking import book, is_booked
from ...services.contact import recognise
from ...services.errors import ReusedKey, SlotTaken, UnknownLink
from ...services.find_link import link_by_slug, open_link
from ...services.ownership import heeds_owner
from ..languages import prefer
from ..limits import ASKED, BOOKINGS, LOOKUPS, limited, may_write_to, written_to
from .asked import asked_booking, asked_slots
from .description import BOOKING_PARAMETERS, LOCATION, SLOTS_PARAMETERS, json_body, problems
from .problems import answer_with_problems, problem
from .schemas import BookingAnswer, BookingBody, SlotsAnswer

blueprint = Blueprint("api", __name__, url_prefix="/api/v1/links/<slug>")
answer_with_problems(blueprint)


@blueprint.route("/slots")
@blueprint.doc(parameters=SLOTS_PARAMETERS)
@problems(blueprint, 404, 410, 422, 429)
@blueprint.response(200, SlotsAnswer)
@limited(ASKED)
@limited(LOOKUPS, exempt_when=lambda: not request.args.get("email"))
def slots(slug: str) -> Any:
    """The starts that a link offers."""
    link, now = open_link(slug), clock.now()
    prefer(link.language)
    asked = asked_slots(link, now)
    scene = scene_of(link, visitor=recognise(asked.email, link), duration=asked.duration, now=now)
    found = offered_slots(scene, asked.timezone, asked.first, asked.last)
    answer = {
        "link": link.slug,
        "timezone": asked.timezone,
        "duration": asked.duration,
        "slots": _written(found.starts, asked.timezone),
    }
    if _offers_colleagues(link):
        answer["with_colleague"] = _written(found.with_colleague, asked.timezone)
    return answer


def _offers_colleagues(link: Link) -> bool:
    """Whether answers have a second list. The link decides, never the address: whoever types one learns nothing
    (R22)."""
    return heeds_owner(link) and bool(link.owner_fallback_days)


def _alternatives(link: Link, taken: SlotTaken, timezone: str) -> dict[str, list[str]]:
    """Every time near by that can be booked, and which of them would be with a colleague of the owner (R20)."""
    answer = {"slots": _written(taken.alternatives, timezone)}
    if _offers_colleagues(link):
        answer["with_colleague"] = _written(sorted(taken.with_colleague), timezone)
    return answer


def _tells_slots(response: Response) -> bool:
    """On an owner-first link a refusal says what is offered to an address: it counts as a lookup (R22)."""
    return response.status_code == 409


def _looks_nobody_up() -> bool:
    try:
        return not heeds_owner(link_by_slug(str((request.view_args or {})["slug"])))
    except UnknownLink:
        return True


def _booked(_response: Response) -> bool:
    return bool(g.get("booked"))


@blueprint.route("/bookings", methods=["POST"])
@blueprint.doc(
    parameters=BOOKING_PARAMETERS,
    requestBody=json_body(BookingBody),
)
@problems(blueprint, 404, 409, 410, 413, 422, 429)
@blueprint.response(201, BookingAnswer, headers=LOCATION)
@limited(ASKED)
@limited(LOOKUPS, deduct_when=_tells_slots, exempt_when=_looks_nobody_up)
@limited(BOOKINGS, deduct_when=_booked)
def bookings(slug: str) -> Any:
    """Book a slot; the same request again gives the same booking."""
    link, now = open_link(slug), clock.now()
    prefer(link.language)
    wanted = asked_booking(link)
    told, again = (wanted.email, *wanted.guests), is_booked(wanted.nonce)
    if not again and not may_write_to(told):
        return problem("too_many_mails")
    try:
        booking = book(link, wanted, now=now)
    except SlotTaken as taken:
        return problem("slot_taken", **_alternatives(link, taken, wanted.timezone))
    except ReusedKey:
        return problem(
            "key_reused", errors={"Idempotency-Key": [gettext("It came with another request before.")]}
        )
    if not again:
        g.booked = True
        written_to(told)
    answer = _answer(booking)
    return answer, 201, {"Location": answer["manage_url"]}


def _answer(booking: Booking) -> dict[str, Any]:
    start, end = _written([booking.start_at, booking.end_at], booking.timezone)
    return {
        "id": booking.token,
        "start": start,
        "end": end,
        "timezone": booking.timezone,
        "hosts": [{"name": host.user.name} for host in booking.hosts],
        "manage_url": f"{in_force().base_url}/booking/{booking.token}",
    }


def _written(instants: Iterable[datetime], timezone: str) -> list[str]:
    zone = ZoneInfo(timezone)
    return [instant.astimezone(zone).isoformat() for instant in instants]
