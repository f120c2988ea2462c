"""What an answer that is none means for us: a table from Google's reasons to our errors."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from ..base import Scope
from ..errors import AccessRevoked, CalendarError, CalendarMissing, CalendarReadOnly, CalendarUnreachable

log = logging.getLogger(__name__)

# The limits are counted by the minute; quotas, and what an admin has to mend, take longer.
RATE_SECONDS = 60
QUOTA_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Refusal:
    """`reason` is Google's word; `access` is what the call needed, `writes` whether it was to change an event."""

    status: int
    reason: str
    access: Scope
    writes: bool
    retry_after_seconds: int | None = None


def error_of(refusal: Refusal) -> CalendarError:
    """The error that a refusal amounts to."""
    make = _BY_REASON.get(refusal.reason) or _BY_STATUS.get(refusal.status) or _silent
    return make(refusal)


def not_granted(access: Scope, writes: bool) -> CalendarError:
    """The error of a call that needs an access which the user did not give."""
    if writes:
        return CalendarReadOnly(_ask_for(access))
    return AccessRevoked(_ask_for(access))


def _ask_for(access: Scope) -> str:
    return (
        f"Google was not allowed to do this for us: {access.label}. Link the account again and tick that box."
    )


def _no_access(refusal: Refusal) -> CalendarError:
    return AccessRevoked(_ask_for(refusal.access))


def _not_accepted(refusal: Refusal) -> CalendarError:
    return AccessRevoked("Google no longer lets us into this account: link it again.", final=False)


def _forbidden_by_admins(refusal: Refusal) -> CalendarError:
    return AccessRevoked("The admins of this Google Workspace do not let us use its calendars.", final=False)


def _not_enabled(refusal: Refusal) -> CalendarError:
    return CalendarUnreachable(
        "The Google Calendar API is not enabled for this site: an admin must enable it in Google's console.",
        refusal.retry_after_seconds or QUOTA_SECONDS,
    )


def _too_fast(refusal: Refusal) -> CalendarError:
    return CalendarUnreachable("Google asks us to slow down.", refusal.retry_after_seconds or RATE_SECONDS)


def _quota(refusal: Refusal) -> CalendarError:
    return CalendarUnreachable(
        "This site has asked Google for all that it may for now.",
        refusal.retry_after_seconds or QUOTA_SECONDS,
    )


def _no_notices(refusal: Refusal) -> CalendarError:
    return CalendarUnreachable("Google cannot tell this site of changes.")


def _not_ours(refusal: Refusal) -> CalendarError:
    if refusal.writes:
        return CalendarReadOnly("Google does not let us change this calendar.")
    return CalendarUnreachable("Google does not let us read this calendar.", refusal.retry_after_seconds)


def _wrong(refusal: Refusal) -> CalendarError:
    """A fault of ours, or an event that Google cannot take: trying again cannot mend it."""
    log.error("Google refused a request with %s: %s", refusal.status, refusal.reason)
    if refusal.writes:
        return CalendarReadOnly("Google does not take this event.")
    return CalendarUnreachable("Google did not understand us.")


def _missing(refusal: Refusal) -> CalendarError:
    return CalendarMissing("This calendar is gone, or no longer shared with the account.")


def _silent(refusal: Refusal) -> CalendarError:
    return CalendarUnreachable("Google does not answer.", refusal.retry_after_seconds)


_Made = Callable[[Refusal], CalendarError]
_BY_REASON: dict[str, _Made] = {
    "insufficientPermissions": _no_access,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": _no_access,
    "domainPolicy": _forbidden_by_admins,
    "accessNotConfigured": _not_enabled,
    "SERVICE_DISABLED": _not_enabled,
    "rateLimitExceeded": _too_fast,
    "userRateLimitExceeded": _too_fast,
    "quotaExceeded": _quota,
    "dailyLimitExceeded": _quota,
    "push.webhookUrlNotHttps": _no_notices,
    "push.webhookUrlUnauthorized": _no_notices,
}
_BY_STATUS: dict[int, _Made] = {
    400: _wrong,
    401: _not_accepted,
    403: _not_ours,
    404: _missing,
    429: _too_fast,
}
