"""What the API takes and gives; the OpenAPI document is made from these."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from ...email_addresses import LONGEST_EMAIL, is_email
from ...forms.fields import MOST_GUESTS
from ...sentences import gettext_noop
from ...services.contact_push import MOST as MOST_ROWS
from ...tokens import MOST_PERSONAL_DAYS, PERSONAL_DAYS

EMAIL = {"format": "email", "maxLength": LONGEST_EMAIL}
LONGEST_TEXT, MOST_ADDRESSES = 200, 20
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


class ContactBody(Schema):
    """What is known of a contact; what is not named stays as it is."""

    class Meta:
        unknown = RAISE

    name = fields.String(validate=[validate.Length(max=LONGEST_TEXT), _one_line])
    phone = fields.String(validate=[validate.Length(max=LONGEST_TEXT), _one_line])
    company = fields.String(validate=[validate.Length(max=LONGEST_TEXT), _one_line])
    owner = fields.String(
        validate=_address,
        allow_none=True,
        metadata=EMAIL | {"description": "The e-mail address of a user; null for nobody."},
    )
    addresses = fields.List(
        fields.String(validate=_address, metadata=EMAIL),
        validate=validate.Length(max=MOST_ADDRESSES),
        metadata={"description": "All further addresses of the same person."},
    )
    replace_owner = fields.Boolean(
        load_default=True,
        truthy={True},
        falsy={False},
        metadata={"description": "Whether the owner counts where the contact has one already."},
    )


class ContactRow(ContactBody):
    """A contact of a batch."""

    email = fields.String(required=True, validate=_address, metadata=EMAIL)


class ContactsBody(Schema):
    """A batch of contacts, each of which is looked at by itself."""

    class Meta:
        unknown = RAISE

    contacts = fields.List(fields.Raw(), required=True, validate=validate.Length(1, MOST_ROWS))


class ContactsDescribed(ContactsBody):
    """A batch of contacts."""

    contacts = fields.List(fields.Nested(ContactRow), required=True, validate=validate.Length(1, MOST_ROWS))


class ContactAnswer(Schema):
    """A contact as it is stored."""

    email = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True)
    company = fields.String(required=True)
    owner = fields.String(required=True, allow_none=True)
    addresses = fields.List(fields.String(), required=True)


class ContactOutcome(Schema):
    """What became of one contact of a batch."""

    email = fields.String(required=True)
    status = fields.String(
        required=True, validate=validate.OneOf(("created", "updated", "unchanged", "conflict", "refused"))
    )
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class ContactsAnswer(Schema):
    """What became of each, in the order in which they came."""

    contacts = fields.List(fields.Nested(ContactOutcome), required=True)


class PersonalLinksBody(Schema):
    """For whom personal links are made: `email`, or up to 500 `emails`."""

    class Meta:
        unknown = RAISE

    email = fields.String(validate=_address, metadata=EMAIL)
    emails = fields.List(
        fields.String(validate=_address, metadata=EMAIL), validate=validate.Length(1, MOST_ROWS)
    )
    expires_in_days = fields.Integer(
        load_default=PERSONAL_DAYS, validate=validate.Range(1, MOST_PERSONAL_DAYS), strict=True
    )

    @validates_schema
    def _one_of_both(self, values: Mapping[str, Any], **_rest: Any) -> None:
        if ("email" in values) == ("emails" in values):
            raise ValidationError(gettext_noop("Name either `email` or `emails`."), "email")


class PersonalLinkAnswer(Schema):
    """A personal link that was made."""

    id = fields.Integer(required=True)
    email = fields.String(required=True)
    url = fields.String(required=True)
    expires_at = fields.String(required=True)


class PersonalLinkOutcome(Schema):
    """What became of one address: what was made, or why nothing was."""

    email = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("created", "refused")))
    id = fields.Integer()
    url = fields.String()
    expires_at = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class PersonalLinksAnswer(Schema):
    """What became of each address, in the order in which they came."""

    personal_links = fields.List(fields.Nested(PersonalLinkOutcome), required=True)


class ProblemAnswer(Schema):
    """RFC 9457."""

    type = fields.String()
    code = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    slots = fields.List(fields.String())
    with_colleague = fields.List(fields.String())
