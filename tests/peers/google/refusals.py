"""How Google says no."""

from dataclasses import dataclass, field
from typing import Any

from flask import Response, jsonify

# The name of a refusal: HTTP status, its reason in the answer, domain, message.
REFUSALS = {
    "invalid": (400, "invalid", "global", "Invalid Value"),
    "required": (400, "required", "global", "Required"),
    "parseError": (400, "parseError", "global", "Parse Error"),
    "timeRangeEmpty": (400, "timeRangeEmpty", "calendar", "The specified time range is empty."),
    "timeRangeTooLong": (400, "timeRangeTooLong", "calendar", "The requested time range is too long."),
    "webhookNotHttps": (400, "push.webhookUrlNotHttps", "global", "WebHook callback must be HTTPS"),
    "channelIdNotUnique": (400, "channelIdNotUnique", "push", "Channel id not unique"),
    "authError": (401, "authError", "global", "Invalid Credentials"),
    "insufficientPermissions": (403, "insufficientPermissions", "global", "Insufficient Permission"),
    "accessNotConfigured": (403, "accessNotConfigured", "usageLimits", "Calendar API has not been used in project 1"),
    "rateLimitExceeded": (403, "rateLimitExceeded", "usageLimits", "Rate Limit Exceeded"),
    "userRateLimitExceeded": (403, "userRateLimitExceeded", "usageLimits", "User Rate Limit Exceeded"),
    "quotaExceeded": (403, "quotaExceeded", "usageLimits", "Calendar usage limits exceeded."),
    "forbidden": (403, "forbidden", "global", "Forbidden"),
    "requiredAccessLevel": (403, "requiredAccessLevel", "calendar", "You need to have writer access to this calendar."),
    "forbiddenForNonOrganizer": (403, "forbiddenForNonOrganizer", "calendar", "Only the organizer may change this."),
    "domainPolicy": (403, "domainPolicy", "global", "The domain administrators have disabled Calendar apps."),
    "notFound": (404, "notFound", "global", "Not Found"),
    "duplicate": (409, "duplicate", "global", "The requested identifier already exists."),
    "deleted": (410, "deleted", "global", "Resource has been deleted"),
    "fullSyncRequired": (410, "fullSyncRequired", "calendar", "Sync token is no longer valid."),
    "conditionNotMet": (412, "conditionNotMet", "global", "Precondition Failed"),
    "tooManyRequests": (429, "rateLimitExceeded", "usageLimits", "Rate Limit Exceeded"),
    "backendError": (500, "backendError", "global", "Backend Error"),
    "notImplemented": (501, "notImplemented", "global", "This stand-in does not do that."),
    "unavailable": (503, "backendError", "global", "Service Unavailable"),
}  # fmt: skip
STATUS_NAMES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED"}


@dataclass(eq=False)
class Refused(Exception):
    """The calendar API refuses: `name` is a row of REFUSALS; `more` is laid over the answer's `error`."""

    name: str
    message: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return REFUSALS[self.name][0]

    def answer(self) -> Response:
        """The refusal in the shape of Google's APIs."""
        status, reason, domain, usual = REFUSALS[self.name]
        message = self.message or usual
        error = {"code": status, "message": message, **self.more}
        error["errors"] = [{"domain": domain, "reason": reason, "message": message}]
        if status in STATUS_NAMES:
            error["status"] = STATUS_NAMES[status]
        response = jsonify(error=error)
        response.status_code = status
        response.headers.update(self.headers)
        return response


@dataclass(eq=False)
class OAuthRefused(Exception):
    """The authorization server refuses (RFC 6749 §5.2)."""

    error: str
    description: str = ""
    status: int = 400

    def answer(self) -> Response:
        """The refusal as the token endpoint words it."""
        response = jsonify(error=self.error, error_description=self.description or "Bad Request")
        response.status_code = self.status
        return response


def scope_insufficient(scopes: frozenset[str]) -> Refused:
    """The refusal of a token none of whose scopes opens the method; `scopes` would."""
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": "calendar-json.googleapis.com"},
    }
    challenge = f'Bearer error="insufficient_scope", scope="{" ".join(sorted(scopes))}"'
    more = {"details": [detail]}
    return Refused("insufficientPermissions", more=more, headers={"WWW-Authenticate": challenge})
