"""HubSpot's refusals, as their bodies are known."""

import json
from typing import Any

from werkzeug import Response

NUMBER = "4f1d4a7e-6a4c-4d1c-9d3e-1d6a0e5b7c11"


class Refused(Exception):
    """A call that is not answered as was asked."""

    def __init__(self, status: int, category: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.headers: dict[str, str] = {}
        self.body = {
            "status": "error",
            "message": message,
            "correlationId": NUMBER,
            "category": category,
            **more,
        }

    def answer(self) -> Response:
        return Response(json.dumps(self.body), self.status, self.headers, content_type="application/json")


def unauthorized() -> Refused:
    return Refused(
        401,
        "INVALID_AUTHENTICATION",
        "Authentication credentials not found. This API supports OAuth 2.0 authentication.",
    )


def missing_scope(scope: str) -> Refused:
    detail = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": [scope]},
    }
    return Refused(
        403,
        "MISSING_SCOPES",
        "This app hasn't been granted all required scopes to make this call.",
        errors=[detail],
        links={"scopes": "https://developers.hubspot.com/scopes"},
    )


def not_found() -> Refused:
    return Refused(404, "OBJECT_NOT_FOUND", "resource not found")


def limited(policy: str) -> Refused:
    return Refused(429, "RATE_LIMITS", f"You have reached your {policy.lower()} limit.", policyName=policy)


def search_limited() -> Refused:
    """The search's own limit has no name, and no Retry-After."""
    return Refused(429, "RATE_LIMITS", "You have reached your secondly limit.")


def invalid(message: str) -> Refused:
    return Refused(400, "VALIDATION_ERROR", message)


def wrong_property(name: str, code: str, message: str) -> Refused:
    row = {"isValid": False, "message": message, "error": code, "name": name}
    return Refused(400, "VALIDATION_ERROR", f"Property values were not valid: {json.dumps([row])}")


def exists(number: str) -> Refused:
    return Refused(409, "CONFLICT", f"Contact already exists. Existing ID: {number}")


def broken(status: int) -> Refused:
    return Refused(status, "INTERNAL_ERROR", "internal error")
