"""Mails from templates/emails/<name>/: subject.txt, body.txt and body.html, in a person's language and zone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location
from flask import render_template
from flask_babel import force_locale, get_locale

from .booking_words import why_you
from .calendar_words import own_words, words_about
from .locales import DEFAULT, babel_locale, known_tag
from .wording import together


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says; the address it goes to is the sender's business."""

    subject: str
    text: str
    html: str


@contextmanager
def speaking(language: str) -> Iterator[str]:
    """Puts what is said inside into a reader's language; gives its tag, the site's own where we do not speak it."""
    tag = known_tag(language) or DEFAULT
    with force_locale(babel_locale(tag)):
        yield tag


def render(name: str, *, timezone: str, language: str, **values: Any) -> Mail:
    """The mail of this name. No request is needed, an application context is. `timezone` is an IANA name, `language`
    a tag or empty; templates write instants (aware datetimes) with `at`, and meetings with `span`."""
    helpers = {
        "at": _clock_of(timezone),
        "span": _span_of(timezone),
        "own_words": own_words,
        "words_about": words_about,
        "why_you": why_you,
    }
    with speaking(language) as tag:
        look = {"language": tag, "direction": Locale.parse(babel_locale(tag)).text_direction}
        subject, text, html = (
            render_template(f"emails/{name}/{part}", **look, **helpers, **values)
            for part in ("subject.txt", "body.txt", "body.html")
        )
    return Mail(" ".join(subject.split()), text.strip() + "\n", html)


def _clock_of(timezone: str) -> Callable[[datetime], str]:
    zone = ZoneInfo(timezone)

    def at(moment: datetime) -> str:
        """Thursday 26 November 2026, 09:30 (Paris)."""
        local, locale = moment.astimezone(zone), get_locale()
        day = format_date(local.date(), "full", locale=locale)
        time = format_time(local.time(), "short", locale=locale)
        return f"{together(day, time)} ({get_timezone_location(timezone, locale=locale, return_city=True)})"

    return at


def _span_of(timezone: str) -> Callable[[datetime, datetime], str]:
    zone = ZoneInfo(timezone)

    def span(start: datetime, end: datetime) -> str:
        """Thursday 26 November 2026, 09:30–10:00 (Paris, UTC+1)."""
        locale, first, last = get_locale(), start.astimezone(zone), end.astimezone(zone)
        day, other_day = (format_date(moment.date(), "full", locale=locale) for moment in (first, last))
        begin, finish = (format_time(moment.time(), "short", locale=locale) for moment in (first, last))
        until = finish if day == other_day else f" {together(other_day, finish)}"
        city = get_timezone_location(timezone, locale=locale, return_city=True)
        return f"{together(day, begin)}–{until} ({together(city, _offset(first))})"

    return span


def _offset(moment: datetime) -> str:
    """UTC+1, UTC−3:30: the clock alone may show a time twice."""
    minutes = (moment.utcoffset() or timedelta(0)) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")
