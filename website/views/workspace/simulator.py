"""Trying other settings on the bookings that were made: nothing is saved, until they are to be used (R24)."""

from dataclasses import dataclass

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal

from ... import clock
from ...forms.simulator import PERIODS, HostTyped, SimulatorForm, typed_form
from ...models import Link
from ...scheduling.kinds import LINK_KINDS
from ...scheduling.rotations import ROTATIONS
from ...scheduling.simulation import Settings
from ...services.errors import Invalid
from ...services.hosts import Host
from ...services.link import possible_hosts, update_link, values_of
from ...services.simulator import Result, Trial, simulate
from ...services.user import emails_of
from ..access import may_edit_link, me
from ..languages import translated
from ..responses import see_other
from .plots import Bar, bars
from .standings import standing_words


@dataclass(frozen=True, slots=True)
class Row:
    """A host then and under the settings: numbers as written, and a bar for each."""

    name: str
    then: Bar
    now: Bar
    difference: str
    guessed: bool


@may_edit_link
def show(link: Link) -> ResponseReturnValue:
    people = _people(link)
    asked = "rotation" in request.args
    form = typed_form(request.args, [one.id for one in people]) if asked else _as_it_is(link, people)
    fine = form.check()
    result = _simulate(link, form) if asked and fine else None
    page = render_template(
        "workspace/links/simulate.html",
        link=link,
        form=form,
        people=[(one, *standing_words(one)) for one in people],
        rotations=ROTATIONS,
        periods=PERIODS,
        result=result,
        rows=_rows(result) if result else [],
        since=format_date(result.since.date(), "long") if result else "",
        query=request.query_string.decode("ascii", "replace"),
    )
    return page if fine else (page, 422)


@may_edit_link
def use(link: Link) -> ResponseReturnValue:
    """A question, and then the link's settings are those that were tried."""
    people = _people(link)
    form = typed_form(request.values, [one.id for one in people])
    if not form.check():
        abort(400)
    errors: list[str] = []
    if request.method == "POST":
        try:
            update_link(link.slug, _values(link, form), by=me(), now=clock.now())
        except Invalid as refused:
            errors = [str(translated(text)) for texts in refused.errors.values() for text in texts]
        else:
            return see_other(f"/links/{link.slug}?said=saved")
    page = render_template(
        "workspace/links/use_settings.html",
        link=link,
        form=form,
        names={one.id: one.name for one in people},
        rotation=ROTATIONS[form.rotation],
        back=request.query_string.decode("ascii", "replace"),
        errors=errors,
    )
    return (page, 422) if errors else page


def _people(link: Link) -> list[Host]:
    if not LINK_KINDS[link.kind].rotates:
        abort(404)
    return possible_hosts(clock.now(), link)


def _as_it_is(link: Link, people: list[Host]) -> SimulatorForm:
    rows = {one.user_id: HostTyped(True, str(one.weight), str(one.priority or "")) for one in link.hosts}
    hosts = {one.id: rows.get(one.id) or HostTyped(False) for one in people}
    return SimulatorForm(link.rotation, str(link.share_days), PERIODS[1], link.owner_counts, hosts)


def _simulate(link: Link, form: SimulatorForm) -> Result:
    settings = Settings(form.rotation, int(form.share_days), form.owner_counts)
    trials = [Trial(host, **form.host_values(host)) for host in form.tried]
    return simulate(link, settings, trials, form.weeks, clock.now())


def _rows(result: Result) -> list[Row]:
    lengths = bars([number for one in result.hosts for number in (one.then, one.now)])
    return [
        Row(
            one.name,
            lengths[2 * place],
            lengths[2 * place + 1],
            format_decimal(one.difference, "+#,##0;-#,##0") if one.difference else format_decimal(0),
            one.guessed,
        )
        for place, one in enumerate(result.hosts)
    ]


def _values(link: Link, form: SimulatorForm) -> dict[str, object]:
    """The link as it is, with what was tried in place of its own; hosts who stay keep what else is said of them."""
    values, emails = values_of(link), emails_of(form.tried)
    known = {host["user"]: host for host in values["hosts"]}
    hosts = [
        known.get(emails[host], {}) | {"user": emails[host]} | form.host_values(host) for host in form.tried
    ]
    return values | {
        "rotation": form.rotation,
        "share_days": int(form.share_days),
        "owner_counts": form.owner_counts,
        "hosts": [{key: value for key, value in host.items() if value is not None} for host in hosts],
    }
