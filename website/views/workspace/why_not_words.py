"""What keeps a host from a time, in sentences, and what would change it (R43)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _

from ...models import User
from ...scheduling.case import Case, Cause, Taken
from ...scheduling.hours import Hours, format_ranges
from ...scheduling.timeline import instant_of
from ...services.booking_rights import may_change
from ...services.calendar_state import account_states, name_of
from ...services.diary import Diaries, titles_at
from ...services.hosts import Host
from ...wording import listed, together
from ..public.parameters import local
from ..public.words import clock_time, day_name, full_date, zone_name
from .standings import standing_words


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, at which time, and what the intervals in the hosts' diaries are."""

    user: User
    now: datetime
    diaries: Diaries


class Said(NamedTuple):
    """A cause in words: `brief` fits under the short word in a cell; `change` is what would take it out of the way,
    empty where nothing can; `address` is where more is to be seen, if the reader may."""

    brief: str
    sentence: str
    change: str = ""
    address: str = ""


def said(cause: Cause, host: Host, case: Case, reader: Reader) -> Said:
    """A cause in words, for one host and start."""
    return _WORDS[cause.kind](cause, host, case, reader)


def length(minutes: int) -> str:
    """10 minutes, 4 hours, 2 days: in the largest unit that comes out even."""
    unit = "day" if minutes % 1440 == 0 else "hour" if minutes % 60 == 0 else "minute"
    if not minutes:
        unit = "minute"
    return str(format_timedelta(timedelta(minutes=minutes), granularity=unit, threshold=10**9))


def opening(hours: Hours, at: datetime) -> str:
    """The ranges of hours on the date on which an instant lies in their zone, with that zone; empty where closed."""
    ranges = _ranges(hours, at)
    return f"{listed(ranges)}, {zone_name(hours.timezone, at)}" if ranges else ""


def _ranges(hours: Hours, at: datetime) -> list[str]:
    on = at.astimezone(ZoneInfo(hours.timezone)).date()
    return [text.replace("-", "–") for text in format_ranges(hours.on(on))]


def moment(at: datetime, timezone: str) -> str:
    """Thursday 26 November 2026, 9:30, on a wall clock of the zone."""
    there = local(at, timezone)
    return together(full_date(there.date()), clock_time(there))


def _increment(cause: Cause, _host: Host, case: Case, _reader: Reader) -> Said:
    every = length(case.terms.increment)
    return Said("", _("Times of this link start every %(every)s.", every=every))


