"""What we hold of a person, and forgetting it all."""

import json

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from ... import clock
from ...services.contact_change import contact_by_id
from ...services.forgetting import coming_of, forget
from ...services.holding import held_of
from ..access import admin_only, me
from ..responses import see_other
from .rows import booking_rows


@admin_only
def held(contact_id: int) -> ResponseReturnValue:
    contact = contact_by_id(contact_id)
    return render_template("workspace/contacts/held.html", contact=contact, held=held_of(contact))


@admin_only
def held_as_file(contact_id: int) -> ResponseReturnValue:
    """The same for programs, as a file."""
    text = json.dumps(held_of(contact_by_id(contact_id)), ensure_ascii=False, indent=2)
    answer = Response(text, content_type="application/json")
    answer.headers["Content-Disposition"] = f"attachment; filename=contact-{contact_id}.json"
    return answer


@admin_only
def ask(contact_id: int) -> ResponseReturnValue:
    contact = contact_by_id(contact_id)
    coming = booking_rows(coming_of(contact_id, clock.now()), me())
    if request.method != "POST":
        return render_template("workspace/contacts/forget.html", contact=contact, coming=coming)
    all_gone = forget(contact_id, by=me(), now=clock.now())
    return see_other(f"/contacts?said={'forgotten_person' if all_gone else 'forgetting_person'}")
