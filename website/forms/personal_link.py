"""Personal links: for one contact, and for many (R21)."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange

from ..tokens import MOST_PERSONAL_DAYS, PERSONAL_DAYS
from .base import Answered, SpokenForm, no_control, one_line, strip
from .fields import email_address

# Whom many are for: the choice, and its words.
ADDRESSES, OWNED, UNOWNED, FOUND, EVERYBODY = "addresses", "owned", "unowned", "found", "everybody"
WHOM = [
    (ADDRESSES, _l("The addresses below")),
    (OWNED, _l("Everybody whom one user owns")),
    (UNOWNED, _l("Everybody whom nobody owns")),
    (FOUND, _l("Everybody whom a search finds")),
    (EVERYBODY, _l("All contacts")),
]


def days_field() -> IntegerField:
    """How long personal links work."""
    most = _l("Choose 1 to %(most)s days.", most=MOST_PERSONAL_DAYS)
    return IntegerField(
        _l("Days until it expires"),
        [Answered(most), NumberRange(1, MOST_PERSONAL_DAYS, message=most)],
        default=PERSONAL_DAYS,
        render_kw={"min": 1, "max": MOST_PERSONAL_DAYS, "class": "short"},
    )


class OneContactForm(SpokenForm):
    """Of a link, for one contact."""

    email = StringField(
        _l("The contact's e-mail address"),
        [Answered(_l("Write the e-mail address.")), one_line, email_address],
        filters=[strip],
        render_kw={"type": "email", "autocomplete": "off"},
    )
    days = days_field()


class OneLinkForm(SpokenForm):
    """For a contact, of one of the links."""

    link = SelectField(_l("Link"))
    days = days_field()

    def __init__(self, *values: Any, links: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(*values, **more)
        self.link.choices = list(links)


class ManyContactsForm(SpokenForm):
    """Of a link, for many contacts."""

    whom = RadioField(_l("For whom"), choices=WHOM, default=ADDRESSES)
    emails = TextAreaField(
        _l("E-mail addresses"),
        [no_control],
        description=_l("As many as you like, with commas or lines between them."),
        render_kw={"rows": 5, "spellcheck": "false"},
    )
    file = FileField(
        _l("Or a file with them"),
        description=_l("A CSV or text file; of each line the addresses count."),
        render_kw={"accept": ".csv,.txt,text/csv,text/plain"},
    )
    owner = SelectField(_l("The user who owns them"))
    words = StringField(
        _l("What to search for"),
        [one_line, Length(max=100, message=_l("Keep it under %(most)s characters.", most=100))],
        filters=[strip],
        description=_l("A name, an address, a company or a domain, as in the list of contacts."),
        render_kw={"autocomplete": "off"},
    )
    leave_out = BooleanField(_l("Leave out what is no contact's address"))
    days = days_field()

    def __init__(self, *values: Any, owners: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(*values, **more)
        self.owner.choices = list(owners)
