"""*Why not?* for a day of a link: its times by its hosts, each with what decides, and one time in full (R43)."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from ... import clock
from ...email_addresses import is_email
from ...models import Link
from ...scheduling.hours import window_of_dates
from ...scheduling.timeline import STEPS_A_DAY, Window, step_before
from ...services.availability import next_start
from ...services.contact import NOBODY, recognise
from ...services.diary import diaries_of
from ...services.group_cost import cost_of
from ...services.owner_path import owner_path
from ...services.why_not import Explanation, explanation_of
from ..access import may_edit_link, me
from ..public.parameters import local, slot_text
from ..public.words import full_date, zone_name
from ..responses import see_other, wants_fragment
from .group_cost import cost_page
from .owner_words import path_words
from .why_not_table import lines_of, time_in_full
from .why_not_words import Reader, moment, opening

YEARS_AHEAD = 5
SLOT_FORMAT = "%Y%m%dT%H%MZ"
LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be explained: a date of the reader's zone, a length, a host or all of them, an instant if one was
    picked, an address if one was typed; `typed` is everything as it was typed, `problem` what is wrong with it."""

    on: date
    duration: int
    host_id: int | None = None
    at: datetime | None = None
    email: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    def query(self, on: date | None = None) -> str:
        """The question as an address, which never says whose it is."""
        values = {"date": (on or self.on).isoformat(), "duration": str(self.duration)}
        values |= {"host": str(self.host_id)} if self.host_id is not None else {}
        values |= {"at": slot_text(self.at)} if self.at and on is None else {}
        return urlencode(values)


@may_edit_link
def show(link: Link) -> ResponseReturnValue:
    """Without an address it is a question like any other, with an address of its own; with one it is a post."""
    asked = _asked(link, request.form if request.method == "POST" else request.args)
    if asked.problem:
        return _page(link, asked), 422
    if request.method != "POST" or asked.email:
        return _page(link, asked)
    address = f"/links/{link.slug}/why-not?{asked.query()}"
    if not wants_fragment():
        return see_other(address)
    answer = make_response(_page(link, asked))
    answer.headers["HX-Push-Url"] = address
    return answer


def _asked(link: Link, values: MultiDict[str, str]) -> Asked:
    """What was asked; an address counts where it was posted, and nowhere else."""
    zone, today = ZoneInfo(me().timezone), local(clock.now(), me().timezone).date()
    typed = {name: values.get(name, "").strip() for name in ("date", "time", "duration", "host", "email")}
    typed["email"] = typed["email"][:LONGEST_ADDRESS] if request.method == "POST" else ""
    try:
        at = _instant(values.get("at", ""))
        on = local(at, me().timezone).date() if at else _day(values.get("day") or typed["date"], today)
        if at is None and typed["time"] and not values.get("day"):
            at = datetime.combine(on, time.fromisoformat(typed["time"]), zone).astimezone(UTC)
        duration = int(typed["duration"] or link.durations[0])
        if not -1 <= on.year - today.year <= YEARS_AHEAD or duration not in link.durations:
            raise ValueError
    except ValueError:
        problem = _("Choose a date and a time, and one of the link's durations.")
        return Asked(today, link.durations[0], typed=typed, problem=problem)
    typed |= {"date": on.isoformat(), "time": f"{local(at, me().timezone):%H:%M}" if at else ""}
    problem = "" if not typed["email"] or is_email(typed["email"]) else _("Type a whole e-mail address.")
    return Asked(on, duration, _host(link, typed["host"]), at, typed["email"], typed, problem)


def _instant(text: str) -> datetime | None:
    return datetime.strptime(text, SLOT_FORMAT).replace(tzinfo=UTC) if text else None


def _day(text: str, today: date) -> date:
    return date.fromisoformat(text) if text else today


def _host(link: Link, text: str) -> int | None:
    """One of the link's hosts; whoever is none of them stands for all."""
    return next((host.user_id for host in link.hosts if str(host.user_id) == text), None)


def _page(link: Link, asked: Asked) -> str:
    answer = {} if asked.problem else _answer(link, asked)
    cost = cost_of(link, duration=asked.duration, now=clock.now())
    return render_template(
        "workspace/links/_why_not.html" if wants_fragment() else "workspace/links/why_not.html",
        link=link,
        asked=asked,
        zone=zone_name(me().timezone, clock.now()),
        cost=cost_page(cost, me()) if cost else None,
        **answer,
    )


def _answer(link: Link, asked: Asked) -> dict[str, object]:
    now, zone = clock.now(), me().timezone
    visitor = recognise(asked.email, link) if asked.email else NOBODY
    window = window_of_dates(zone, asked.on, asked.on)
    explained = explanation_of(link, visitor, window, duration=asked.duration, now=now)
    hosts = [host for host in explained.scene.hosts if asked.host_id in (None, host.id)]
    around = window.widened(explained.scene.terms.margin + STEPS_A_DAY)
    reader = Reader(me(), now, diaries_of(explained.scene.hosts, around))
    following = next_start(
        explained.scene, explained.everybody.window.instant(explained.scene.terms.margin + window.length)
    )
    return {
        "day": full_date(asked.on),
        "before": asked.on - timedelta(days=1),
        "after": asked.on + timedelta(days=1),
        "following": local(following, zone).date() if following else None,
        "following_name": full_date(local(following, zone).date()) if following else "",
        "hosts": hosts,
        "lines": lines_of(explained, hosts, asked.at, reader),
        "opening": opening(explained.scene.terms.hours, noon(asked.on, zone)),
        "one": _one(link, asked, explained, reader),
        "path": path_words(owner_path(explained.scene), me()) if asked.email else None,
    }


def noon(on: date, zone: str) -> datetime:
    """Noon of a date in a zone: an instant that lies on it, whatever the clocks do that day."""
    return datetime.combine(on, time(12), ZoneInfo(zone))


def _one(link: Link, asked: Asked, day: Explanation, reader: Reader) -> object:
    """The time that was picked, if one was: it may be none of the day's starts."""
    if asked.at is None:
        return None
    step = Window(step_before(asked.at), 1)
    explained = explanation_of(link, day.scene.visitor, step, duration=asked.duration, now=reader.now)
    title = moment(asked.at, reader.user.timezone)
    return {"title": title, "hosts": time_in_full(explained, asked.at, asked.host_id, reader)}
