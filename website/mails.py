"""Mails from templates/emails/<name>/: subject.txt, body.txt and body.html, in a person's language and zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_location
from flask import render_template
from flask_babel import force_locale, get_locale

from .calendar_words import own_words, words_about

LANGUAGE = "en-GB"


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says; the address it goes to is the sender's business."""

    subject: str
    text: str
    html: str


def render(name: str, *, timezone: str, language: str = LANGUAGE, **values: Any) -> Mail:
    """The mail of this name. No request is needed, an application context is. `timezone` is an IANA name; templates
    write instants (aware datetimes) with `at`."""
    helpers = {"at": _clock_of(timezone), "own_words": own_words, "words_about": words_about}
    with force_locale(language.replace("-", "_")):
        subject, text, html = (
            render_template(f"emails/{name}/{part}", language=language, **helpers, **values)
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
        return f"{day}, {time} ({get_timezone_location(timezone, locale=locale, return_city=True)})"

    return at
