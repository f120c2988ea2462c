"""The form in which a link is made and changed; its rows come and go with or without script (R40 to R42)."""

from collections.abc import Mapping, Sequence

from flask import abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from ... import clock
from ...forms.link import LinkForm, form_of, link_values, show_errors
from ...forms.link_rows import LinkRows, typed_rows
from ...forms.questions import QUESTION_KINDS
from ...models import Link
from ...scheduling.hours import WEEKDAYS
from ...scheduling.kinds import LINK_KINDS, LinkKind
from ...services.errors import Invalid
from ...services.hosts import Host, host_of
from ...services.link import create_link, defaults_of, possible_hosts, update_link, values_of
from ...services.pause import all_paused
from ...services.user import emails_of
from ..access import may_edit_link, me, signed_in
from ..languages import locale, translated
from ..public.words import weekdays
from ..responses import see_other, wants_fragment
from .colours import swatches_of
from .standings import standing_words

OFFICE = {day: ["09:00-17:00"] for day in WEEKDAYS[:5]}


@signed_in
def create(kind: str) -> ResponseReturnValue:
    if kind not in LINK_KINDS:
        abort(404)
    if request.method == "POST":
        return _save(LINK_KINDS[kind], None)
    mine = host_of(me().id, clock.now())
    hosts = [{"user": me().email}] if mine and not mine.standing else []
    start = {"kind": kind, "durations": [30], "hours": OFFICE, "hosts": hosts}
    return _page(LINK_KINDS[kind], *form_of(defaults_of(kind) | start))


@may_edit_link
def edit(link: Link) -> ResponseReturnValue:
    kind = LINK_KINDS[link.kind]
    if request.method == "POST":
        return _save(kind, link)
    form, rows = form_of(defaults_of(link.kind) | values_of(link))
    _suggest_optional(rows)
    return _page(kind, form, rows, link=link)


def _suggest_optional(rows: LinkRows) -> None:
    """Ticks hosts as optional where the address asks for it, with their ids; nothing is saved until the form is."""
    asked = [int(text) for text in request.args.getlist("optional") if text.isdecimal() and len(text) < 10]
    for email in emails_of(asked).values():
        if email in rows.hosts:
            rows.hosts[email]["optional"] = "yes"


def _save(kind: LinkKind, link: Link | None) -> ResponseReturnValue:
    form, rows = LinkForm(request.form), typed_rows(request.form)
    if "row" in request.form:
        rows.change(request.form["row"])
        return _page(kind, form, rows, link=link)
    values = link_values(kind.key, form, rows)
    try:
        if link is None:
            saved = create_link(values, by=me(), now=clock.now())
        else:
            saved = update_link(link.slug, values, by=me(), now=clock.now())
    except Invalid as refused:
        errors = {field: [translated(text) for text in texts] for field, texts in refused.errors.items()}
        return _page(kind, form, rows, link=link, errors=errors), 422
    return see_other(f"/links/{saved.slug}?said={'saved' if link else 'made'}")


def _page(
    kind: LinkKind,
    form: LinkForm,
    rows: LinkRows,
    *,
    link: Link | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
) -> str:
    people = possible_hosts(clock.now(), link)
    return render_template(
        "workspace/links/_changed.html" if wants_fragment() else "workspace/links/edit.html",
        form=form,
        rows=rows,
        kind=kind,
        link=link,
        errors=errors or {},
        mistakes=show_errors(form, errors or {}),
        action=f"/links/{link.slug}/edit" if link else f"/links/new/{kind.key}",
        people=[(person.name, email, *standing_words(person)) for person, email in _with_emails(people)],
        swatches=swatches_of(form),
        day_names=_day_names(),
        question_kinds=QUESTION_KINDS,
        nobody=link is not None and all_paused(link, clock.now()),
        has_crm=bool(current_app.config["FIRSTHAND"].hubspot_token),
    )


def _with_emails(people: Sequence[Host]) -> list[tuple[Host, str]]:
    emails = emails_of(person.id for person in people)
    return [(person, emails[person.id]) for person in people]


def _day_names() -> dict[str, str]:
    """The days of the week from the reader's first one."""
    first, names = weekdays(locale())
    return {WEEKDAYS[(first + step) % 7]: name for step, (name, _short) in enumerate(names)}
