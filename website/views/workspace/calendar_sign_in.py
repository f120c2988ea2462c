"""Linking a calendar account by signing in at its provider (OAuth 2, OpenID). It never logs anybody in."""

import logging
from datetime import datetime, timedelta
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import MismatchingStateError
from flask import abort, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from joserfc.errors import JoseError

from ... import clock, openid
from ...providers.calendars import CALENDAR_PROVIDERS
from ...providers.calendars.base import CalendarProvider, Scope, SignIn
from ...providers.calendars.errors import CalendarError
from ...services.account_trial import read_at_once, try_out
from ...services.connect import Access, link_account, own_account, secret_of
from ..access import me
from ..addresses import own_address
from ..responses import leave_for, see_other

log = logging.getLogger(__name__)

MEANT = "calendar account to reconnect"
# What foreign answers that lack something end in.
NOT_UNDERSTOOD = (AttributeError, LookupError, RuntimeError, TypeError, ValueError)
# What a provider sends back instead of a code, and what is said then; anything else is the last one.
REFUSALS = {
    "access_denied": _l("You did not allow it, so nothing was linked and nothing was changed."),
    "admin_policy_enforced": _l(
        "An administrator of your organisation at the provider does not allow it. Ask them."
    ),
    "": _l("The provider did not allow it. Try again, or ask whoever runs this site."),
}


class NotLinked(Exception):
    """Nothing was linked: `sentence` says why, `status` how the answer is marked, `boxes` what was left unticked."""

    def __init__(self, sentence: str, status: int, boxes: list[Scope] | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.status, self.boxes = sentence, status, boxes or []


def begin(provider: CalendarProvider, sign_in: SignIn, account_id: int | None) -> ResponseReturnValue:
    """Sends the user to the provider; `account_id` is an account of theirs that is to be reconnected."""
    hint = own_account(me().id, account_id).label if account_id is not None else ""
    session[MEANT] = account_id
    scope = " ".join(["openid", "email", *(scope.name for scope in sign_in.scopes)])
    try:
        answer = _client(sign_in).authorize_redirect(
            _callback(provider), scope=scope, login_hint=hint or me().email, **sign_in.parameters
        )
    except (requests.RequestException, AuthlibBaseError, *NOT_UNDERSTOOD) as error:
        log.warning("signing in at %s could not begin: %s", provider.key, type(error).__name__)
        return _refused(provider, NotLinked(_silence(provider), 503))
    return leave_for(answer.location, _(provider.speaker))


def linked(kind: str) -> ResponseReturnValue:
    """Where the provider sends the user back to; what it brings along is of no use to anybody who signs in later."""
    if not current_user.is_authenticated:
        return redirect("/sign-in?next=%2Fcalendars")
    provider = CALENDAR_PROVIDERS.get(kind)
    if provider is None or provider.sign_in is None or openid.client(provider.sign_in.client) is None:
        abort(404)
    try:
        account_id = _finish(provider, provider.sign_in, clock.now())
    except NotLinked as error:
        return _refused(provider, error)
    meant = session.pop(MEANT, None)
    said = "linked" if meant in (None, account_id) else "another"
    return see_other(f"/calendars?said={said}#account-{account_id}")


def _finish(provider: CalendarProvider, sign_in: SignIn, now: datetime) -> int:
    """Links the account of the callback that is being answered. Raises NotLinked."""
    token = _token(provider, sign_in)
    granted = frozenset(str(token.get("scope", "")).split())
    needed = [scope for scope in sign_in.missing(granted) if scope.required]
    if needed:
        raise NotLinked(_("Nothing was linked, because a box was left without its tick:"), 422, needed)
    who, user = token["userinfo"], me()
    user_id = user.id
    secret = secret_of(user_id, provider.key, who["sub"]) | _secret(token)
    if not secret.get("refresh_token"):
        raise NotLinked(_("The provider gave access for a moment only. Try again."), 422)
    try:
        found = try_out(provider.key, secret, user, granted)
    except CalendarError as error:
        raise NotLinked(_(str(error)), 422) from error
    access = Access(provider.key, secret, found, who["sub"], who.get("email", ""), granted, _ends(token, now))
    number = link_account(access, user_id=user_id, now=now).id
    read_at_once(number, now)
    return number


def _token(provider: CalendarProvider, sign_in: SignIn) -> dict[str, Any]:
    """The checked answer to the code of the callback. Raises NotLinked."""
    if "error" in request.args:
        error = request.args["error"]
        status = 200 if error == "access_denied" else 400
        raise NotLinked(str(REFUSALS.get(error, REFUSALS[""])), status)
    try:
        return _checked(_client(sign_in))
    except MismatchingStateError as error:
        raise NotLinked(_("This page was called up too late, or twice. Start again."), 400) from error
    except requests.RequestException as error:
        raise NotLinked(_silence(provider), 503) from error
    except (AuthlibBaseError, JoseError, *NOT_UNDERSTOOD) as error:
        log.warning("linking %s was refused: %s", provider.key, type(error).__name__)
        raise NotLinked(str(REFUSALS[""]), 400) from error


def _checked(client: Any) -> dict[str, Any]:
    """The token for the callback's code, with the claims of whoever gave it. Authlib compares audience and issuer
    only where it is told to."""
    exact = {
        "iss": {"essential": True, "value": client.load_server_metadata()["issuer"]},
        "aud": {"essential": True, "value": client.client_id},
        "sub": {"essential": True},
    }
    token: dict[str, Any] = client.authorize_access_token(claims_options=exact)
    if not token["userinfo"]["sub"]:
        raise ValueError("the account has no name")
    return token


def _secret(token: dict[str, Any]) -> dict[str, str]:
    """What is kept of a token; without a refresh token in it, the one that is known stays."""
    kept = {name: token.get(name) for name in ("access_token", "refresh_token", "expires_at")}
    return {name: str(value) for name, value in kept.items() if value}


def _ends(token: dict[str, Any], now: datetime) -> datetime | None:
    seconds = str(token.get("refresh_token_expires_in", ""))
    return now + timedelta(seconds=int(seconds)) if seconds.isdigit() else None


def _client(sign_in: SignIn) -> Any:
    return openid.client(sign_in.client)


def _callback(provider: CalendarProvider) -> str:
    return own_address(f"/calendars/{provider.key}/linked")


def _silence(provider: CalendarProvider) -> str:
    return str(_("%(name)s does not answer just now. Try again in a minute.", name=_(provider.speaker)))


def _refused(provider: CalendarProvider, error: NotLinked) -> ResponseReturnValue:
    account_id = session.get(MEANT)
    page = render_template(
        "workspace/calendars/not_linked.html", provider=provider, error=error, account_id=account_id
    )
    return page, error.status
