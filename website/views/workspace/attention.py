"""What needs attention, in words: a sentence for each kind, and where to go to do something about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from ...models import User
from ...services.attention import Need
from ...services.calendar_event import FINDINGS
from ...wording import listed
from .crm_words import trouble_of
from .rows import calendar_line, times_for
from .standings import standing_words


class Line(NamedTuple):
    """`tone` is bad, warn or idle; `door` is what the address is called, both empty where nobody can do anything."""

    tone: str
    title: str
    text: str
    door: str = ""
    address: str = ""


def attention_lines(needs: list[Need], reader: User, now: datetime) -> list[Line]:
    """The lines of the dashboard, in the order of the needs."""
    return [WORDS[need.kind](need.about, reader, now) for need in needs]


def _no_worker(_about: None, _reader: User, _now: datetime) -> Line:
    text = _("Mails wait, and calendars are not read. Whoever runs this site starts: flask --app wsgi worker")
    return Line("bad", _("No worker is running."), text)


def _crm(state: Any, _reader: User, _now: datetime) -> Line:
    said, remedy = trouble_of(state) or ("", "")
    return Line("bad", said, remedy, _("The connection to the CRM"), "/crm")


def _undelivered(count: int, _reader: User, _now: datetime) -> Line:
    title = ngettext(
        "%(num)s message could not be delivered.", "%(num)s messages could not be delivered.", count
    )
    return Line("bad", title, "", _("See what to do"), "/outbox?state=failed")


def _cannot_host(host: Any, _reader: User, _now: datetime) -> Line:
    words = standing_words(host)
    text = f"{_(words.why)} {_(words.remedy)}"
    door = _("Your calendars") if words.address else ""
    return Line("bad", _("You cannot be booked at present."), text, door, words.address)


def _calendar(state: Any, _reader: User, now: datetime) -> Line:
    line = calendar_line(state, now, own=True)
    return Line(
        line.tone, line.label, line.words, _("Your calendars"), f"/calendars#account-{state.account.id}"
    )


def _event(event: Any, reader: User, _now: datetime) -> Line:
    door = _("Decide what is to happen")
    return Line(
        "bad", _(FINDINGS[event.found]), _meeting(event.booking, reader), door, f"/bookings/events/{event.id}"
    )


def _clash(booking: Any, reader: User, _now: datetime) -> Line:
    title = _("This clashes with something else in your calendar.")
    return Line("bad", title, _meeting(booking, reader), _("Open the meeting"), f"/bookings/{booking.id}")


def _unchecked(booking: Any, reader: User, _now: datetime) -> Line:
    title = _("Your calendar did not answer when this was booked: it is checked as soon as it does.")
    return Line("warn", title, _meeting(booking, reader), _("Open the meeting"), f"/bookings/{booking.id}")


def _meeting(booking: Any, reader: User) -> str:
    when = times_for(booking.start_at, booking.end_at, reader)
    return str(_("%(title)s with %(name)s, %(when)s", title=booking.link.title, name=booking.name, when=when))


def _no_host(link: Any, _reader: User, _now: datetime) -> Line:
    text = _("No host of it can host at present.")
    return Line("bad", _shows_nothing(link), text, _("See who"), f"/links/{link.slug}/edit#hosts")


def _host_missing(link: Any, _reader: User, _now: datetime) -> Line:
    text = _("It needs all of its hosts, and one of them cannot host at present.")
    return Line("bad", _shows_nothing(link), text, _("See who"), f"/links/{link.slug}/edit#hosts")


def _no_times(link: Any, _reader: User, _now: datetime) -> Line:
    text = _(
        "Its hosts are busy, or its hours, notice and limits leave nothing. “Why not?” tells for any time."
    )
    return Line("warn", _shows_nothing(link), text, _("Why not?"), f"/links/{link.slug}/why-not")


def _shows_nothing(link: Any) -> str:
    return str(_("%(title)s shows no times.", title=link.title))


def _off(links: list[Any], _reader: User, _now: datetime) -> Line:
    title = ngettext("%(num)s link is off.", "%(num)s links are off.", len(links))
    return Line("idle", title, listed(link.title for link in links), _("Your links"), "/links")


WORDS: dict[str, Callable[[Any, User, datetime], Line]] = {
    "no_worker": _no_worker, "crm": _crm, "undelivered": _undelivered, "cannot_host": _cannot_host,
    "calendar": _calendar,
    "event": _event, "clash": _clash, "unchecked": _unchecked, "no_host": _no_host,
    "host_missing": _host_missing, "no_times": _no_times, "off": _off,
}  # fmt: skip
