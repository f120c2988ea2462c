"""Setting up a link: what was typed, as the workspace file would write it (R40)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField

from ..colour import OURS
from ..locales import LANGUAGES
from ..scheduling.places import PLACES
from ..scheduling.rotations import ROTATIONS
from .base import SpokenForm, strip
from .fields import whole
from .link_rows import LinkRows, day, row_values, rows_of

INCREMENT_CHOICES = [(value, value) for value in ("5", "10", "15", "20", "30", "45", "60")]
WHOLE = (
    "notice_minutes", "change_notice_minutes", "window_days", "buffer_before", "buffer_after", "max_per_day",
    "max_per_week", "max_per_day_per_host", "max_per_week_per_host", "owner_fallback_days",
    "share_days",
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
FLAGS = (
    "owner_first", "owner_counts", "assign_owner", "company_owner", "previous_host", "crm_owner", "any_colleague",
    "active",
)  # fmt: skip
OPTIONAL = ("max_per_day", "max_per_week", "max_per_day_per_host", "max_per_week_per_host")


def _line(label: Any, description: Any = "", **more: Any) -> StringField:
    return StringField(label, filters=[strip], description=description, render_kw=more)


def _number(label: Any, description: Any = "") -> StringField:
    return _line(label, description, inputmode="numeric")


class LinkForm(SpokenForm):
    """The single fields of a link, in the page's order; rows and hosts are in `LinkRows`."""

    title = _line(_l("Title"), _l("What visitors see."))
    slug = _line(_l("Address"), _l("The last part of the page's address, such as product-demo."))
    name = _line(_l("Name"), _l("For your team only."))
    description = TextAreaField(_l("Description"), filters=[strip])
    durations = _line(_l("Durations"), _l("In minutes, separated by commas; the first is the usual one."))
    place_kind = SelectField(_l("Place"), choices=[(place.key, _l(place.label)) for place in PLACES.values()])
    place_value = _line(_l("Place in words"), _l("The address, number or web address."))
    rotation = SelectField(
        _l("Who hosts when several are free"),
        choices=[
            (one.key, _l("%(label)s: %(description)s", label=_l(one.label), description=_l(one.description)))
            for one in ROTATIONS.values()
        ],
    )
    share_days = _number(
        _l("Shares are worked out from the bookings of the last … days"),
        _l("From 7 to 365. Meetings that were cancelled, declined or missed do not count."),
    )
    owner_first = BooleanField(_l("If the contact is owned, show the owner's calendar"))
    owner_fallback_days = _number(
        _l("Offer colleagues when the owner's first time is more than … days away"),
        _l("0: never. Otherwise whoever types an address may be able to tell that somebody owns it."),
    )
    owner_counts = BooleanField(_l("Meetings that go to the owner count towards the shares"))
    company_owner = BooleanField(
        _l("Whoever owns the contact's company counts as owner"),
        description=_l("Of contacts whom nobody owns; known by the domain of their address."),
    )
    previous_host = BooleanField(
        _l("Whoever hosted the contact's last meeting counts as owner"),
        description=_l("Of contacts whom nobody owns, nor their company."),
    )
    assign_owner = BooleanField(_l("A contact without an owner gets the host as owner"))
    crm_owner = BooleanField(_l("A new owner is written to the CRM"))
    timezone = _line(_l("Time zone"), _l("Of the hours below, such as Europe/Paris."))
    hours_source = RadioField(
        _l("Whose hours count"),
        choices=[("link", _l("The hours below")), ("hosts", _l("Each host's own, within those below"))],
    )
    increment = SelectField(
        _l("Start times every"), choices=[*INCREMENT_CHOICES, ("duration", _l("as long as the meeting"))],
        description=_l("Minutes."),
    )  # fmt: skip
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
    redirect_url = _line(
        _l("After booking, go on to"),
        _l("An address that starts with https://. {id}, {start}, {end} and {timezone} in it are filled in."),
    )
    change_notice_minutes = _number(
        _l("Invitees may cancel or reschedule until"),
        _l("Minutes before the meeting begins; 0: until it begins."),
    )
    any_colleague = BooleanField(
        _l("Invitees may reschedule with any host who is free, not with theirs alone")
    )
    reminders = _line(_l("Reminders"), _l("Minutes before the meeting, separated by commas."))
    language = SelectField(
        _l("Language"),
        choices=[("", _l("The visitor's")), *LANGUAGES.items()],
    )
    own_colour = BooleanField(_l("A colour of its own"))
    colour = _line(_l("Colour"), type="color")
    embed_origins = TextAreaField(
        _l("Sites that may show this page in a frame"),
        filters=[strip],
        description=_l("One a line, such as https://www.acme.example or https://*.acme.example."),
    )
    active = BooleanField(_l("Takes bookings"))


