"""The single values of a visitor's address, checked; whatever cannot be is a clear 400."""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from flask import abort
from flask_babel import gettext as _

from ...models import Link

YEARS_BACK, YEARS_AHEAD = 1, 5
SLOT_FORMAT = "%Y%m%dT%H%MZ"


def known_zone(name: str) -> str:
    """The zone, if there is one of that name. Aborts with a 400."""
    if name not in all_zones():
        abort(400, _("There is no such time zone. Choose one from the list on the booking page."))
    return name


@lru_cache(maxsize=1)
def all_zones() -> frozenset[str]:
    """Every name that a browser may report, older ones included."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def duration_of(link: Link, text: str, *, typed: bool) -> int:
    """The length in minutes that a text names, the link's first where it names none. Aborts with a 400.

    A form whose length is not offered any more gets another one: what was typed into it is to be kept."""
    known = text.isascii() and text.isdigit() and len(text) < 6 and int(text) in link.durations
    if known:
        return int(text)
    if text and not typed:
        abort(400, _("This link does not offer that duration."))
    return link.durations[0]


def month_of(text: str, now: datetime) -> date | None:
    """The first day of a month such as 2026-11, None for an empty text. Aborts with a 400."""
    return _in_reach(f"{text}-01", now) if text else None


def date_of(text: str, now: datetime) -> date | None:
    """A date such as 2026-11-26, None for an empty text. Aborts with a 400."""
    return _in_reach(text, now) if text else None


def _in_reach(text: str, now: datetime) -> date:
    try:
        found = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  (a date has no zone)
    except ValueError:
        abort(400, _("There is no such date."))
    if not now.year - YEARS_BACK <= found.year <= now.year + YEARS_AHEAD:
        abort(400, _("That date is too far away."))
    return found


def slot_start(text: str, now: datetime) -> datetime:
    """The instant of a `slot=` parameter, such as 20261126T0800Z. Aborts with a 400."""
    try:
        start = datetime.strptime(text, SLOT_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        abort(400, _("There is no such time. Choose one on the booking page."))
    _in_reach(start.date().isoformat(), now)
    return start


def slot_text(start: datetime) -> str:
    """The inverse of `slot_start`."""
    return start.astimezone(UTC).strftime(SLOT_FORMAT)


def local(start: datetime, timezone: str) -> datetime:
    """An instant as the visitor's wall clock shows it."""
    return start.astimezone(ZoneInfo(timezone))
