"""Links: listed, made, changed, shown, switched off (R40 to R43)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ... import clock
from ...forms.link import LinkForm, LinkRows, form_of, link_values, typed_rows
from ...forms.questions import QUESTION_KINDS
from ...models import Link
from ...scheduling.hours import WEEKDAYS
from ...scheduling.kinds import LINK_KINDS, LinkKind
from ...scheduling.pool import STANDINGS
from ...services.contact import recognise
from ...services.errors import Invalid, NotAllowed
from ...services.find_link import link_by_slug
from ...services.link import (
    create_link,
    defaults_of,
    may_edit,
    possible_hosts,
    set_active,
    update_link,
    values_of,
)
from ...services.listing import links_of
from ...services.user import active_users
from ...services.why_not import HostAnswer, explain
from ...tokens import PersonalLink, signer
from ..access import me, signed_in
from ..public.words import weekdays
from ..responses import see_other, wants_fragment

OFFICE = {day: ["09:00-17:00"] for day in WEEKDAYS[:5]}
PERSONAL_DAYS = 30


@signed_in
def index() -> ResponseReturnValue:
    return render_template("workspace/links/index.html", links=links_of(me()), kinds=LINK_KINDS, base=_base())


@signed_in
def choose_kind() -> ResponseReturnValue:
    return render_template("workspace/links/new.html", kinds=LINK_KINDS)


@signed_in
def create(kind: str) -> ResponseReturnValue:
    if kind not in LINK_KINDS:
        abort(404)
    if request.method != "POST":
        start = {
            **defaults_of(kind),
            "kind": kind,
            "durations": [30],
            "hours": OFFICE,
            "hosts": [{"user": me().email}],
        }
        return _form(LINK_KINDS[kind], *form_of(start))
    return _save(LINK_KINDS[kind], None)


@signed_in
def edit(slug: str) -> ResponseReturnValue:
    link = _mine(slug)
    kind = LINK_KINDS[link.kind]
    if request.method != "POST":
        return _form(kind, *form_of({**defaults_of(link.kind), **values_of(link)}), link=link)
    return _save(kind, link)


def _save(kind: LinkKind, link: Link | None) -> ResponseReturnValue:
    form, rows = LinkForm(request.form), typed_rows(request.form)
    if "row" in request.form:
        rows.change(request.form["row"])
        return _form(kind, form, rows, link=link)
    values = link_values(kind.key, form, rows)
    try:
        if link is None:
            saved = create_link(values, by=me(), now=clock.now())
        else:
            saved = update_link(link.slug, values, by=me(), now=clock.now())
    except Invalid as refused:
        return _form(kind, form, rows, link=link, errors=refused.errors), 422
    return see_other(f"/links/{saved.slug}")


def _form(
    kind: LinkKind,
    form: LinkForm,
    rows: LinkRows,
    *,
    link: Link | None = None,
    errors: dict[str, list[str]] | None = None,
) -> str:
    found = dict(errors or {})
    for name, sentences in found.items():
        for field in form:
            if field.name == ALIASES.get(name, name):
                field.errors = sentences
    template = "workspace/links/_form.html" if wants_fragment() else "workspace/links/edit.html"
    return render_template(
        template,
        form=form,
        rows=rows,
        kind=kind,
        link=link,
        errors=found,
        action=f"/links/{link.slug}/edit" if link else f"/links/new/{kind.key}",
        people=possible_hosts(clock.now()),
        emails=_emails(),
        standings=STANDINGS,
        day_names=_day_names(),
        question_kinds=QUESTION_KINDS,
    )


ALIASES = {"window": "window_from", "place": "place_kind"}


def _emails() -> dict[int, str]:
    return {user.id: user.email for user in active_users()}


def _day_names() -> dict[str, str]:
    first, names = weekdays("en_GB")
    return {WEEKDAYS[(first + step) % 7]: name for step, (name, _short) in enumerate(names)}


@signed_in
def show(slug: str) -> ResponseReturnValue:
    link = _mine(slug)
    answers, problem = _why_not(link)
    personal, personal_problem = _personal(link)
    return render_template(
        "workspace/links/show.html",
        link=link,
        kind=LINK_KINDS[link.kind],
        address=f"{_base()}/book/{link.slug}",
        answers=answers,
        problem=problem,
        personal=personal,
        personal_problem=personal_problem,
        asked=request.args,
        zone=me().timezone,
    )


def _why_not(link: Link) -> tuple[list[HostAnswer] | None, str]:
    """The answer to the *why not?* form, if it was sent; the instant is in the reader's zone."""
    if "at" not in request.args:
        return None, ""
    try:
        at = datetime.fromisoformat(request.args["at"])
        duration = int(request.args.get("duration") or link.durations[0])
        if not clock.now().year - 1 <= at.year <= clock.now().year + 5 or duration not in link.durations:
            raise ValueError
    except ValueError:
        return None, _("Choose a date and a time, and one of the link's durations.")
    at = (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(me().timezone))).astimezone(UTC)
    email = request.args.get("email", "").strip()[:254] or None
    return explain(link, start_at=at, duration=duration, email=email, now=clock.now()), ""


def _personal(link: Link) -> tuple[str, str]:
    """A personal link's address for a contact, if one was asked for (R21)."""
    email = request.args.get("contact", "").strip()
    if not email:
        return "", ""
    visitor = recognise(email)
    if visitor.contact_id is None:
        return "", _("There is no contact with this address.")
    until = clock.now() + timedelta(days=PERSONAL_DAYS)
    return (
        f"{_base()}/book/{link.slug}?for={signer.personal(PersonalLink(link.id, visitor.contact_id), until)}",
        "",
    )


@signed_in
def active(slug: str) -> ResponseReturnValue:
    link = _mine(slug)
    if request.method != "POST":
        return render_template("workspace/links/active.html", link=link)
    set_active(slug, request.form.get("on") == "yes", by=me())
    return redirect(f"/links/{slug}", 303)


def _mine(slug: str) -> Link:
    link = link_by_slug(slug)
    if not may_edit(link, me()):
        raise NotAllowed
    return link


def _base() -> Any:
    return current_app.config["FIRSTHAND"].base_url
