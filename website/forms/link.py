"""Setting up a link: what was typed, as the workspace file would write it (R40)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, RadioField, SelectField, StringField, TextAreaField

from ..scheduling.hours import WEEKDAYS
from ..scheduling.rotations import ROTATIONS
from .base import strip
from .questions import QUESTION_KINDS

INCREMENT_CHOICES = [(value, value) for value in ("5", "10", "15", "20", "30", "45", "60")]
WHOLE = (
    "notice_minutes", "window_days", "buffer_before", "buffer_after", "max_per_day", "max_per_week",
    "max_per_day_per_host", "max_per_week_per_host", "owner_fallback_days",
)  # fmt: skip
TEXTS = (
    "name",
    "slug",
    "title",
    "description",
    "timezone",
    "redirect_url",
    "language",
    "colour",
    "hours_source",
    "rotation",
)
FLAGS = ("owner_first", "owner_counts", "assign_owner", "active")
OPTIONAL = ("max_per_day", "max_per_week", "max_per_day_per_host", "max_per_week_per_host")
PLACES = (("", _l("Not said")), ("meet", "Google Meet"), ("phone", _l("Phone")), ("address", _l("Address")),
          ("text", _l("Own words")), ("url", _l("Web address")))  # fmt: skip


def _line(label: Any, description: Any = "", **more: Any) -> StringField:
    return StringField(label, filters=[strip], description=description, render_kw=more)


def _number(label: Any, description: Any = "") -> StringField:
    return _line(label, description, inputmode="numeric")


class LinkForm(Form):
    """The single fields of a link; rows and hosts are in `LinkRows`."""

    name = _line(_l("Name"), _l("For your team only."))
    slug = _line(_l("Address"), _l("The last part of the page's address, such as product-demo."))
    title = _line(_l("Title"), _l("What visitors see."))
    description = TextAreaField(_l("Description"), filters=[strip])
    place_kind = SelectField(_l("Place"), choices=PLACES)
    place_value = _line(_l("Place in words"), _l("The address, number or web address."))
    durations = _line(_l("Durations"), _l("In minutes, separated by commas; the first is the usual one."))
    increment = SelectField(
        _l("Start times every"), choices=[*INCREMENT_CHOICES, ("duration", _l("as long as the meeting"))],
        description=_l("Minutes."),
    )  # fmt: skip
    timezone = _line(_l("Time zone"), _l("Of the hours below, such as Europe/Paris."))
    hours_source = RadioField(
        _l("Whose hours count"),
        choices=[("link", _l("The hours below")), ("hosts", _l("Each host's own, within those below"))],
    )
    notice_minutes = _number(_l("Minimum notice"), _l("Minutes."))
    window_days = _number(_l("How far ahead"), _l("Days; leave it empty for fixed dates."))
    window_from = _line(_l("From date"), type="date")
    window_to = _line(_l("To date"), type="date")
    buffer_before = _number(_l("Time to prepare"), _l("Minutes before each meeting."))
    buffer_after = _number(_l("Time to wrap up"), _l("Minutes after each meeting."))
    max_per_day = _number(_l("Most a day"), _l("Of this link; empty for no limit."))
    max_per_week = _number(_l("Most a week"), _l("Of this link; empty for no limit."))
    max_per_day_per_host = _number(_l("Most a day for one host"))
    max_per_week_per_host = _number(_l("Most a week for one host"))
    owner_first = BooleanField(_l("If the contact is owned, show the owner's calendar"))
    owner_fallback_days = _number(
        _l("Offer colleagues when the owner's first time is more than … days away"),
        _l("0: never. Whoever types an address can then tell that somebody owns it."),
    )
    owner_counts = BooleanField(_l("Meetings that go to the owner count towards the shares"))
    assign_owner = BooleanField(_l("A contact without an owner gets the host as owner"))
    rotation = SelectField(
        _l("Who hosts when several are free"),
        choices=[(one.key, f"{one.label}: {one.description}") for one in ROTATIONS.values()],
    )
    redirect_url = _line(_l("After booking, offer to go on to"), _l("An address that starts with https://."))
    reminders = _line(_l("Reminders"), _l("Minutes before the meeting, separated by commas."))
    language = SelectField(
        _l("Language"),
        choices=[("", _l("The visitor's")), ("en-GB", "English (UK)"), ("en-US", "English (US)")],
    )
    colour = _line(_l("Colour"), _l("Such as #3552d8; empty for ours."))
    embed_origins = TextAreaField(
        _l("Sites that may show this page in a frame"), filters=[strip], description=_l("One a line.")
    )
    active = BooleanField(_l("Takes bookings"))


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
            self.questions.append(
                {"key": "", "label": "", "kind": "short_text", "required": "", "choices": ""}
            )
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
    columns = [typed.getlist(f"question_{part}") for part in ("key", "label", "kind", "required", "choices")]
    names = ("key", "label", "kind", "required", "choices")
    rows.questions = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=False)]
    for email in typed.getlist("host"):
        rows.hosts[email] = {
            part: typed.get(f"{part}_{email}", "") for part in ("weight", "priority", "optional")
        }
    return rows


def link_values(kind: str, form: LinkForm, rows: LinkRows) -> dict[str, Any]:
    """What was typed, as the workspace file writes a link; whatever cannot be read is left for its check."""
    sent = {field.name for field in form if field.raw_data}
    values: dict[str, Any] = {"kind": kind, **{name: form[name].data or "" for name in TEXTS if name in sent}}
    values |= {name: bool(form[name].data) for name in FLAGS}
    empty = {name for name in (*OPTIONAL, "window_days") if not form[name].data}
    values |= {name: _whole(form[name].data) for name in WHOLE if name in sent - empty}
    values["durations"] = _wholes(form.durations.data)
    values["increment"] = _whole(form.increment.data)
    values["reminders"] = _wholes(form.reminders.data)
    values["embed_origins"] = (form.embed_origins.data or "").split()
    if form.window_from.data or form.window_to.data:
        values["window"] = {"from": _date(form.window_from.data), "to": _date(form.window_to.data)}
    if form.place_kind.data:
        values["place"] = {"kind": form.place_kind.data, "value": form.place_value.data or ""}
    return values | _row_values(rows)


def _row_values(rows: LinkRows) -> dict[str, Any]:
    hours = {
        day: [f"{start}-{end}" for start, end in pairs if start or end] for day, pairs in rows.hours.items()
    }
    return {
        "hours": {day: texts for day, texts in hours.items() if texts},
        "overrides": {
            day: ranges.replace(",", " ").split() for day, ranges in rows.overrides if day or ranges
        },
        "questions": [
            _question(row) for row in rows.questions if any(row[part] for part in ("key", "label", "choices"))
        ],
        "hosts": [_host(email, more) for email, more in rows.hosts.items()],
    }


def _question(row: Mapping[str, str]) -> dict[str, Any]:
    question: dict[str, Any] = {"key": row["key"].strip(), "label": row["label"].strip(), "kind": row["kind"]}
    if row["required"]:
        question["required"] = True
    kind = QUESTION_KINDS.get(row["kind"])
    if kind and kind.has_choices:
        question["choices"] = [line.strip() for line in row["choices"].splitlines() if line.strip()]
    return question


def _host(email: str, more: Mapping[str, str]) -> dict[str, Any]:
    host: dict[str, Any] = {"user": email, "weight": _whole(more["weight"] or "1")}
    if more["priority"]:
        host["priority"] = _whole(more["priority"])
    if more["optional"]:
        host["optional"] = True
    return host


def _whole(text: str | None) -> Any:
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else digits


def _wholes(text: str | None) -> list[Any]:
    return [_whole(part) for part in (text or "").replace(",", " ").split()]


def _date(text: str | None) -> Any:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return text


def form_of(values: Mapping[str, Any]) -> tuple[LinkForm, LinkRows]:
    """The form that shows a link's values; the inverse of `link_values`."""
    data: dict[str, Any] = {name: values.get(name, "") for name in (*TEXTS, *FLAGS)}
    data |= {name: "" if values.get(name) is None else str(values[name]) for name in (*WHOLE, "increment")}
    data["durations"], data["reminders"] = (
        _joined(values.get("durations", [])),
        _joined(values.get("reminders", [])),
    )
    data["embed_origins"] = "\n".join(values.get("embed_origins", []))
    fixed = values.get("window")
    if fixed:
        data |= {
            "window_from": fixed["from"].isoformat(),
            "window_to": fixed["to"].isoformat(),
            "window_days": "",
        }
    place = values.get("place", {})
    data["place_kind"], data["place_value"] = place.get("kind", ""), place.get("value", "")
    return LinkForm(data=data), _rows_of(values)


def _rows_of(values: Mapping[str, Any]) -> LinkRows:
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
                "weight": str(host.get("weight", 1)), "priority": str(host.get("priority", "")),
                "optional": "yes" if host.get("optional") else "",
            }
            for host in values.get("hosts", [])
        },
    )  # fmt: skip


def _pair(text: str) -> tuple[str, str]:
    start, _, end = text.partition("-")
    return start, end


def _joined(numbers: Sequence[Any]) -> str:
    return ", ".join(str(number) for number in numbers)
