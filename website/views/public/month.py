"""The slot grid as plain values: a month of days, and the times of the chosen one."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby

from flask_babel import gettext as _
from flask_babel import ngettext

from ...scheduling.hours import day_steps, window_of_dates
from ...scheduling.slots import Offer, booking_dates
from ...scheduling.timeline import Window
from ...services.availability import (
    Scene,
    booking_window,
    days_with_slots,
    next_start,
    offer_in,
    sooner_with_colleague,
    starts_of,
)
from ..languages import locale
from .asked import Asked
from .parameters import YEARS_AHEAD, local
from .times import Part, Time, parts_of_day, time_of
from .words import day_name, full_date, month_name, weekdays

# So many days with times with a colleague are shown at once.
SOONER_DAYS = 5


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the grid; `query` is empty when it has no times."""

    number: int
    label: str
    query: str = ""
    chosen: bool = False
    today: bool = False


@dataclass(frozen=True, slots=True)
class Sooner:
    """The second list, of times with a colleague (R20): the first days that have any, and where the next ones are, if
    there are more."""

    days: list[tuple[str, list[Time]]]
    more: str


@dataclass(frozen=True, slots=True)
class SlotGrid:
    """What `_slots.html` shows. Queries are query strings, already quoted."""

    title: str
    weekdays: Sequence[tuple[str, str]]
    weeks: list[list[Day | None]]
    before: str
    after: str
    chosen: str
    parts: list[Part]
    sooner: Sooner | None
    jump: str
    jump_label: str
    first: str
    announce: str


def slot_grid(asked: Asked, scene: Scene) -> SlotGrid:
    """The grid that is asked for, of what `scene` offers: one look at the month, one at the chosen day."""
    month = _month_to_show(asked, scene)
    last = month.replace(day=monthrange(month.year, month.month)[1])
    window = window_of_dates(asked.timezone, month, last)
    offered = offer_in(scene, window)
    counts = days_with_slots(offered.starts, offered.window, asked.timezone)
    chosen = _chosen_day(asked, month, counts)
    starts = starts_of(_of_day(offered, chosen, asked)) if chosen else []
    upcoming = (
        None if counts else next_start(scene, window.instant(window.length)) or next_start(scene, asked.now)
    )
    return SlotGrid(
        title=month_name(month),
        weekdays=weekdays(locale())[1],
        weeks=_weeks(asked, month, last, counts, chosen),
        before=_month_query(asked, month - timedelta(days=1)) if month > _today(asked).replace(day=1) else "",
        after=_month_query(asked, last + timedelta(days=1)) if last < _last_date(scene) else "",
        chosen=day_name(chosen) if chosen else "",
        parts=parts_of_day(asked, starts),
        sooner=_sooner(asked, scene),
        jump=_day_query(asked, local(upcoming, asked.timezone).date()) if upcoming else "",
        jump_label=full_date(local(upcoming, asked.timezone).date()) if upcoming else "",
        first=full_date(chosen) if chosen and _is_later(asked, month) else "",
        announce=_announcement(asked, month, chosen, counts),
    )


def _sooner(asked: Asked, scene: Scene) -> Sooner | None:
    """What is offered with a colleague from the day or the month on that is asked for, else from now on: however far
    away the owner's times are, the first ones are seen at once."""
    whole = booking_window(scene)
    first = asked.on or asked.month
    if whole is None:
        return None
    start = max(whole.start, day_steps(asked.timezone, first)[0]) if first else whole.start
    found = sooner_with_colleague(scene, Window(start, max(0, whole.end - start)))
    starts = groupby(starts_of(found) if found else [], key=lambda start: local(start, asked.timezone).date())
    days = [(day, [time_of(asked, start) for start in times]) for day, times in starts]
    if not days:
        return None
    more = _day_query(asked, days[SOONER_DAYS][0]) if len(days) > SOONER_DAYS else ""
    return Sooner([(full_date(day), times) for day, times in days[:SOONER_DAYS]], more)


def _last_date(scene: Scene) -> date:
    """The last date that anybody's calendar may show a slot on: a day more than the link's own zone says."""
    reach = date(scene.now.year + YEARS_AHEAD, 12, 30)
    return min(booking_dates(scene.terms, scene.now)[1], reach) + timedelta(days=1)


def _today(asked: Asked) -> date:
    return local(asked.now, asked.timezone).date()


def _is_later(asked: Asked, month: date) -> bool:
    """Whether a visitor who asked for no month sees a later one than this, because this one has no times."""
    return asked.month is None and asked.on is None and month > _today(asked)


def _month_to_show(asked: Asked, scene: Scene) -> date:
    """The month asked for, else the first with times, else this one."""
    shown = asked.month or asked.on
    if shown is None:
        first = next_start(scene, asked.now)
        shown = local(first, asked.timezone).date() if first else _today(asked)
    return shown.replace(day=1)


def _chosen_day(asked: Asked, month: date, counts: dict[date, int]) -> date | None:
    """The day asked for where it lies in the month, else the first with times."""
    if asked.on is not None and asked.on.replace(day=1) == month:
        return asked.on
    return min(counts, default=None)


def _of_day(offered: Offer, day: date, asked: Asked) -> Offer:
    """The offer, cut to one day of the visitor's zone."""
    inside = offered.window.span(*day_steps(asked.timezone, day))
    return Offer(offered.window, offered.starts & inside, {})


def _weeks(
    asked: Asked, month: date, last: date, counts: dict[date, int], chosen: date | None
) -> list[list[Day | None]]:
    language = locale()
    first_day, _names = weekdays(language)
    cells: list[Day | None] = [None] * ((month.weekday() - first_day) % 7)
    today = _today(asked)
    prefix = asked.query + "&date="
    for number in range(1, last.day + 1):
        on = month.replace(day=number)
        count = counts.get(on, 0)
        query = f"{prefix}{on.isoformat()}" if count else ""
        cells.append(Day(number, _labelled(on, count, language), query, on == chosen, on == today))
    cells += [None] * (-len(cells) % 7)
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def _day_label(on: date, count: int) -> str:
    return _labelled(on, count, locale())


@lru_cache(maxsize=8192)
def _labelled(on: date, count: int, _language: str) -> str:
    """Said once for each language: every page shows the same days."""
    if not count:
        return str(_("%(day)s, no times", day=day_name(on)))
    return str(ngettext("%(day)s, %(num)s time", "%(day)s, %(num)s times", count, day=day_name(on)))


def _month_query(asked: Asked, on: date) -> str:
    return f"{asked.query}&month={on:%Y-%m}"


def _day_query(asked: Asked, on: date) -> str:
    return f"{asked.query}&date={on.isoformat()}"


def _announcement(asked: Asked, month: date, chosen: date | None, counts: dict[date, int]) -> str:
    """The day where one was asked for, else the month."""
    name = month_name(month)
    if asked.on and chosen:
        return _day_label(chosen, counts.get(chosen, 0))
    if not counts:
        return str(_("No times in %(month)s.", month=name))
    return str(
        ngettext(
            "%(month)s, %(num)s day with times", "%(month)s, %(num)s days with times", len(counts), month=name
        )
    )
