"""Personal links for the contacts of another system (R21)."""

from typing import Any

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_smorest import Blueprint

from ... import clock
from ...models import PersonalLink
from ...services.errors import UnknownContact
from ...services.find_link import link_by_slug
from ...services.personal_link import give_to_address, give_to_addresses, revoke
from ..access import with_token
from ..addresses import personal_address
from ..numbers import LARGEST
from .asked import loaded, sent_body
from .description import WITH_TOKEN, json_body, problems
from .problems import Invalid, answer_with_problems
from .schemas import PersonalLinkAnswer, PersonalLinksAnswer, PersonalLinksBody

blueprint = Blueprint("api-personal-links", __name__, url_prefix="/api/v1")
answer_with_problems(blueprint)


@blueprint.route("/links/<slug>/personal-links", methods=["POST"])
@with_token
@blueprint.doc(security=WITH_TOKEN, requestBody=json_body(PersonalLinksBody))
@problems(blueprint, 401, 404, 413, 422, 429)
@blueprint.alt_response(200, schema=PersonalLinksAnswer, description="What became of each of `emails`")
@blueprint.response(201, PersonalLinkAnswer)
def make(slug: str) -> Any:
    """Make a personal link for a contact, or for each of up to 500."""
    link, now = link_by_slug(slug), clock.now()
    body = loaded(PersonalLinksBody(), sent_body())
    days, emails = body["expires_in_days"], body.get("emails")
    if emails is not None:
        made = give_to_addresses(link, emails, days=days, by=None, now=now)
        return _outcomes(emails, made)
    try:
        return _answer(give_to_address(link, body["email"], days=days, by=None, now=now))
    except UnknownContact:
        raise Invalid({"email": [_nobody()]}) from None


@blueprint.route(f"/personal-links/<int(max={LARGEST}):number>", methods=["DELETE"])
@with_token
@blueprint.doc(security=WITH_TOKEN)
@problems(blueprint, 401, 404, 429, means={404: "There is no such personal link."})
@blueprint.response(204)
def end(number: int) -> ResponseReturnValue:
    """Revoke a personal link: its address recognises nobody any more."""
    revoke(number, by=None, now=clock.now())
    return "", 204


def _outcomes(emails: list[str], made: list[PersonalLink | None]) -> Response:
    """Written here: the view's own answer is that for one address."""
    rows = [
        {"status": "created", "errors": {}, **_answer(row), "email": email}
        if row
        else {"status": "refused", "email": email, "errors": {"email": [_nobody()]}}
        for email, row in zip(emails, made, strict=True)
    ]
    return jsonify(PersonalLinksAnswer().dump({"personal_links": rows}))


def _nobody() -> str:
    return str(_("There is no contact with this address."))


def _answer(row: PersonalLink) -> dict[str, Any]:
    return {
        "id": row.id,
        "email": row.contact.email,
        "url": personal_address(row),
        "expires_at": row.expires_at.isoformat(),
    }
