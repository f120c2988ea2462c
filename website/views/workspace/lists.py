"""Contacts, as a list, and what lists share."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from ...services.contact_owner import contact_by_id, set_owner
from ...services.listing import A_PAGE, contacts_like
from ...services.user import active_users
from ..access import admin_only, me, signed_in
from ..numbers import row_number
from ..responses import see_other

LAST_PAGE = 10_000


@signed_in
def contacts() -> ResponseReturnValue:
    words, page, owner = words_asked(), page_asked(), request.args.get("owner", type=row_number)
    rows, count = contacts_like(words, page, owner_id=owner)
    return render_template(
        "workspace/contacts.html",
        rows=rows,
        count=count,
        words=words,
        owner=owner,
        users=active_users(),
        page=page,
        more=page * A_PAGE < count,
    )


@admin_only
def contact_owner(contact_id: int) -> ResponseReturnValue:
    contact = contact_by_id(contact_id)
    if contact is None:
        abort(404)
    if request.method != "POST":
        return render_template("workspace/contact_owner.html", contact=contact, users=active_users())
    set_owner(contact_id, _owner_sent(), by=me())
    return see_other("/contacts?said=owner")


def _owner_sent() -> int | None:
    """The owner chosen, None for nobody. What cannot be read takes nobody's owner away: it is a 400."""
    sent = request.form.get("owner")
    if sent == "":
        return None
    try:
        return row_number(sent or "none")
    except ValueError:
        abort(400)


def page_asked() -> int:
    """The page of a list that is asked for, from 1."""
    return min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)


def words_asked() -> str:
    """What a list is searched for: as much of it as can be shown."""
    return "".join(letter for letter in request.args.get("q", "")[:100] if letter.isprintable())