def link_values(kind: str, form: LinkForm, rows: LinkRows) -> dict[str, Any]:
    """What was typed, as the workspace file writes a link; whatever cannot be read is left for its check."""
    sent = {field.name for field in form if field.raw_data}
    values: dict[str, Any] = {"kind": kind, **{name: form[name].data or "" for name in TEXTS if name in sent}}
    values |= {name: bool(form[name].data) for name in FLAGS}
    # A browser always sends some colour.
    if not form.own_colour.data:
        values["colour"] = ""
    fixed = bool(form.window_from.data or form.window_to.data)
    may_be_empty = (*OPTIONAL, "window_days") if fixed else OPTIONAL
    empty = {name for name in may_be_empty if not form[name].data}
    values |= {name: whole(form[name].data) for name in WHOLE if name in sent - empty}
    values["durations"] = _wholes(form.durations.data)
    values["increment"] = whole(form.increment.data)
    values["reminders"] = _wholes(form.reminders.data)
    values["embed_origins"] = (form.embed_origins.data or "").split()
    if fixed:
        values["window"] = {"from": day(form.window_from.data), "to": day(form.window_to.data)}
    if form.place_kind.data or form.place_value.data:
        # A place in words alone is what it says.
        values["place"] = {"kind": form.place_kind.data or "text", "value": form.place_value.data or ""}
    return values | row_values(rows)


def _wholes(text: str | None) -> list[Any]:
    return [whole(part) for part in (text or "").replace(",", " ").split()]


def form_of(values: Mapping[str, Any]) -> tuple[LinkForm, LinkRows]:
    """The form that shows a link's values; the inverse of `link_values`."""
    data: dict[str, Any] = {name: values.get(name, "") for name in (*TEXTS, *FLAGS)}
    data |= {name: "" if values.get(name) is None else str(values[name]) for name in (*WHOLE, "increment")}
    data["durations"], data["reminders"] = (
        _joined(values.get("durations", [])),
        _joined(values.get("reminders", [])),
    )
    data["embed_origins"] = "\n".join(values.get("embed_origins", []))
    data |= {"own_colour": bool(values.get("colour")), "colour": values.get("colour") or OURS}
    fixed = values.get("window")
    if fixed:
        data |= {
            "window_from": fixed["from"].isoformat(),
            "window_to": fixed["to"].isoformat(),
            "window_days": "",
        }
    place = values.get("place", {})
    data["place_kind"], data["place_value"] = place.get("kind", ""), place.get("value", "")
    return LinkForm(data=data), rows_of(values)


def _joined(numbers: Sequence[Any]) -> str:
    return ", ".join(str(number) for number in numbers)


# Where an error of the workspace file's field stands in the form, and what it is called there.
PLACES_OF_ERRORS = {"window": "window_from", "place": "place_kind"}
SECTIONS = {
    "hours": _l("Hours"),
    "overrides": _l("Other hours on some dates"),
    "questions": _l("Questions"),
    "hosts": _l("Hosts"),
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """An error for the summary: the element to go to, its name, and what is wrong."""

    anchor: str
    label: Any
    text: str


def show_errors(form: LinkForm, errors: Mapping[str, Sequence[str]]) -> list[Mistake]:
    """Puts the errors beside the fields, and lists them in the form's order; rows show their own."""
    at = {PLACES_OF_ERRORS.get(name, name): list(texts) for name, texts in errors.items()}
    mistakes = []
    for field in form:
        if field.name in at:
            field.errors = at.pop(field.name)
            mistakes.append(Mistake(field.id, field.label.text, field.errors[0]))
    return mistakes + [Mistake(name, SECTIONS.get(name, name), texts[0]) for name, texts in at.items()]
