"""Contacts: the list, and each with a page of its own."""

from typing import Any

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from ...models import Contact
from ...services.contact_change import contact_by_id
from ...services.contact_csv import csv_of
from ...services.contact_list import MOST_COUNTED, SORTS, SOURCES, contacts_like, every_contact
from ...services.contact_page import company_of, meetings_of, notes_for
from ...services.contact_rights import may_edit, may_own
from ...services.user import active_users
from ..access import admin_only, me, signed_in
from ..responses import in_history
from .booking_words import moment
from .contact_asked import asked, place_asked
from .personal_links import personal_links_of
from .rows import booking_row


@signed_in
def index() -> ResponseReturnValue:
    return render_template(
        "workspace/contacts/index.html",
        users=active_users(),
        sources=SOURCES,
        sorts={key: sort.label for key, sort in SORTS.items()},
        **_found(),
    )


@signed_in
def found() -> ResponseReturnValue:
    """The list alone, for HTMX."""
    shown = render_template("workspace/contacts/_found.html", **_found())
    turned = {"after", "before"} & set(request.args)
    return in_history(shown, None if turned else asked().query)


def _found() -> dict[str, Any]:
    wanted = asked()
    page = contacts_like(wanted.wanted, after=place_asked("after"), before=place_asked("before"))
    return {
        "asked": wanted,
        "page": page,
        "counted": _counted(page.count),
        "editable": {contact.id for contact in page.rows if may_edit(contact, me())},
    }


def _counted(count: int) -> str:
    if count > MOST_COUNTED:
        return str(_("More than %(num)s contacts", num=format_decimal(MOST_COUNTED)))
    return str(ngettext("%(count)s contact", "%(count)s contacts", count, count=format_decimal(count)))


@admin_only
def table() -> ResponseReturnValue:
    """The contacts that the list shows, all of them, as a file for spreadsheets; written as it is read."""
    lines = stream_with_context(csv_of(every_contact(asked().wanted)))
    answer = Response(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = "attachment; filename=contacts.csv"
    return answer


@signed_in
def show(contact_id: int) -> ResponseReturnValue:
    contact = contact_by_id(contact_id)
    return render_template(
        "workspace/contacts/show.html",
        contact=contact,
        company=company_of(contact),
        source=SOURCES.get(contact.source, ""),
        since=moment(contact.created_at, me()) if contact.created_at else "",
        meetings=[(booking_row(booking, me()), opens) for booking, opens in meetings_of(contact, me())],
        notes=[(note, moment(note.created_at, me())) for note in notes_for(contact, me())],
        editable=may_edit(contact, me()),
        door=_ownership(contact),
        personal_links=personal_links_of(contact),
    )


def _ownership(contact: Contact) -> tuple[str, str] | None:
    """What the reader can do about the owner with one button: whom it makes the owner, and its label."""
    if contact.owner_id == me().id:
        return "", _("Give up this contact")
    if contact.owner_id is None and may_own(None, me().id, me()):
        return str(me().id), _("Make me the owner")
    return None
