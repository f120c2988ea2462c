"""Adding a contact, changing one, and changing the owner alone."""

from collections.abc import Callable

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ... import clock
from ...forms.contact import ContactForm
from ...models import Contact
from ...services.contact_address import AddressTaken
from ...services.contact_change import (
    ContactValues,
    change_contact,
    contact_by_id,
    create_contact,
    set_owner,
)
from ...services.contact_rights import allow_edit
from ..access import me, signed_in
from ..responses import see_other
from .owner_choice import chosen, owner_choices


@signed_in
def new() -> ResponseReturnValue:
    form = ContactForm(request.form, owner=str(me().id))
    form.owner.choices = owner_choices(None)
    if request.method != "POST":
        return _page(form, None)
    return _saved(form, None, lambda values: create_contact(values, by=me(), now=clock.now()))


@signed_in
def edit(contact_id: int) -> ResponseReturnValue:
    contact = contact_by_id(contact_id)
    allow_edit(contact, me())
    further = "\n".join(one.email for one in contact.addresses)
    known = {name: getattr(contact, name) for name in ("email", "name", "company", "phone")}
    form = ContactForm(request.form, **known, addresses=further, owner=str(contact.owner_id or ""))
    form.owner.choices = owner_choices(contact.owner)
    if request.method != "POST":
        return _page(form, contact)

    def change(values: ContactValues) -> int:
        change_contact(contact_id, values, by=me())
        return contact_id

    return _saved(form, contact, change)


@signed_in
def owner(contact_id: int) -> ResponseReturnValue:
    contact = contact_by_id(contact_id)
    allow_edit(contact, me())
    if request.method != "POST":
        choices = owner_choices(contact.owner)
        return render_template("workspace/contacts/owner.html", contact=contact, choices=choices)
    try:
        owner_id = chosen(request.form.get("owner"))
    except ValueError:
        abort(400)
    set_owner(contact_id, owner_id, by=me())
    return see_other(f"/contacts/{contact_id}?said=owner")


def _saved(
    form: ContactForm, contact: Contact | None, save: Callable[[ContactValues], int]
) -> ResponseReturnValue:
    if not form.validate():
        return _page(form, contact), 422
    values = ContactValues(
        email=form.email.data, name=form.name.data, phone=form.phone.data, company=form.company.data,
        addresses=form.addresses.addresses, owner_id=chosen(form.owner.data),
    )  # fmt: skip
    try:
        number = save(values)
    except AddressTaken as taken:
        return _page(form, contact, _pointed_out(form, taken)), 422
    return see_other(f"/contacts/{number}?said={'saved' if contact else 'contact_added'}")


def _pointed_out(form: ContactForm, taken: AddressTaken) -> AddressTaken:
    """Says at the field whose its address is."""
    field = form.email if form.email.data == taken.address else form.addresses
    field.errors = [_("%(address)s is the address of %(name)s.", address=taken.address, name=taken.name)]
    return taken


def _page(form: ContactForm, contact: Contact | None, taken: AddressTaken | None = None) -> str:
    return render_template(
        "workspace/contacts/form.html",
        form=form,
        contact=contact,
        taken=taken,
        action=f"/contacts/{contact.id}/edit" if contact else "/contacts/new",
        back=f"/contacts/{contact.id}" if contact else "/contacts",
    )
