"""The rows of a link's form: hours by day, other hours on some dates, questions, hosts (R40, R44)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from ..scheduling.hours import WEEKDAYS
from .fields import whole
from .questions import QUESTION_KINDS

QUESTION_PARTS = ("key", "label", "kind", "required", "choices")
HOST_NUMBERS, HOST_DATES = ("priority", "max_per_day", "max_per_week"), ("paused_from", "paused_until")
HOST_PARTS = ("weight", "optional", *HOST_NUMBERS, *HOST_DATES)
_NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")


@dataclass
class LinkRows:
    """The rows of a link's form, as typed: hours by day, overrides, questions, hosts."""

    hours: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    overrides: list[tuple[str, str]] = field(default_factory=list)
    questions: list[dict[str, str]] = field(default_factory=list)
    hosts: dict[str, dict[str, str]] = field(default_factory=dict)

    def change(self, order: str) -> None:
        """Adds or removes a row: `add hours mon`, `remove overrides 2`. Anything else changes nothing."""
        verb, _, rest = order.partition(" ")
        what, _, which = rest.partition(" ")
        if verb == "add" and what == "hours" and which in WEEKDAYS:
            self.hours.setdefault(which, []).append(("", ""))
        elif verb == "add" and what == "overrides":
            self.overrides.append(("", ""))
        elif verb == "add" and what == "questions":
            self.questions.append(dict.fromkeys(QUESTION_PARTS, "") | {"kind": "short_text"})
        elif verb == "remove":
            self._remove(what, which)

    def _remove(self, what: str, which: str) -> None:
        day, _, number = which.rpartition(" ")
        lists: dict[str, list[Any]] = {"overrides": self.overrides, "questions": self.questions}
        rows: list[Any] = self.hours.get(day, []) if what == "hours" else lists.get(what, [])
        if number.isdigit() and int(number) < len(rows):
            del rows[int(number)]


def typed_rows(typed: MultiDict[str, str]) -> LinkRows:
    """The rows that a form was sent with."""
    rows = LinkRows()
    for day in WEEKDAYS:
        pairs = zip(typed.getlist(f"hours_{day}_from"), typed.getlist(f"hours_{day}_to"), strict=False)
        rows.hours[day] = list(pairs)
    rows.overrides = list(zip(typed.getlist("override_date"), typed.getlist("override_ranges"), strict=False))
    columns = [typed.getlist(f"question_{part}") for part in QUESTION_PARTS]
    rows.questions = [dict(zip(QUESTION_PARTS, row, strict=True)) for row in zip(*columns, strict=False)]
    for email in typed.getlist("host"):
        rows.hosts[email] = {part: typed.get(f"{part}_{email}", "") for part in HOST_PARTS}
    return rows


def row_values(rows: LinkRows) -> dict[str, Any]:
    """The rows as the workspace file writes them; rows that were left empty are none."""
    hours = {
        day: [f"{start}-{end}" for start, end in pairs if start or end] for day, pairs in rows.hours.items()
    }
    return {
        "hours": {day: texts for day, texts in hours.items() if texts},
        "overrides": _overrides(rows.overrides),
        "questions": [
            _question(row) for row in rows.questions if any(row[part] for part in ("key", "label", "choices"))
        ],
        "hosts": [_host(email, more) for email, more in rows.hosts.items()],
    }


def _overrides(rows: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Several rows for one date are that date's ranges together."""
    days: dict[str, list[str]] = {}
    for day, ranges in rows:
        if day or ranges:
            days.setdefault(day, []).extend(ranges.replace(",", " ").split())
    return days


def _question(row: Mapping[str, str]) -> dict[str, Any]:
    question: dict[str, Any] = {
        "key": row["key"].strip() or _key_for(row["label"]),
        "label": row["label"].strip(),
        "kind": row["kind"],
    }
    if row["required"]:
        question["required"] = True
    kind = QUESTION_KINDS.get(row["kind"])
    if kind and kind.has_choices:
        question["choices"] = [line.strip() for line in row["choices"].splitlines() if line.strip()]
    return question


def _key_for(label: str) -> str:
    """A key made of the question's own words."""
    words = _NOT_IN_KEYS.sub("_", label.lower()).strip("_")
    return (words if words[:1].isalpha() else f"question_{words}")[:40].rstrip("_")


def _host(email: str, more: Mapping[str, str]) -> dict[str, Any]:
    host: dict[str, Any] = {"user": email, "weight": whole(more["weight"] or "1")}
    host |= {part: whole(more[part]) for part in HOST_NUMBERS if more[part]}
    host |= {part: day(more[part]) for part in HOST_DATES if more[part]}
    if more["optional"]:
        host["optional"] = True
    return host


def day(text: str | None) -> Any:
    """The date that was typed, or the text where it is none: its check says so."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return text


def rows_of(values: Mapping[str, Any]) -> LinkRows:
    """The rows that show a link's values; the inverse of `row_values`."""
    hours = values.get("hours", {})
    return LinkRows(
        hours={day: [_pair(text) for text in hours.get(day, [])] for day in WEEKDAYS},
        overrides=[(day, ", ".join(texts)) for day, texts in sorted(values.get("overrides", {}).items())],
        questions=[
            {
                "key": one["key"], "label": one["label"], "kind": one["kind"],
                "required": "yes" if one.get("required") else "", "choices": "\n".join(one.get("choices", [])),
            }
            for one in values.get("questions", [])
        ],
        hosts={
            host["user"]: {
                "weight": str(host.get("weight", 1)), "optional": "yes" if host.get("optional") else "",
                **{part: str(host.get(part, "")) for part in (*HOST_NUMBERS, *HOST_DATES)},
            }
            for host in values.get("hosts", [])
        },
    )  # fmt: skip


def _pair(text: str) -> tuple[str, str]:
    start, _, end = text.partition("-")
    return start, end
