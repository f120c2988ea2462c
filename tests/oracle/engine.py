"""The engine, asked the oracle's questions: a case goes in, starts and their free hosts come out."""

from datetime import UTC, datetime

from tests.oracle.case import Booking, Case, Host, Hours, Link
from website.scheduling import hours as engine_hours
from website.scheduling.kinds import LINK_KINDS
from website.scheduling.slots import Cap, HostTime, Offer, Question, Terms, offer
from website.scheduling.timeline import STEP_SECONDS, Window, bits, busy_mask


def offered(case: Case) -> dict[int, frozenset[str]]:
    """Each start that the engine offers in the query, with the ids of the hosts who are free for it."""
    found = offer(question(case))
    starts = [at for at in (found.window.instant(bit) for bit in bits(found.starts)) if _asked(case, at)]
    return {int(at.timestamp()): _host_ids(case, found, at) for at in starts}


def question(case: Case) -> Question:
    """The case in the engine's words."""
    terms = terms_of(case.link)
    window = Window.between(instant(case.query_start), instant(case.query_end)).widened(terms.margin)
    hosts = [_host_time(case, number, host, window) for number, host in enumerate(case.hosts, start=1)]
    return Question(terms, hosts, window, instant(case.now), _starts(case.bookings))


def terms_of(link: Link) -> Terms:
    """A link's promises in the engine's words."""
    first, last = link.fixed_range or (None, None)
    return Terms(
        hours=_hours(link.hours),
        increment=link.duration if link.increment == "duration" else link.increment,
        duration=link.duration,
        everyone=LINK_KINDS[link.kind].needs == "all",
        own_hours=link.hours_source == "hosts",
        notice=link.notice_minutes,
        window_days=link.window_days,
        first_on=first,
        last_on=last,
        buffer_before=link.buffer_before,
        buffer_after=link.buffer_after,
        cap=Cap(link.caps.link_day, link.caps.link_week),
        host_cap=Cap(link.caps.host_day, link.caps.host_week),
    )


def _host_time(case: Case, number: int, host: Host, window: Window) -> HostTime:
    theirs = [booking for booking in case.bookings if host.id in booking.host_ids]
    return HostTime(
        host_id=number,
        standing=None if host.working else "broken",
        optional=host.optional,
        hours=_hours(host.hours),
        busy=busy_mask((interval for interval in host.busy if interval[0] < interval[1]), window),
        booked=busy_mask((_occupied(booking) for booking in theirs), window),
        starts=_starts(theirs),
        cap=_own_cap(host, case.link),
    )


def _own_cap(host: Host, link: Link) -> Cap | None:
    if host.own_day is None and host.own_week is None:
        return None
    return Cap(host.own_day, host.own_week).over(Cap(link.caps.host_day, link.caps.host_week))


def _hours(hours: Hours) -> engine_hours.Hours:
    return engine_hours.Hours.read(hours.timezone, hours.weekly, hours.overrides)


def _occupied(booking: Booking) -> tuple[int, int]:
    return booking.start - 60 * booking.buffer_before, booking.end + 60 * booking.buffer_after


def _starts(bookings: tuple[Booking, ...] | list[Booking]) -> tuple[int, ...]:
    return tuple(booking.start // STEP_SECONDS for booking in bookings if booking.on_this_link)


def instant(at: int) -> datetime:
    """Epoch seconds as an aware UTC datetime."""
    return datetime.fromtimestamp(at, UTC)


def _asked(case: Case, at: datetime) -> bool:
    return case.query_start <= at.timestamp() < case.query_end


def _host_ids(case: Case, found: Offer, at: datetime) -> frozenset[str]:
    return frozenset(case.hosts[number - 1].id for number in found.hosts_at(at))