def _notice(cause: Cause, _host: Host, case: Case, reader: Reader) -> Said:
    notice = timedelta(minutes=case.terms.notice)
    until = local(instant_of(case.start) - notice, reader.user.timezone)
    values = {"notice": length(case.terms.notice), "when": moment(until, reader.user.timezone)}
    return Said(
        length(case.terms.notice),
        _("The link asks for a notice of %(notice)s: this could be booked until %(when)s.", **values),
        _("Shorten the notice to %(notice)s or less.", notice=length(cause.minutes // 5 * 5)),
    )


def _past(_cause: Cause, _host: Host, _case: Case, _reader: Reader) -> Said:
    return Said("", _("This time is past."))


def _not_yet(cause: Cause, _host: Host, _case: Case, _reader: Reader) -> Said:
    when = full_date(cause.on or date.min)
    return Said("", _("The link's dates begin on %(date)s.", date=when), _("Let them begin earlier."))


def _no_more(cause: Cause, _host: Host, _case: Case, _reader: Reader) -> Said:
    when = full_date(cause.on or date.max)
    return Said("", _("The link's dates end on %(date)s.", date=when), _("Let them reach further."))


def _hours(_cause: Cause, _host: Host, case: Case, _reader: Reader) -> Said:
    text = opening(case.terms.hours, instant_of(case.start))
    sentence = _("Not wholly inside the link's hours: %(hours)s.", hours=text)
    return Said(
        "", sentence if text else _("The link has no hours on this day."), _("Widen the link's hours.")
    )


def _own_hours(_cause: Cause, host: Host, case: Case, _reader: Reader) -> Said:
    at = instant_of(case.start)
    ranges, text = (_ranges(host.hours, at), opening(host.hours, at)) if host.hours else ([], "")
    sentence = _("Own hours on this day: %(hours)s.", hours=text) if text else _("No own hours on this day.")
    return Said(listed(ranges), sentence, _("Widen these hours."))


def _standing(_cause: Cause, host: Host, _case: Case, reader: Reader) -> Said:
    words = standing_words(host)
    sentences = [_(words.why), *_since(host, reader)]
    return Said("", " ".join(sentences), _(words.remedy), words.address if host.id == reader.user.id else "")


def _since(host: Host, reader: Reader) -> list[str]:
    """Since when which of the host's calendars has kept the host from being offered, where that is known (R12)."""
    states = account_states([host.id], reader.now).get(host.id, [])
    known = [one for account in states for _calendar, one in account.calendars if one.hides and one.since]
    return [
        str(
            _(
                "%(calendar)s, since %(when)s.",
                calendar=_(one.calendar),
                when=moment(one.since, reader.user.timezone),
            )
        )
        for one in known
        if one.since
    ]


def _busy(cause: Cause, _host: Host, case: Case, reader: Reader) -> Said:
    values = _where_from(cause, case, reader)
    sentence = _("Busy %(span)s in the calendar “%(calendar)s”.", **values)
    titles = titles_at(_taken(cause), reader.user)
    if titles:
        sentence = _(
            "Busy %(span)s in your calendar “%(calendar)s”: %(titles)s.", **values, titles=listed(titles)
        )
    return Said(_brief(cause, case, reader), sentence, _("Move or free what is there."))


def _busy_buffer(cause: Cause, _host: Host, case: Case, reader: Reader) -> Said:
    values = _where_from(cause, case, reader) | {"minutes": length(cause.minutes)}
    sentence = {
        "after": _("Buffer of %(minutes)s after what is in the calendar “%(calendar)s” %(span)s.", **values),
        "before": _(
            "Buffer of %(minutes)s before what is in the calendar “%(calendar)s” %(span)s.", **values
        ),
    }[cause.where]
    return Said(_brief(cause, case, reader), sentence, _shorter_buffer(cause))


def _booked(cause: Cause, _host: Host, case: Case, reader: Reader) -> Said:
    span, address = _span(_taken(cause), case, reader), _address(cause, reader)
    sentence = _("Booked %(span)s.", span=span)
    if address:
        sentence = _("Booked %(span)s: %(title)s.", span=span, title=_title(cause, reader))
    return Said(_brief(cause, case, reader), sentence, _("Reschedule that meeting."), address)


def _booked_buffer(cause: Cause, _host: Host, case: Case, reader: Reader) -> Said:
    address = _address(cause, reader)
    values = {"minutes": length(cause.minutes), "span": _span(_taken(cause), case, reader)}
    sentence = {
        "after": _("Buffer of %(minutes)s after the meeting %(span)s.", **values),
        "before": _("Buffer of %(minutes)s before the meeting %(span)s.", **values),
    }[cause.where]
    return Said(_brief(cause, case, reader), sentence, _shorter_buffer(cause), address)


def _not_known(cause: Cause, _host: Host, _case: Case, reader: Reader) -> Said:
    when = moment(instant_of(_taken(cause).start), reader.user.timezone)
    return Said(
        "",
        _("The calendars were read up to %(when)s: what is later counts as busy.", when=when),
        _("It is read further with each day."),
    )


def _cap(sentence: Callable[[int], str]) -> Callable[[Cause, Host, Case, Reader], Said]:
    def words(cause: Cause, _host: Host, case: Case, _reader: Reader) -> Said:
        count = cause.minutes
        return Said(
            ngettext("%(num)s booking", "%(num)s bookings", count),
            sentence(count),
            _("Raise the cap to %(most)s.", most=count + 1),
        )

    return words


def _link_day(count: int) -> str:
    return str(
        ngettext(
            "The link has %(num)s booking on that day, as many as it takes.",
            "The link has %(num)s bookings on that day, as many as it takes.",
            count,
        )
    )


def _link_week(count: int) -> str:
    return str(
        ngettext(
            "The link has %(num)s booking in that week, as many as it takes.",
            "The link has %(num)s bookings in that week, as many as it takes.",
            count,
        )
    )


def _host_day(count: int) -> str:
    return str(
        ngettext(
            "Has %(num)s booking of this link on that day, as many as a host may have.",
            "Has %(num)s bookings of this link on that day, as many as a host may have.",
            count,
        )
    )


def _host_week(count: int) -> str:
    return str(
        ngettext(
            "Has %(num)s booking of this link in that week, as many as a host may have.",
            "Has %(num)s bookings of this link in that week, as many as a host may have.",
            count,
        )
    )


def _shorter_buffer(cause: Cause) -> str:
    if cause.where == "after":
        return str(_("Do without the buffer of %(minutes)s after it.", minutes=length(cause.minutes)))
    return str(_("Do without the buffer of %(minutes)s before it.", minutes=length(cause.minutes)))


def _taken(cause: Cause) -> Taken:
    assert cause.taken is not None  # noqa: S101  (kinds of cause that are about an interval have one)
    return cause.taken


def _where_from(cause: Cause, case: Case, reader: Reader) -> dict[str, str]:
    taken = _taken(cause)
    calendar = reader.diaries.calendars[taken.source]
    return {"calendar": name_of(calendar), "span": _span(taken, case, reader)}


def _address(cause: Cause, reader: Reader) -> str:
    """Where the meeting is shown, for whom it concerns (R36)."""
    booking = reader.diaries.bookings[_taken(cause).source]
    return f"/bookings/{booking.id}" if may_change(booking, reader.user) else ""


def _title(cause: Cause, reader: Reader) -> str:
    return reader.diaries.bookings[_taken(cause).source].link.title


def _span(taken: Taken, case: Case, reader: Reader) -> str:
    """10:00–10:30; with the days where it is not all on the day of the slot."""
    zone = reader.user.timezone
    start, end = local(instant_of(taken.start), zone), local(instant_of(taken.end), zone)
    days = {start.date(), local(instant_of(taken.end - 1), zone).date()}
    if days == {local(instant_of(case.start), zone).date()}:
        return f"{clock_time(start)}–{clock_time(end)}"
    first, last = (together(day_name(one.date()), clock_time(one)) for one in (start, end))
    return f"{first} – {last}"


def _brief(cause: Cause, case: Case, reader: Reader) -> str:
    """When it is, as far as a cell has room."""
    taken, zone = _taken(cause), reader.user.timezone
    if cause.where == "after":
        return str(_("after %(time)s", time=clock_time(local(instant_of(taken.end), zone))))
    if cause.where == "before":
        return str(_("before %(time)s", time=clock_time(local(instant_of(taken.start), zone))))
    day = local(instant_of(case.start), zone).replace(hour=0, minute=0)
    if instant_of(taken.start) <= day and instant_of(taken.end) >= day + timedelta(days=1):
        return str(_("all day"))
    return "–".join(clock_time(local(instant_of(step), zone)) for step in (taken.start, taken.end))


_WORDS: dict[str, Callable[[Cause, Host, Case, Reader], Said]] = {
    "increment": _increment,
    "notice": _notice,
    "past": _past,
    "not_yet": _not_yet,
    "no_more": _no_more,
    "hours": _hours,
    "link_cap_day": _cap(_link_day),
    "link_cap_week": _cap(_link_week),
    "standing": _standing,
    "own_hours": _own_hours,
    "busy": _busy,
    "busy_buffer": _busy_buffer,
    "not_known": _not_known,
    "booked": _booked,
    "booked_buffer": _booked_buffer,
    "host_cap_day": _cap(_host_day),
    "host_cap_week": _cap(_host_week),
}
