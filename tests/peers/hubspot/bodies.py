"""Bodies and queries of calls, refused where they are not as HubSpot describes them."""

from collections.abc import Collection
from typing import Any

from werkzeug import Request

from .refusals import invalid

LONGEST_SEARCH = 3000
OPERATORS = ("EQ", "NEQ", "CONTAINS_TOKEN", "IN", "HAS_PROPERTY")
SEARCH = ("filterGroups", "properties", "limit", "after", "sorts", "query")


def body_of(request: Request, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Any]:
    """The JSON object that was sent."""
    if not request.is_json:
        raise invalid("Cannot parse content. No Content-Type defined.")
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not {*required} <= {*body} <= {*required, *optional}:
        raise invalid("Invalid input JSON: unknown or missing field")
    return body


def query_of(request: Request, known: Collection[str]) -> dict[str, str]:
    """The query, what is named several times with commas between; HubSpot overlooks what it does not know, but
    nobody of ours should ask for that."""
    unknown = {*request.args} - {*known}
    if unknown:
        raise invalid(f"unknown parameters: {sorted(unknown)}")
    return {name: ",".join(request.args.getlist(name)) for name in request.args}


def limit_of(text: str, most: int) -> int:
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise invalid(f"limit must be between 1 and {most}")
    return int(text)


def search_of(request: Request) -> dict[str, Any]:
    """A search within its limits (five groups, six filters in each, 3,000 characters, 200 results)."""
    if len(request.get_data()) > LONGEST_SEARCH:
        raise invalid("The request body is too long")
    body = body_of(request, ["filterGroups"], SEARCH)
    groups = body["filterGroups"]
    if not 1 <= len(groups) <= 5 or any(not 1 <= len(group["filters"]) <= 6 for group in groups):
        raise invalid("too many filters")
    for group in groups:
        for one in group["filters"]:
            if {*one} != {"propertyName", "operator", "value"} or one["operator"] not in OPERATORS:
                raise invalid("There was a problem with the request: invalid filter")
    limit_of(str(body.get("limit", 10)), 200)
    return body
