"""What a program asks for, read and checked once; whatever cannot be is `Invalid`, by field."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest as BadRequestError

from ...email_addresses import is_email
from ...forms.booking import BookingForm, booking_form
from ...forms.questions import PREFIX
from ...models import Link
from ...sentences import gettext_noop
from ...services.booking_request import Request, derived_nonce
from ..languages import language_tag
from .problems import Invalid
from .schemas import BookingBody, SlotsQuery

MOST_DAYS = 92
YEARS_BACK, YEARS_AHEAD = 1, 5
LONGEST_KEY = 200
# What marshmallow says by itself; what it puts numbers into stays English.
MARSHMALLOW = (
    gettext_noop("Missing data for required field."),
    gettext_noop("Unknown field."),
    gettext_noop("Field may not be null."),
    gettext_noop("Not a valid string."),
    gettext_noop("Not a valid integer."),
    gettext_noop("Not a valid date."),
    gettext_noop("Not a valid list."),
    gettext_noop("Not a valid mapping type."),
)


@dataclass(frozen=True, slots=True)
class AskedSlots:
    """Which slots: from `first` to `last`, both included, dates of `timezone`; `duration` in minutes."""

    timezone: str
    duration: int
    first: date
    last: date
    email: str | None


def asked_slots(link: Link, now: datetime) -> AskedSlots:
    """The question in the query string. Raises Invalid."""
    query = loaded(SlotsQuery(), request.args)
    asked = AskedSlots(
        timezone=query.get("timezone") or link.timezone,
        duration=query.get("duration") or link.durations[0],
        first=query["from_"],
        last=query["to"],
        email=query.get("email"),
    )
    errors = dict(_wrong_with(asked, link, now))
    if errors:
        raise Invalid(errors)
    return asked


def _wrong_with(asked: AskedSlots, link: Link, now: datetime) -> Iterator[tuple[str, list[str]]]:
    if not now.year - YEARS_BACK <= asked.first.year <= now.year + YEARS_AHEAD:
        yield "from", [_("That date is too far away.")]
    if asked.last < asked.first:
        yield "to", [_("This is before the first date.")]
    elif asked.last - asked.first > timedelta(days=MOST_DAYS):
        yield "to", [_("Ask for at most %(days)s days after the first.", days=MOST_DAYS)]
    if asked.duration not in link.durations:
        yield "duration", [_("This link does not offer that duration.")]


def asked_booking(link: Link) -> Request:
    """The booking in the body, with the key of the request (R33). Raises Invalid."""
    body = loaded(BookingBody(), sent_body())
    form = _checked_form(link, body)
    values: dict[str, Any] = {
        "start_at": body["start"].astimezone(UTC),
        "duration": body.get("duration") or link.durations[0],
        "timezone": body.get("timezone") or link.timezone,
        "name": form.name.data,
        "email": form.email.data,
        "guests": form.guests.addresses,
        "answers": form.answers(),
        "language": language_tag(),
    }
    key = _key(link)
    if key:
        return Request(**values, nonce=key, keyed=True)
    return Request(**values, nonce=derived_nonce(link, Request(**values, nonce="").hash))


def _key(link: Link) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Invalid(
            {"Idempotency-Key": [_("Use %(most)s printable characters at most.", most=LONGEST_KEY)]}
        )
    return f"key:{link.id}:{key}" if key else ""


def address_of_path(email: str) -> str:
    """An e-mail address that stands in the request's own. Raises Invalid."""
    if not is_email(email):
        raise Invalid({"email": [_("Write an e-mail address such as name@example.com.")]})
    return email


def sent_body() -> dict[str, Any]:
    """The JSON object that was sent. Raises Invalid."""
    try:
        body = request.get_json(force=True)
    except (BadRequestError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Invalid({"body": [_("Send a JSON object.")]})
    return body


def loaded(schema: Schema, values: Any) -> dict[str, Any]:
    """What was sent, as its schema reads it. Raises Invalid."""
    try:
        read: dict[str, Any] = schema.load(values)
    except ValidationError as error:
        raise Invalid(
            {field: list(_flat(said)) for field, said in error.normalized_messages().items()}
        ) from error
    return read


def _flat(said: Any) -> Iterator[str]:
    """The sentences in what marshmallow says of a field, each once, however deep."""
    parts = said.values() if isinstance(said, dict) else said if isinstance(said, list) else ()
    if isinstance(said, str):
        yield str(_(said))
    yield from dict.fromkeys(text for part in parts for text in _flat(part))


def _checked_form(link: Link, body: dict[str, Any]) -> BookingForm:
    """The page's own form, filled in from the body. Raises Invalid."""
    typed: MultiDict[str, str] = MultiDict({"name": body["name"], "email": body["email"]})
    typed["guests"] = "\n".join(body.get("guests") or [])
    answers = body.get("answers") or {}
    unknown = sorted(set(answers) - {question["key"] for question in link.questions})
    if unknown:
        raise Invalid({"answers": [_("This link has no question “%(key)s”.", key=unknown[0][:50])]})
    for key, answer in answers.items():
        typed.setlist(PREFIX + key, list(_texts(key, answer)))
    form = booking_form(link.questions, typed)
    if not form.validate():
        raise Invalid({_field(name): [str(text) for text in texts] for name, texts in form.errors.items()})
    return form


def _field(name: str) -> str:
    return f"answers.{name.removeprefix(PREFIX)}" if name.startswith(PREFIX) else name


def _texts(key: str, answer: Any) -> Iterable[str]:
    """An answer as a form would send it: nothing for no, several for a list."""
    parts = answer if isinstance(answer, list) else [answer]
    if any(isinstance(part, dict | list) for part in parts):
        said = _("Answer with a text, a number, true or false, or a list of texts.")
        raise Invalid({f"answers.{key}": [said]})
    return ["y" if part is True else str(part) for part in parts if part is not None and part is not False]
