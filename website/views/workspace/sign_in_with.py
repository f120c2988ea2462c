"""Signing in with an OpenID provider: away to it, back from it, and what to say when that fails."""

import logging
from datetime import timedelta
from typing import Any, NamedTuple

from flask import abort, current_app, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from ... import clock
from ...openid import SignInMethod, sign_in_methods
from ...openid_flow import Declined, SignInFailed, Stale, Unreachable, Untrusted, ask, read_answer
from ...services.errors import NotInvited
from ...services.organisation import organisation_name
from ...services.sign_in import Person, sign_in
from ..access import start_session
from ..addresses import inside, own_address
from ..limits import SIGN_INS, limited
from ..responses import leave_for

log = logging.getLogger(__name__)

OPEN_FOR = timedelta(minutes=10)
UNDER_WAY = "signing_in"


class Failure(NamedTuple):
    """An answer to somebody who was not signed in."""

    status: int
    heading: Any
    text: Any


FAILURES: dict[type[SignInFailed], Failure] = {
    Declined: Failure(
        200, _l("You did not sign in"), _l("You told %(provider)s not to, and nothing was changed.")
    ),
    Unreachable: Failure(
        503, _l("%(provider)s does not answer"), _l("Nothing was changed. Try again in a minute.")
    ),
    Stale: Failure(
        400,
        _l("Please start again"),
        _l("This way in was used before, has waited too long, or was opened in another browser."),
    ),
    Untrusted: Failure(
        400,
        _l("%(provider)s did not let you in"),
        _l("Try again. If it happens again, tell whoever runs this site: its log says why."),
    ),
}


@limited(SIGN_INS)
def begin(client: str) -> ResponseReturnValue:
    """Sends the browser to the provider."""
    method = _method(client)
    callback = own_address(f"/sign-in/{client}/callback")
    session[UNDER_WAY] = {"next": inside(request.form.get("next", "")), "at": clock.now().timestamp()}
    try:
        return leave_for(ask(method, callback, choose="choose" in request.form), method.label)
    except SignInFailed as failure:
        return _failed(method, failure)


@limited(SIGN_INS)
def finish(client: str) -> ResponseReturnValue:
    """Signs in whoever the provider says is there."""
    method, under_way = _method(client), session.get(UNDER_WAY, {})
    try:
        if clock.now().timestamp() - under_way.get("at", 0) > OPEN_FOR.total_seconds():
            raise Stale
        person = read_answer(method)
        user = sign_in(person, code=session.get("first_admin", ""), now=clock.now())
    except SignInFailed as failure:
        return _failed(method, failure)
    except NotInvited:
        log.info("%s: somebody who is not invited", method.client)
        return _not_invited(method, person)
    log.info("user %s signed in with %s", user.id, method.client)
    start_session(user)
    return redirect(under_way["next"], 303)


def _method(client: str) -> SignInMethod:
    method = sign_in_methods(current_app.config["FIRSTHAND"]).get(client)
    return method or abort(404)


def _failed(method: SignInMethod, failure: SignInFailed) -> ResponseReturnValue:
    known = FAILURES[type(failure)]
    page = render_template(
        "workspace/sign_in_failed.html",
        heading=known.heading % {"provider": method.label},
        text=known.text % {"provider": method.label},
        method=method,
        back=session.get(UNDER_WAY, {}).get("next", "/"),
    )
    return page, known.status


def _not_invited(method: SignInMethod, person: Person) -> ResponseReturnValue:
    page = render_template(
        "workspace/not_invited.html",
        method=method,
        email=person.email,
        organisation=organisation_name(),
        back=session[UNDER_WAY]["next"],
    )
    return page, 403
