"""Fairness one can see: who got how many of a link's bookings, and who is next (R24)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_interval, format_skeleton
from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal, format_percent
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ... import clock
from ...models import Link
from ...scheduling.kinds import LINK_KINDS
from ...scheduling.rotations import ROTATIONS
from ...services.decisions import decisions_of
from ...services.fairness import Fairness, HostFigures, fairness_of
from ...services.next_host import Next, next_hosts
from ...services.pause import is_paused
from ..access import may_edit_link, me
from ..languages import locale
from ..numbers import row_number
from .decision_words import decision_words
from .lists import page_asked
from .pause import pause_words
from .plots import Panel, common_scale

PERIODS = (4, 12, 26)
MOST_ABSENCES = 2
# Who is next, by rotation.
NEXT = {
    "random": _l("Nobody is next: every free host has the same chance."),
    "balanced": _l("%(name)s is next: their bookings are %(score)s below their share."),
    "strict": _l("%(name)s is next: nobody has waited longer for a turn."),
    "priority": _l("%(name)s is next: nobody who can host has a higher rank."),
}

# How a score is written, by rotation: from the place in the order and the score.
SCORES: dict[str, Callable[[int, float], str]] = {
    "random": lambda _place, score: format_percent(score, "#,##0.#%"),
    "balanced": lambda _place, score: format_decimal(score, "#,##0.0"),
    "strict": lambda place, _score: format_decimal(place),
    "priority": lambda _place, score: format_decimal(score),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A host's figures as they are written; empty where nothing is known."""

    host_id: int
    name: str
    notes: list[str]
    got: str
    wanted: str
    share_got: str
    share_wanted: str
    difference: str
    free: str
    hours: str
    per_hours: str
    routed: str
    panel: Panel


@may_edit_link
def show(link: Link) -> ResponseReturnValue:
    if not LINK_KINDS[link.kind].rotates:
        abort(404)
    weeks, now, page = _weeks_asked(), clock.now(), page_asked()
    figures = fairness_of(link, weeks, now)
    host_id = request.args.get("host", type=row_number)
    decisions, more = decisions_of(link, figures.start_at, me(), host_id=host_id, page=page)
    scale = common_scale([max(sum(one.got), sum(one.wanted)) for one in figures.hosts])
    rotation = ROTATIONS[link.rotation]
    paused = {one.user_id: pause_words(one) for one in link.hosts if is_paused(one, now)}
    return render_template(
        "workspace/links/fairness.html",
        link=link,
        figures=figures,
        rows=[
            _row(figures, one, paused.get(one.host_id), scale.panel(one.got, one.wanted))
            for one in figures.hosts
        ],
        weekly=_weekly(figures),
        scale=scale,
        periods=PERIODS,
        first=_day(figures.start_at.date()),
        last=_day(now.date()),
        rotation=rotation,
        following=_following(link, now),
        decisions=[decision_words(one) for one in decisions],
        host_id=host_id,
        page=page,
        more=more,
    )


def _weeks_asked() -> int:
    weeks = request.args.get("weeks", PERIODS[1], type=int)
    return weeks if weeks in PERIODS else PERIODS[1]


def _row(figures: Fairness, host: HostFigures, paused: str | None, panel: Panel) -> Row:
    got, counted = sum(host.got), figures.counted
    per_hours = figures.per_hundred_hours(host)
    difference = round(host.difference, 1)
    return Row(
        host.host_id,
        host.name,
        [*([paused] if paused else []), *_notes(host)],
        format_decimal(got),
        format_decimal(sum(host.wanted), "#,##0.0"),
        format_percent(got / counted, "#,##0.0%") if counted else "",
        format_percent(sum(host.wanted) / counted, "#,##0.0%") if counted else "",
        format_decimal(difference, "+#,##0.0;-#,##0.0") if difference else format_decimal(0),
        format_percent(host.free / host.asked) if host.asked else "",
        format_decimal(host.hours, "#,##0") if host.hours is not None else "",
        format_decimal(per_hours, "#,##0.0") if per_hours is not None else "",
        format_decimal(host.routed),
        panel,
    )


def _notes(host: HostFigures) -> list[str]:
    """Whether the host is still on the link, and when they were away."""
    notes = [] if host.on_link else [_("No longer a host of this link.")]
    shown = host.away[-MOST_ABSENCES:]
    notes += [_("Could not host: %(dates)s.", dates=_dates(first, last)) for first, last in shown]
    if len(host.away) > len(shown):
        notes.append(_("Earlier absences: %(number)s.", number=len(host.away) - len(shown)))
    return notes


def _dates(first: date, last: date) -> str:
    """14–19 Sept: the period says which year."""
    if first == last:
        return str(format_skeleton("MMMd", first, locale=locale()))
    return str(format_interval(first, last, "MMMd", locale=locale()))


def _day(on: date) -> str:
    return str(format_date(on, "medium"))


def _weekly(figures: Fairness) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each week with what each host got and should have: the curves as a table."""
    weeks = []
    for week in range(figures.weeks):
        start = figures.start_at + week * timedelta(days=7)
        cells = [
            (format_decimal(one.got[week]), format_decimal(one.wanted[week], "#,##0.0"))
            for one in figures.hosts
        ]
        weeks.append((_day(start.date()), cells))
    return weeks


@dataclass(frozen=True, slots=True)
class Following:
    """Who is next: a sentence, and everybody in order with their score in words."""

    sentence: str
    hosts: list[tuple[str, str]]


def _following(link: Link, now: datetime) -> Following:
    found = next_hosts(link, now)
    if not found:
        return Following(_("Nobody can host at present."), [])
    best = found[0]
    sentence = NEXT[link.rotation] % {"name": best.name, "score": format_decimal(best.score, "#,##0.0")}
    return Following(
        str(sentence), [(one.name, score) for one, score in zip(found, _scores(link, found), strict=True)]
    )


def _scores(link: Link, found: Sequence[Next]) -> list[str]:
    return [SCORES[link.rotation](place, one.score) for place, one in enumerate(found, 1)]
