"""What HubSpot's refusals mean."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import CrmError, CrmLimited, CrmMissing, CrmRefused, CrmRejected, CrmUnreachable

# How long to wait where HubSpot does not say, by the limit that was reached.
PAUSES = {"SECONDLY": 1, "TEN_SECONDLY_ROLLING": 10, "DAILY": 3600}
A_WHILE = 10
LOCKED_SECONDS = 2
# A day at most, as HubSpot asks for while it moves an account.
LONGEST_SECONDS = 86400
MALFORMED = (400, 405, 409, 413, 414, 415, 422)


def error_of(status: int, body: Mapping[str, Any], retry_after: str) -> CrmError:
    """The error that a refusal stands for. HubSpot's own words are left out: they quote addresses."""
    asked_for = min(int(retry_after), LONGEST_SECONDS) if retry_after.isdecimal() else None
    if status == 401:
        return CrmRefused("HubSpot refuses the token.")
    if status == 403:
        return CrmRefused("The token lacks a right in HubSpot.", tuple(dict.fromkeys(_rights(body))))
    if status == 404:
        return CrmMissing("HubSpot does not have it.")
    if status == 429:
        return CrmLimited("HubSpot was asked too often.", asked_for or _pause(body))
    if status == 423:
        return CrmUnreachable("HubSpot is at work on this itself.", asked_for or LOCKED_SECONDS)
    if status in MALFORMED:
        return CrmRejected("HubSpot does not accept what is to be written.")
    return CrmUnreachable("HubSpot does not answer as it should.", asked_for)


def _pause(body: Mapping[str, Any]) -> int:
    """The search has a limit of its own that comes without a name."""
    return PAUSES.get(str(body.get("policyName", "SECONDLY")).upper(), A_WHILE)


def _rights(body: Mapping[str, Any]) -> Iterator[str]:
    """The scopes that HubSpot says it misses, wherever it says so."""
    errors = body.get("errors")
    for part in (body, *(errors if isinstance(errors, list) else ())):
        context = part.get("context") if isinstance(part, dict) else None
        for name in ("requiredGranularScopes", "missingScopes"):
            found = context.get(name) if isinstance(context, dict) else None
            yield from (str(scope) for scope in (found if isinstance(found, list) else ()))
