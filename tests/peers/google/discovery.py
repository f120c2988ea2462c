"""Google's own description of its calendar API, as the judge of every request and every answer."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

Json = dict[str, Any]
FORMATS = FormatChecker(["date", "date-time"])  # fails where the package that checks date-time is missing
INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}
# Values that the document lists in prose only. "Some of the possible values" is not a whole list.
LISTED = re.compile(r"(?<!Some of the )possible values are:", re.IGNORECASE)


@lru_cache
def document() -> Json:
    """The description as Google publishes it."""
    path = files("googleapiclient.discovery_cache") / "documents" / "calendar.v3.json"
    return json.loads(path.read_text())


@dataclass(frozen=True)
class Method:
    """One method of the API: what it takes, answers and needs."""

    described: Json

    @property
    def id(self) -> str:
        """Such as `calendar.events.insert`."""
        return self.described["id"]

    @cached_property
    def scopes(self) -> frozenset[str]:
        """Each of these opens the method."""
        return frozenset(self.described["scopes"])

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What its path looks like, below the API's address."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.described["path"]))

    def read(self, query: dict[str, list[str]]) -> Json:
        """The query's values as numbers, truths and lists; what cannot be read stays as it was sent."""
        return {name: _value(self._parameters.get(name, {}), values) for name, values in query.items()}

    def problems(self, part: str, value: Any) -> list[str]:
        """What is wrong with a `query` (as it was read), a `body` or an `answer`; None is an empty one."""
        found = self._judges[part].iter_errors(value)
        return [f"{part} {error.json_path}: {error.message}" for error in found]

    @cached_property
    def _parameters(self) -> Json:
        own = self.described.get("parameters", {})
        return document()["parameters"] | {n: p for n, p in own.items() if p["location"] == "query"}

    @cached_property
    def _judges(self) -> dict[str, Draft202012Validator]:
        known = {name: _parameter_schema(described) for name, described in self._parameters.items()}
        schemas = {
            "query": {"type": "object", "properties": known, "additionalProperties": False},
            "body": self._schema_of("request") | {"required": self._required()},
            "answer": self._schema_of("response"),
        }
        return {part: _judge(schema) for part, schema in schemas.items()}

    def _schema_of(self, part: str) -> Json:
        return _schema(self.described[part]) if part in self.described else {"type": "null"}

    def _required(self) -> list[str]:
        """The fields of the body that the description marks as needed by this method."""
        schema = document()["schemas"].get(self.described.get("request", {}).get("$ref"), {})
        fields = schema.get("properties", {}).items()
        return [name for name, f in fields if self.id in f.get("annotations", {}).get("required", [])]


@lru_cache
def _methods() -> tuple[Method, ...]:
    """All methods; those with fewer variable parts in their path first."""

    def below(node: Json) -> Iterator[Method]:
        yield from map(Method, node.get("methods", {}).values())
        for child in node.get("resources", {}).values():
            yield from below(child)

    return tuple(sorted(below(document()), key=lambda method: method.described["path"].count("{")))


def find(verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """The method behind a path below the API's address, and the path's values."""
    for method in _methods():
        if method.described["httpMethod"] == verb and (match := method.pattern.fullmatch(path)):
            return method, match.groupdict()
    return None


def all_scopes() -> frozenset[str]:
    """Every scope that some method takes."""
    return frozenset().union(*(method.scopes for method in _methods()))


def _value(described: Json, values: list[str]) -> Any:
    if described.get("repeated") or len(values) > 1:
        return values
    if described.get("type") == "boolean":
        return {"true": True, "false": False}.get(values[0], values[0])
    if described.get("type") == "integer" and re.fullmatch(r"-?\d+", values[0]):
        return int(values[0])
    return values[0]


def _parameter_schema(described: Json) -> Json:
    limits = {name: int(described[name]) for name in ("minimum", "maximum") if name in described}
    one = _schema(described) | limits
    return {"type": "array", "items": one} if described.get("repeated") else one


def _schema(node: Json) -> Json:
    """A node of the document as JSON Schema that allows no other property than those described."""
    if "$ref" in node:
        return {"$ref": f"#/$defs/{node['$ref']}"}
    schema: Json = {"type": node["type"]}
    if node.get("format") in FORMATS.checkers:
        schema["format"] = node["format"]
    if node["type"] == "integer":
        schema |= INT32
    if node["type"] == "object":
        schema["properties"] = {n: _schema(child) for n, child in node.get("properties", {}).items()}
        others = node.get("additionalProperties")
        schema["additionalProperties"] = _schema(others) if others else False
    if "items" in node:
        schema["items"] = _schema(node["items"])
    if allowed := node.get("enum") or _listed(node):
        schema["enum"] = allowed
    return schema


def _listed(node: Json) -> list[str]:
    text = node.get("description", "")
    return re.findall(r'\n- "(\w+)"', text) if node["type"] == "string" and LISTED.search(text) else []


@lru_cache
def _definitions() -> Json:
    return {name: _schema(node) for name, node in document()["schemas"].items()}


def _judge(schema: Json) -> Draft202012Validator:
    return Draft202012Validator({"$defs": _definitions(), **schema}, format_checker=FORMATS)
