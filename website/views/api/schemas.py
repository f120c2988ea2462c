"""What the API takes and gives; the OpenAPI document is made from these."""

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from ...email_addresses import LONGEST_EMAIL, is_email
from ...forms.fields import MOST_GUESTS
from ...sentences import gettext_noop

EMAIL = {"format": "email", "maxLength": LONGEST_EMAIL}
ZONES = frozenset(available_timezones()) - {"localtime", "Factory"}


def _zone(name: str) -> None:
    if name not in ZONES:
        raise ValidationError(gettext_noop("There is no such time zone."))


def _address(text: str) -> None:
    if not is_email(text):
        raise ValidationError(gettext_noop("Write an e-mail address such as name@example.com."))


def _one_line(text: str) -> None:
    if not text.isprintable():
        raise ValidationError(gettext_noop("Write this on one line, without control characters."))


class Instant(fields.Field[datetime]):
    """An RFC 3339 date and time with an offset."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> datetime:
        text = value if isinstance(value, str) else ""
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is not None and 2000 <= moment.year <= 2200:
                return moment
        except ValueError:
            pass
        raise ValidationError(
            gettext_noop("Write a date and time with an offset, such as 2026-11-24T09:00:00+01:00.")
        )


class SlotsQuery(Schema):
    """Which slots are asked for; dates are of `timezone`, both included."""

    class Meta:
        unknown = "exclude"

    from_ = fields.Date(data_key="from", required=True)
    to = fields.Date(required=True)
    timezone = fields.String(validate=_zone)
    duration = fields.Integer(validate=validate.Range(5, 1440))
    email = fields.String(validate=lambda text: _address(text) if text else None)


class SlotsAnswer(Schema):
    """The starts that are offered, with the zone's offset."""

    link = fields.String(required=True)
    timezone = fields.String(required=True)
    duration = fields.Integer(required=True)
    slots = fields.List(fields.String(), required=True)
    with_colleague = fields.List(fields.String())


class BookingBody(Schema):
    """A booking to make."""

    class Meta:
        unknown = RAISE

    start = Instant(required=True, metadata={"format": "date-time"})
    duration = fields.Integer(validate=validate.Range(5, 1440), strict=True)
    timezone = fields.String(validate=_zone)
    name = fields.String(required=True, validate=[validate.Length(1, 200), _one_line])
    email = fields.String(required=True, validate=_address, metadata=EMAIL)
    guests = fields.List(
        fields.String(validate=_address, metadata=EMAIL), validate=validate.Length(max=MOST_GUESTS)
    )
    answers = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True))


class HostAnswer(Schema):
    name = fields.String(required=True)


class BookingAnswer(Schema):
    """The booking that was made."""

    id = fields.String(required=True)
    start = fields.String(required=True)
    end = fields.String(required=True)
    timezone = fields.String(required=True)
    hosts = fields.List(fields.Nested(HostAnswer), required=True)
    manage_url = fields.String(required=True)


class ProblemAnswer(Schema):
    """RFC 9457."""

    type = fields.String()
    code = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    slots = fields.List(fields.String())
