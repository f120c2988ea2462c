"""The CRM, for admins: how the connection stands, and which user each of its owners is (R20)."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from ... import clock
from ...models import CrmOwner
from ...providers.crm import linked_crm
from ...services.crm_owner import go_by_address, owner_by_id, owners_of, read_owners_now, set_user, state_of
from ...services.errors import BadRequest
from ...services.user import active_users
from ..access import admin_only, me
from ..numbers import row_number
from ..responses import see_other
from .crm_words import connection_of, trouble_of

# What the form sends for whom nobody chose by hand, and for nobody.
BY_ADDRESS, NOBODY = "address", ""


@admin_only
def index() -> ResponseReturnValue:
    crm = linked_crm()
    if crm is None:
        return render_template("workspace/crm/unlinked.html")
    return render_template(
        "workspace/crm/index.html",
        crm=crm,
        facts=connection_of(crm, me()),
        trouble=trouble_of(state_of(crm)),
        owners=owners_of(crm),
    )


@admin_only
def read() -> ResponseReturnValue:
    done = read_owners_now(by=me(), now=clock.now())
    return see_other("/crm?said=crm_read" if done else "/crm")


@admin_only
def owner(owner_id: int) -> ResponseReturnValue:
    found = owner_by_id(owner_id) or abort(404)
    if request.method != "POST":
        return render_template("workspace/crm/owner.html", owner=found, users=_users_for(found))
    sent = request.form.get("user", "none")
    try:
        if sent == BY_ADDRESS:
            go_by_address(owner_id, by=me())
        else:
            set_user(owner_id, None if sent == NOBODY else row_number(sent), by=me())
    except (BadRequest, ValueError):
        abort(400)
    return see_other("/crm?said=crm_owner")


def _users_for(found: CrmOwner) -> list[tuple[int, str]]:
    """The users to choose from: everybody who is active, and whoever it is at present."""
    users = {user.id: user.name for user in active_users()}
    if found.user is not None:
        users.setdefault(found.user.id, found.user.name)
    return list(users.items())
