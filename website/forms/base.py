"""What all forms share: text without control characters or outer white space, and plain errors."""

import re
from typing import Any, ClassVar

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, ValidationError
from wtforms.validators import StopValidation

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_LINE_BREAK = re.compile(r"[\r\n]")


class SpokenForm(Form):
    """A form that says in the reader's language what WTForms says by itself, such as "Not a valid choice."."""

    class Meta:
        @property
        def locales(self) -> list[str]:
            return [str(get_locale())]


def strip(value: Any) -> Any:
    """A filter: texts lose the white space around them."""
    return value.strip() if isinstance(value, str) else value


class Answered:
    """A validator: there is an answer. White space, an empty list and a box without its tick are none; 0 is one."""

    field_flags: ClassVar[dict[str, Any]] = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        nothing = field.data is None or field.data is False or field.data in ("", [])
        # What could not be read as a number has its own sentence.
        if nothing and not field.process_errors:
            raise StopValidation(self.message)


def one_line(form: Form, field: Field) -> None:
    """A validator: no control characters, and no line break."""
    no_control(form, field)
    if field.data and _LINE_BREAK.search(field.data):
        raise ValidationError(_l("Write this on one line."))


def no_control(form: Form, field: Field) -> None:
    """A validator: no control characters but line breaks and tabs."""
    if field.data and _CONTROL.search(field.data):
        raise ValidationError(_l("Take out the characters that cannot be shown."))
