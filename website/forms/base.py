"""What all forms share: text without control characters or outer white space, and plain errors."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, ValidationError

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_LINE_BREAK = re.compile(r"[\r\n]")


def strip(value: Any) -> Any:
    """A filter: texts lose the white space around them."""
    return value.strip() if isinstance(value, str) else value


def one_line(form: Form, field: Field) -> None:
    """A validator: no control characters, and no line break."""
    no_control(form, field)
    if field.data and _LINE_BREAK.search(field.data):
        raise ValidationError(_l("Write this on one line."))


def no_control(form: Form, field: Field) -> None:
    """A validator: no control characters but line breaks and tabs."""
    if field.data and _CONTROL.search(field.data):
        raise ValidationError(_l("Take out the characters that cannot be shown."))
