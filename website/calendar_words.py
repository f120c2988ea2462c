"""What a calendar's state is called, in the language of whoever reads it: for pages and mails (R12)."""

from datetime import datetime, timedelta

from babel.dates import format_timedelta
from flask_babel import get_locale
from flask_babel import gettext as _

from .services.calendar_state import STATES, Known

MINUTE = timedelta(minutes=1)


def own_words(known: Known, now: datetime) -> str:
    """The state of a calendar, said to its user."""
    return _said(STATES[known.state].own, known, now)


def words_about(known: Known, now: datetime) -> str:
    """The state of a calendar, said to anybody else."""
    return _said(STATES[known.state].about, known, now)


def _said(sentence: str, known: Known, now: datetime) -> str:
    age = max(now - known.checked_at, MINUTE) if known.checked_at is not None else MINUTE
    locale = get_locale()
    return str(_(sentence)).format(
        speaker=_(known.speaker),
        calendar=known.calendar,
        error=_(known.error) or _("Access was withdrawn."),
        ago=format_timedelta(-age, granularity="minute", format="short", add_direction=True, locale=locale),
        silence=format_timedelta(age, granularity="minute", locale=locale),
    )
