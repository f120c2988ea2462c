"""The form that links a calendar account, made from the fields that its provider asks for."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, PasswordField, StringField
from wtforms.validators import Length, Optional

from .base import Answered, one_line, strip

LONGEST = 2000
# Words that nobody wants corrected or remembered by the browser of a shared desk.
AS_TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def connect_form(fields: Iterable[Any], formdata: Any = None, **prefill: str) -> Form:
    """A form with these fields (`ConnectField`s of a provider). A password is never shown again."""
    made = type("ConnectForm", (Form,), {field.name: _field(field) for field in fields})
    form: Form = made(formdata, **prefill)
    return form


def _field(asked: Any) -> Field:
    secret = asked.type == "password"
    return (PasswordField if secret else StringField)(
        _l(asked.label),
        [
            Answered(_l("This is needed.")) if asked.required else Optional(),
            Length(max=LONGEST, message=_l("Keep it under 2,000 characters.")),
            one_line,
        ],
        filters=[] if secret else [strip],
        description=_l(asked.hint) if asked.hint else "",
        # An address is checked by whoever asks it: what browsers call one leaves out webcal://.
        render_kw=AS_TYPED | ({"inputmode": "url"} if asked.type == "url" else {}),
    )


def typed_secret(form: Form) -> dict[str, str]:
    """What was typed, by the name of each field."""
    return {field.name: field.data or "" for field in form}
