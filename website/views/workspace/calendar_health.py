"""The health of everybody's calendars, for admins (R12)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _

from ... import clock
from ...calendar_words import words_about
from ...providers.calendars import CALENDAR_PROVIDERS
from ...services.calendar_health import Line, calendar_health
from ...services.calendar_state import STATES
from ..access import admin_only

FOR_EVER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Row:
    """An account in words; `facts` are pairs of a name and a text, of those that there is something to say about."""

    user: str
    label: str
    line: str
    tone: str
    words: str
    error: str
    facts: list[tuple[str, str]]


@admin_only
def index() -> ResponseReturnValue:
    now = clock.now()
    health = calendar_health(now)
    rows = [_row(line, now) for line in health.lines]
    return render_template("workspace/calendars/health.html", health=health, rows=rows)


def _row(line: Line, now: datetime) -> Row:
    state, account = line.state, line.state.account
    errors = [account.error, *(calendar.error for calendar in account.calendars if calendar.conflicts)]
    return Row(
        user=line.user.name,
        label=_(state.label),
        line=state.line if state.line != state.label else "",
        tone=STATES[state.known.state].tone,
        words=words_about(state.known, now),
        error=next((error for error in errors if error), ""),
        facts=[(name, text) for name, text in _facts(line, now) if text],
    )


def _facts(line: Line, now: datetime) -> list[tuple[str, str]]:
    account = line.state.account
    polled = not CALENDAR_PROVIDERS[account.kind].capabilities.in_database
    return [
        (_("Last good check"), _ago(account.checked_at, now) if polled else ""),
        (_("Failing since"), _ago(account.failing_since, now)),
        (_("Next try"), _next(account.next_check_at, now)),
        (_("Not offered on"), ngettext("%(num)s link", "%(num)s links", line.links) if line.links else ""),
    ]


def _ago(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    return str(format_timedelta(at - now, granularity="minute", add_direction=True))


def _next(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    if at - now > FOR_EVER:
        return str(_("when it is reconnected"))
    return _ago(at, now) if at > now else _("now")
