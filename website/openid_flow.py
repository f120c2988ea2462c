"""Signing in with OpenID Connect: the question to a provider, and what may be believed of its answer.

What comes back, by way of the browser or not, is foreign input. It becomes a checked `Person`, or one of the errors
below; the log then names the kind of fault, and nobody.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import MismatchingStateError
from authlib.integrations.flask_client import FlaskOAuth2App
from flask import request, session
from joserfc.errors import JoseError
from requests import RequestException

from .email_addresses import is_email
from .openid import SignInMethod, client
from .services.sign_in import Person

log = logging.getLogger(__name__)

LONGEST_SUBJECT = 255
# Where Authlib keeps in the session what an answer is checked against.
PENDING = "_state_"
PROVIDER_FAILED = ("server_error", "temporarily_unavailable")


class SignInFailed(Exception):
    """Nobody was signed in, and nothing was stored."""


class Declined(SignInFailed):
    """The person told the provider not to."""


class Unreachable(SignInFailed):
    """The provider does not answer, or not in time."""


class Stale(SignInFailed):
    """The answer belongs to no open question of this browser: used before, or somebody else's."""


class Untrusted(SignInFailed):
    """The provider refused, or its answer does not hold."""


def ask(method: SignInMethod, callback: str, *, choose: bool) -> str:
    """The provider's address to send the browser to; `choose` lets it offer other accounts. Raises SignInFailed.

    One question is open at a time: cookies are small.
    """
    for name in [name for name in session if name.startswith(PENDING)]:
        session.pop(name)
    more = {"prompt": "select_account"} if choose else {}
    with _failures(method):
        return str(_client(method).authorize_redirect(callback, **more).location)


def read_answer(method: SignInMethod) -> Person:
    """Who signed in, by the address that the provider sent the browser back to. Raises SignInFailed."""
    _check_address(method)
    with _failures(method):
        return _person(_client(method).authorize_access_token()["userinfo"], method)


def _client(method: SignInMethod) -> FlaskOAuth2App:
    found = client(method.client)
    assert found is not None, "every method that is offered has a client"  # noqa: S101
    return found


def _check_address(method: SignInMethod) -> None:
    """Whether the address brings an answer at all; anybody can make one that brings an error."""
    error = request.args.get("error", "")
    if error == "access_denied":
        raise Declined
    if error:
        log.warning("%s answered: %s", method.client, _code(error))
        raise Unreachable if error in PROVIDER_FAILED else Untrusted
    if not request.args.get("code") or not request.args.get("state"):
        raise Stale


@contextmanager
def _failures(method: SignInMethod) -> Iterator[None]:
    """What can go wrong between us and a provider, as one of our errors."""
    try:
        yield
    except MismatchingStateError as error:
        raise Stale from error
    except RequestException as error:
        log.warning("%s does not answer: %s", method.client, type(error).__name__)
        raise Unreachable from error
    except (AuthlibBaseError, JoseError, AttributeError, LookupError, TypeError, ValueError) as error:
        code = _code(str(getattr(error, "error", "")))
        log.warning("an answer of %s was refused: %s %s", method.client, type(error).__name__, code)
        raise Untrusted from error


def _code(text: str) -> str:
    """An error code as the standards write them; anything else is kept out of the log."""
    return text if re.fullmatch(r"[a-z_]{1,40}", text) else ""


def _person(claims: Mapping[str, Any], method: SignInMethod) -> Person:
    """The claims that matter. Raises ValueError when the subject cannot be one."""
    issuer, subject = claims["iss"], claims["sub"]
    if len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        raise ValueError("no subject")
    email = claims.get("email")
    email = email if isinstance(email, str) and is_email(email) else ""
    return Person(
        issuer=issuer,
        subject=subject,
        email=email,
        email_verified=bool(email) and str(claims.get("email_verified")).lower() == "true",
        name=_name(claims.get("name")) or email.partition("@")[0],
        domain=str(claims.get(method.domain_claim) or "").lower(),
    )


def _name(value: Any) -> str:
    """A name on one line, of the length that a name may have here."""
    text = "".join(sign if sign.isprintable() else " " for sign in value) if isinstance(value, str) else ""
    return " ".join(text.split())[:200].strip()
