"""The tokens of an account: renewed before they end, given back when the account is unlinked.

A secret holds `access_token`, `refresh_token` and `expires_at`, the end of the former as seconds since the epoch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from website import clock
from website.config import in_force

from ..errors import AccessRevoked, CalendarUnreachable
from ..records import Account, Secret
from .deadline import Deadline

SPARE = timedelta(minutes=5)
# Together they end well before the lease of whoever renews does (services/calendar_account.py).
METADATA_SECONDS, RENEWAL_SECONDS = 5, 10


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where tokens are renewed and given back, as the OpenID metadata says; `revocation` is empty where it names no
    such address (RFC 8414 §2)."""

    token: str
    revocation: str


_known: dict[str, Endpoints] = {}


def lasting(account: Account, deadline: Deadline) -> Secret:
    """The account's secret, renewed if it ends within five minutes. Raises AccessRevoked, CalendarUnreachable."""
    return account.secret if _lasts(account.secret) else _newest(account, _lasts, deadline)


def instead_of(refused: Secret, account: Account, deadline: Deadline) -> Secret:
    """A secret that is not the one which Google refused. Raises AccessRevoked, CalendarUnreachable."""
    token = refused.get("access_token")
    return _newest(account, lambda newest: newest.get("access_token") != token and _lasts(newest), deadline)


def give_back(account: Account, deadline: Deadline) -> None:
    """Revokes all that the account granted; nothing left to revoke is success. Raises CalendarUnreachable."""
    token = account.secret.get("refresh_token") or account.secret.get("access_token")
    if not token:
        return
    url = _endpoints(deadline).revocation
    if not url:
        return
    try:
        with _client() as client:
            answer = client.revoke_token(url, token=token, timeout=deadline.left(), allow_redirects=False)
            revoked = answer.ok or (answer.status_code == 400 and answer.json()["error"] == "invalid_token")
    except (requests.RequestException, ValueError, LookupError, TypeError):
        revoked = False
    if not revoked:
        raise CalendarUnreachable("Google did not take the access back.")


def _lasts(secret: Secret) -> bool:
    """Whether an access token can still be used; one whose end nobody named can, until Google says otherwise."""
    try:
        end = float(secret.get("expires_at") or "inf")
    except ValueError:
        return False
    return bool(secret.get("access_token")) and end - clock.now().timestamp() >= SPARE.total_seconds()


def _newest(account: Account, good: Callable[[Secret], bool], deadline: Deadline) -> Secret:
    """Another process may have renewed the secret since it was read: then that one is taken."""

    def renewed(newest: Secret) -> Secret:
        return newest if good(newest) else _renewed(newest, deadline)

    return account.renew(renewed) if account.renew else renewed(account.secret)


def _renewed(secret: Secret, deadline: Deadline) -> Secret:
    refresh_token = secret.get("refresh_token")
    if not refresh_token:
        raise AccessRevoked("The access to this Google account has ended: link it again.")
    token = _ask_for_token(refresh_token, deadline)
    return {
        **secret,
        "access_token": token["access_token"],
        "refresh_token": token.get("refresh_token") or refresh_token,
        "expires_at": str(token.get("expires_at", "")),
    }


def _ask_for_token(refresh_token: str, deadline: Deadline) -> dict[str, str]:
    """The token endpoint's answer. No scope is asked for, so that none is lost (RFC 6749 §6)."""
    url = _endpoints(deadline).token
    try:
        with _client() as client:
            token: dict[str, str] = client.refresh_token(
                url,
                refresh_token=refresh_token,
                timeout=deadline.left(RENEWAL_SECONDS),
                allow_redirects=False,
            )
    except OAuthError as error:
        if error.error == "invalid_grant":
            raise AccessRevoked("The access to this Google account was taken back: link it again.") from None
        raise CalendarUnreachable(
            "Google does not renew this site's access: an admin must look at its settings."
        ) from None
    except (requests.RequestException, ValueError):
        raise CalendarUnreachable("Google does not answer.") from None
    if not token.get("access_token"):
        raise CalendarUnreachable("Google's answer cannot be understood.")
    return token


def _client() -> OAuth2Session:
    settings = in_force()
    return OAuth2Session(settings.google_client_id, settings.google_client_secret)


def _endpoints(deadline: Deadline) -> Endpoints:
    """Read once in the life of the process, and again only where that failed."""
    url = in_force().google_metadata_url
    if url not in _known:
        try:
            with _client() as client:
                answer = client.get(url, timeout=deadline.left(METADATA_SECONDS), withhold_token=True)
            answer.raise_for_status()
            known = answer.json()
            _known[url] = Endpoints(known["token_endpoint"], known.get("revocation_endpoint", ""))
        except (requests.RequestException, ValueError, LookupError, TypeError):
            raise CalendarUnreachable("Google does not answer.") from None
    return _known[url]
