"""Inviting and changing users, and what users say of themselves."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import Length

from ..locales import LANGUAGES
from .base import Answered, SpokenForm, one_line, strip
from .fields import email_address, name_field

ROLES = [
    ("member", _l("Member: makes own links")),
    ("admin", _l("Admin: may change everything")),
]
SHORT = Length(max=200, message=_l("Keep it under 200 characters."))


class UserForm(SpokenForm):
    """Somebody who is invited, or on the team."""

    email = StringField(
        _l("E-mail address"),
        [Answered(_l("Write the e-mail address.")), one_line, email_address],
        filters=[strip],
        description=_l("The one of the account that they will sign in with."),
        render_kw={"type": "email", "autocomplete": "off"},
    )
    name = StringField(
        _l("Name"), [Answered(_l("Write the name.")), SHORT, one_line], filters=[strip],
        description=_l("Prospects see it when they book."), render_kw={"autocomplete": "off"},
    )  # fmt: skip
    role = RadioField(_l("Role"), choices=ROLES, default="member")
    seat = BooleanField(_l("Has a seat: can host meetings"))


class ChangeUserForm(UserForm):
    """Somebody who is on the team, or was."""

    active = BooleanField(_l("Active: may sign in and host"))


class ProfileForm(SpokenForm):
    """One's own name, time zone and language."""

    name = name_field(_l("Name"), description=_l("Prospects see it when they book."))
    timezone = SelectField(
        _l("Time zone"), description=_l("Of the times that you see here, and of your own hours.")
    )
    language = SelectField(
        _l("Language"),
        choices=[("", _l("The browser's")), *LANGUAGES.items()],
        description=_l("Of these pages, and of mails to you."),
    )

    def __init__(self, *values: Any, zones: Iterable[str], **more: Any) -> None:
        super().__init__(*values, **more)
        self.timezone.choices = [(zone, zone.replace("_", " ")) for zone in zones]
