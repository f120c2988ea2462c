"""Contacts and their owners, from a CRM or any other system (R20)."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from ... import clock
from ...email_addresses import is_email
from ...models import Contact
from ...services.contact import contact_known_as
from ...services.contact_push import (
    CONFLICT,
    CREATED,
    REFUSED,
    Outcome,
    Push,
    push_contacts,
)
from ...services.errors import NotAllowed, UnknownContact
from ...services.forgetting import forget
from ..access import token, with_token
from ..languages import translated
from .asked import address_of_path, loaded, sent_body
from .description import CONTACT_PARAMETERS, WITH_TOKEN, json_body, problems
from .problems import Invalid, answer_with_problems, problem
from .schemas import (
    ContactAnswer,
    ContactBody,
    ContactRow,
    ContactsAnswer,
    ContactsBody,
    ContactsDescribed,
)

blueprint = Blueprint("api-contacts", __name__, url_prefix="/api/v1/contacts")
answer_with_problems(blueprint)
MEANS = {404: "There is no such contact.", 409: "An address is another contact's already."}


@blueprint.route("/<path:email>", parameters=CONTACT_PARAMETERS)
@with_token
@blueprint.doc(security=WITH_TOKEN)
@problems(blueprint, 401, 404, 429, means=MEANS)
@blueprint.response(200, ContactAnswer)
def show(email: str) -> Any:
    """A contact, by any of its addresses."""
    return _answer(_found(email))


@blueprint.route("/<path:email>", methods=["PUT"], parameters=CONTACT_PARAMETERS)
@with_token
@blueprint.doc(security=WITH_TOKEN, requestBody=json_body(ContactBody))
@problems(blueprint, 401, 409, 413, 422, 429, means=MEANS)
@blueprint.alt_response(201, schema=ContactAnswer, description="Created")
@blueprint.response(200, ContactAnswer)
def put(email: str) -> Any:
    """Make a contact, or change what is named of one; the same request again changes nothing."""
    values = loaded(ContactBody(), sent_body())
    (outcome,) = push_contacts([_push(address_of_path(email), values)], now=clock.now())
    if outcome.status == CONFLICT:
        return problem("address_taken", errors=_sentences(outcome))
    if outcome.status == REFUSED:
        raise Invalid(_sentences(outcome))
    return _answer(_found(email)), 201 if outcome.status == CREATED else 200


@blueprint.route("/<path:email>", methods=["DELETE"], parameters=CONTACT_PARAMETERS)
@with_token
@blueprint.doc(security=WITH_TOKEN)
@problems(blueprint, 401, 403, 404, 429, means=MEANS)
@blueprint.response(204)
def end(email: str) -> ResponseReturnValue:
    """Forget a person: coming meetings are called off, and all that is held of the person goes."""
    by = token().creator
    if by is None or not by.active:
        raise NotAllowed
    forget(_found(email).id, by=by, now=clock.now())
    return "", 204


@blueprint.route("", methods=["POST"])
@with_token
@blueprint.doc(security=WITH_TOKEN, requestBody=json_body(ContactsDescribed))
@problems(blueprint, 401, 413, 422, 429)
@blueprint.response(200, ContactsAnswer)
def push() -> Any:
    """Make or change up to 500 contacts: each that cannot be is refused by itself, the others are stored together."""
    rows = loaded(ContactsBody(), sent_body())["contacts"]
    read = [_row(row) for row in rows]
    pushed = iter(push_contacts([one for one in read if isinstance(one, Push)], now=clock.now()))
    outcomes = [next(pushed) if isinstance(one, Push) else one for one in read]
    return {
        "contacts": [
            {"email": one.email, "status": one.status, "errors": _sentences(one)} for one in outcomes
        ]
    }


def _row(row: Any) -> Push | Outcome:
    """A row of a batch, or why it cannot be."""
    try:
        values = loaded(ContactRow(), row)
    except Invalid as refused:
        named = row.get("email") if isinstance(row, dict) else None
        return Outcome(named[:254] if isinstance(named, str) else "", REFUSED, refused.errors)
    return _push(values.pop("email"), values)


def _push(email: str, values: dict[str, Any]) -> Push:
    replace_owner = values.pop("replace_owner")
    return Push(email, values, replace_owner=replace_owner)


def _sentences(outcome: Outcome) -> Mapping[str, list[str]]:
    return {field: [translated(text) for text in texts] for field, texts in outcome.errors.items()}


def _found(email: str) -> Contact:
    contact = contact_known_as(email) if is_email(email) else None
    if contact is None:
        raise UnknownContact
    return contact


def _answer(contact: Contact) -> dict[str, Any]:
    return {
        "email": contact.email,
        "name": contact.name,
        "phone": contact.phone,
        "company": contact.company,
        "owner": contact.owner.email if contact.owner else None,
        "addresses": [row.email for row in contact.addresses],
    }
