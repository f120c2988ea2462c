"""Slots of a link, and booking one (SPEC §6)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest as BadRequestError

from ... import clock
from ...extensions import limiter
from ...forms.booking import BookingForm, booking_form
from ...forms.fields import is_email
from ...forms.questions import PREFIX
from ...models import Booking, Link
from ...services.availability import offered_slots, scene_of
from ...services.booking import book
from ...services.booking_request import Request, derived_nonce
from ...services.contact import recognise
from ...services.errors import BadRequest, LinkClosed, ReusedKey, SlotTaken, UnknownLink
from ...services.find_link import open_link
from .problems import problem
from .schemas import BookingAnswer, BookingBody, ProblemAnswer, SlotsAnswer, SlotsQuery

MOST_DAYS = 92
YEARS = 5
LONGEST_KEY = 200
LOOKUPS = "120/minute;1000/hour"

blueprint = Blueprint("api", __name__, url_prefix="/api/v1/links/<slug>")
SLOTS_PARAMETERS = [
    {"in": "query", "name": "from", "schema": {"type": "string", "format": "date"}, "required": True},
    {"in": "query", "name": "to", "schema": {"type": "string", "format": "date"}, "required": True},
    {"in": "query", "name": "timezone", "schema": {"type": "string"}},
    {"in": "query", "name": "duration", "schema": {"type": "integer"}},
    {"in": "query", "name": "email", "schema": {"type": "string", "format": "email"}},
]
PROBLEMS = {404: "No such link", 410: "Switched off", 422: "Invalid"}


class Invalid(Exception):
    """What was sent cannot be; `errors` are sentences by field."""

    def __init__(self, errors: dict[str, Any]) -> None:
        super().__init__()
        self.errors = errors


@blueprint.errorhandler(Invalid)
def _invalid(error: Invalid) -> ResponseReturnValue:
    return problem("invalid", errors=error.errors)


@blueprint.errorhandler(UnknownLink)
def _unknown(_: UnknownLink) -> ResponseReturnValue:
    return problem("not_found")


@blueprint.errorhandler(LinkClosed)
def _closed(_: LinkClosed) -> ResponseReturnValue:
    return problem("link_closed")


@blueprint.route("/slots")
@blueprint.doc(parameters=SLOTS_PARAMETERS)
@blueprint.response(200, SlotsAnswer)
@blueprint.alt_response(404, schema=ProblemAnswer, description=PROBLEMS[404])
@blueprint.alt_response(410, schema=ProblemAnswer, description=PROBLEMS[410])
@blueprint.alt_response(422, schema=ProblemAnswer, description=PROBLEMS[422])
@limiter.limit(LOOKUPS, exempt_when=lambda: not request.args.get("email"))
def slots(slug: str) -> Any:
    """The starts that a link offers (R1 to R12, R20)."""
    link, now = open_link(slug), clock.now()
    query = _loaded(SlotsQuery(), request.args)
    timezone, duration = query.get("timezone") or link.timezone, query.get("duration") or link.durations[0]
    _check_query(link, query, duration, now)
    scene = scene_of(link, visitor=recognise(query.get("email")), duration=duration, now=now)
    found = offered_slots(scene, timezone, query["from_"], query["to"])
    answer = {
        "link": link.slug,
        "timezone": timezone,
        "duration": duration,
        "slots": _written(found.starts, timezone),
    }
    if found.with_colleague:
        answer["with_colleague"] = _written(found.with_colleague, timezone)
    return answer


def _check_query(link: Link, query: dict[str, Any], duration: int, now: datetime) -> None:
    first, last = query["from_"], query["to"]
    errors: dict[str, list[str]] = {}
    if not now.year - 1 <= first.year <= now.year + YEARS:
        errors["from"] = ["That date is too far away."]
    if last < first:
        errors["to"] = ["This is before the first date."]
    elif last - first > timedelta(days=MOST_DAYS):
        errors["to"] = [f"Ask for {MOST_DAYS} days at most."]
    if duration not in link.durations:
        errors["duration"] = ["This link does not offer that duration."]
    if query.get("email") and not is_email(query["email"]):
        errors["email"] = ["Write an e-mail address such as name@example.com."]
    if errors:
        raise Invalid(errors)


@blueprint.route("/bookings", methods=["POST"])
@blueprint.doc(
    parameters=[{"in": "header", "name": "Idempotency-Key", "schema": {"type": "string"}, "required": False}],
    requestBody={"required": True, "content": {"application/json": {"schema": BookingBody}}},
)
@blueprint.response(201, BookingAnswer)
@blueprint.alt_response(404, schema=ProblemAnswer, description=PROBLEMS[404])
@blueprint.alt_response(409, schema=ProblemAnswer, description="Not offered any more")
@blueprint.alt_response(410, schema=ProblemAnswer, description=PROBLEMS[410])
@blueprint.alt_response(422, schema=ProblemAnswer, description=PROBLEMS[422])
def bookings(slug: str) -> Any:
    """Book a slot; the same request again gives the same booking (R27, R30, R33)."""
    link, now = open_link(slug), clock.now()
    wanted = _request(link, _loaded(BookingBody(), _body()), now)
    try:
        booking = book(
            link, wanted, now=now, allow_private=current_app.config["FIRSTHAND"].allow_private_urls
        )
    except SlotTaken as taken:
        return problem("slot_taken", slots=_written(taken.alternatives, wanted.timezone))
    except ReusedKey:
        return problem("key_reused")
    except BadRequest as refused:
        raise Invalid({refused.field: [refused.message]}) from refused
    return _answer(booking)


def _body() -> Any:
    try:
        body = request.get_json(force=True)
    except BadRequestError as error:
        raise Invalid({"body": ["Send a JSON object."]}) from error
    if not isinstance(body, dict):
        raise Invalid({"body": ["Send a JSON object."]})
    return body


def _loaded(schema: Schema, values: Any) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(values)
    except ValidationError as error:
        raise Invalid(dict(error.normalized_messages())) from error
    return loaded


def _request(link: Link, body: dict[str, Any], now: datetime) -> Request:
    form = _checked_form(link, body)
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY:
        raise Invalid({"Idempotency-Key": [f"Use {LONGEST_KEY} characters at most."]})
    values: dict[str, Any] = {
        "start_at": body["start"].astimezone(UTC),
        "duration": body.get("duration") or link.durations[0],
        "timezone": body.get("timezone") or link.timezone,
        "name": form.name.data,
        "email": form.email.data,
        "guests": form.guests.addresses,
        "answers": form.answers(),
    }
    same = Request(**values, nonce="").hash
    return Request(**values, nonce=f"key:{link.id}:{key}" if key else derived_nonce(link, same))


def _checked_form(link: Link, body: dict[str, Any]) -> BookingForm:
    """The same form as the page's, filled in from the body."""
    typed: MultiDict[str, str] = MultiDict({"name": body["name"], "email": body["email"]})
    typed["guests"] = "\n".join(body.get("guests") or [])
    answers = body.get("answers") or {}
    unknown = set(answers) - {question["key"] for question in link.questions}
    if unknown:
        raise Invalid({"answers": [f"This link has no question {min(unknown)[:50]!r}."]})
    for key, answer in answers.items():
        typed.setlist(PREFIX + key, list(_texts(answer)))
    form = booking_form(link.questions, typed)
    if not form.validate():
        raise Invalid(
            {name.removeprefix(PREFIX): [str(text) for text in texts] for name, texts in form.errors.items()}
        )
    return form


def _texts(answer: Any) -> Iterable[str]:
    """An answer as a form would send it: nothing for no, several for a list."""
    if answer is None or answer is False:
        return []
    return (
        [str(one) for one in answer] if isinstance(answer, list) else ["y" if answer is True else str(answer)]
    )


def _answer(booking: Booking) -> dict[str, Any]:
    zone = ZoneInfo(booking.timezone)
    return {
        "id": booking.token,
        "start": booking.start_at.astimezone(zone).isoformat(),
        "end": booking.end_at.astimezone(zone).isoformat(),
        "timezone": booking.timezone,
        "hosts": [{"name": host.user.name} for host in booking.hosts],
        "manage_url": f"{current_app.config['FIRSTHAND'].base_url}/booking/{booking.token}",
    }


def _written(starts: Iterable[datetime], timezone: str) -> list[str]:
    zone = ZoneInfo(timezone)
    return [start.astimezone(zone).isoformat() for start in starts]
