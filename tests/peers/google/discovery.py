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
Query = dict[str, list[str]]
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

    @cached_property
    def parameters(self) -> Json:
        """The query parameters that it takes, with those that every method takes."""
        own = self.described.get("parameters", {})
        return document()["parameters"] | {n: p for n, p in own.items() if p["location"] == "query"}

    def read(self, query: Query) -> Json:
        """The query's values as numbers, truths and lists; what cannot be read stays as it was sent."""
        return {name: _value(self.parameters.get(name, {}), values) for name, values in query.items()}

    def faults_in_query(self, query: Json) -> list[str]:
        """What is wrong with the values that `read` found."""
        return _faults(self._query_judge, query, "query")

    def faults_in_body(self, body: Any) -> list[str]:
        """What is wrong with a request's body; None if there was none."""
        return _faults(self._body_judge, body, "body")

    def faults_in_answer(self, answer: Any) -> list[str]:
        """What is wrong with an answer of ours; None if it was empty."""
        return _faults(self._answer_judge, answer, "answer")

    @cached_property
    def _query_judge(self) -> Draft202012Validator:
        known = {name: _parameter_schema(described) for name, described in self.parameters.items()}
        return _judge({"type": "object", "properties": known, "additionalProperties": False})

    @cached_property
    def _body_judge(self) -> Draft202012Validator:
        if "request" not in self.described:
            return _judge({"type": "null"})
        fields = document()["schemas"][self.described["request"]["$ref"]]["properties"]
        needed = [n for n, f in fields.items() if self.id in f.get("annotations", {}).get("required", [])]
        return _judge({**_schema(self.described["request"]), "required": needed})

    @cached_property
    def _answer_judge(self) -> Draft202012Validator:
        return _judge(
            _schema(self.described["response"]) if "response" in self.described else {"type": "null"}
        )


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
    if described.get("repeated"):
        return values
    if len(values) > 1:
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


def _faults(judge: Draft202012Validator, value: Any, where: str) -> list[str]:
    return [f"{where} {error.json_path}: {error.message}" for error in judge.iter_errors(value)]
