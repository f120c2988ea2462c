"""People whom the organisation knows, and their companies, as the team writes them down."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, SelectField, StringField, ValidationError
from wtforms.validators import Length

from ..email_addresses import is_email, normal_domain
from .base import Answered, SpokenForm, one_line, strip
from .fields import AddressesField, as_address, email_address

SHORT = Length(max=200, message=_l("Keep it under 200 characters."))


def _short(label: Any, **values: Any) -> StringField:
    return StringField(label, [SHORT, one_line], filters=[strip], **values)


class FurtherAddressesField(AddressesField):
    """By which the same person is known, too."""

    most = 20
    too_many = _l("Write twenty addresses at most.")


class ContactForm(SpokenForm):
    """A contact. `owner` is the number of a user, or empty; its choices are set by whoever shows the form."""

    email = StringField(
        _l("E-mail address"),
        [Answered(_l("Write the e-mail address.")), one_line, email_address],
        filters=[as_address], render_kw={"type": "email", "autocomplete": "off"},
    )  # fmt: skip
    name = _short(_l("Name"), render_kw={"autocomplete": "off"})
    company = _short(_l("Company"), render_kw={"autocomplete": "off"})
    phone = _short(_l("Telephone"), render_kw={"type": "tel", "autocomplete": "off"})
    addresses = FurtherAddressesField(
        _l("Further addresses"),
        description=_l("By which the same person is known too, one a line."), render_kw={"rows": 3},
    )  # fmt: skip
    owner = SelectField(_l("Owner"))


def a_domain(form: Form, field: Field) -> None:
    """A validator: one domain, with or without what people write around it."""
    if field.data and not is_email(f"somebody@{normal_domain(field.data)}"):
        raise ValidationError(_l("Write a domain such as example.com."))


class CompanyForm(SpokenForm):
    """A company. `owner` as in the form of a contact."""

    domain = StringField(
        _l("Domain"),
        [Answered(_l("Write the domain.")), one_line, SHORT, a_domain],
        filters=[strip], description=_l("What follows the @ in its people's addresses."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )  # fmt: skip
    name = _short(_l("Name"), render_kw={"autocomplete": "off"})
    owner = SelectField(_l("Owner"))
