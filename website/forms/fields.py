"""Fields that more than one form has."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from ..email_addresses import is_email, normal_email
from .base import Answered, no_control, one_line, strip

MOST_GUESTS = 10
_BETWEEN = re.compile(r"[,;\s]+")


def whole(text: str | None) -> Any:
    """The whole number that a text says, else the text as it is."""
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else digits


def email_address(form: Form, field: Field) -> None:
    """A validator: one well-formed address."""
    if field.data and not is_email(field.data):
        raise ValidationError(_l("Write an e-mail address such as name@example.com."))


def as_address(value: Any) -> Any:
    """A filter: an address becomes what it is compared as."""
    return normal_email(value) if isinstance(value, str) else value


def email_field(label: Any, **values: Any) -> StringField:
    """A required e-mail address."""
    required = Answered(_l("Write your e-mail address."))
    return StringField(label, [required, one_line, email_address], filters=[as_address], **values)


def name_field(label: Any, **values: Any) -> StringField:
    """A required name."""
    required, short = (
        Answered(_l("Write your name.")),
        Length(max=200, message=_l("Keep it under 200 characters.")),
    )
    return StringField(label, [required, short, one_line], filters=[strip], **values)


def addresses_in(text: str) -> tuple[str, ...]:
    """The addresses in a text that has commas or lines between them, once each, in their normal form."""
    return tuple(dict.fromkeys(normal_email(part) for part in _BETWEEN.split(text) if part))


class AddressesField(TextAreaField):
    """Several addresses, separated by commas or lines: `most` at most, else it says `too_many`."""

    most: int
    too_many: Any

    def __init__(self, label: Any, **values: Any) -> None:
        super().__init__(label, [no_control], filters=[strip], **values)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses, once each, in their normal form."""
        return addresses_in(self.data or "")

    def pre_validate(self, form: Form) -> None:
        if len(self.addresses) > self.most:
            raise ValidationError(self.too_many)
        if any(not is_email(address) for address in self.addresses):
            raise ValidationError(_l("Write e-mail addresses, one a line."))


class GuestsField(AddressesField):
    """Whom an invitee brings along."""

    most = MOST_GUESTS
    too_many = _l("Name ten guests at most.")
