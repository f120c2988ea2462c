"""A second, dull implementation of SPEC rules R1 to R9, to hold the engine against.

It looks at every minute and at every start, one after the other, and shares no code with the program.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tests.oracle.case import Booking, Case, Host, Hours, Link

MINUTE = 60
DAY = 24 * 60 * MINUTE
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def offered(case: Case) -> dict[int, frozenset[str]]:
    """Each start that is offered, with the ids of the hosts who are free for it."""
    return {start: free for start, free in free_hosts(case).items() if enough_hosts(case, free)}


def free_hosts(case: Case) -> dict[int, frozenset[str]]:
    """Each start that the link allows, with the ids of the hosts who are free for it; there may be none."""
    answer = {}
    open_for = {host.id: open_minutes(case, host) for host in case.hosts}
    for start in range(first_minute(case), case.query_end, MINUTE):
        if may_start(case, start):
            minute = (start - first_minute(case)) // MINUTE
            answer[start] = frozenset(
                host.id
                for host in case.hosts
                if all_open(open_for[host.id], minute, case.link.duration) and is_free(case, host, start)
            )
    return answer


def first_minute(case: Case) -> int:
    """The first whole minute that is not before the query."""
    return -(-case.query_start // MINUTE) * MINUTE


# The wall clock


@lru_cache(maxsize=4096)
def readings_of_utc_day(timezone: str, utc_day: int) -> tuple[tuple[date, int], ...]:
    """Local date and minute of the local day at each of the 1440 minutes of a UTC day."""
    zone = ZoneInfo(timezone)
    instants = range(utc_day * DAY, (utc_day + 1) * DAY, MINUTE)
    clocks = [datetime.fromtimestamp(at, zone) for at in instants]
    return tuple((clock.date(), clock.hour * 60 + clock.minute) for clock in clocks)


def reading(timezone: str, at: int) -> tuple[date, int]:
    """Local date and minute of the local day at an instant."""
    return readings_of_utc_day(timezone, at // DAY)[at % DAY // MINUTE]


def readings(timezone: str, start: int, minutes: int) -> list[tuple[date, int]]:
    """The readings of so many minutes from `start` on."""
    days = range(start // DAY, (start + minutes * MINUTE) // DAY + 1)
    whole = [one for day in days for one in readings_of_utc_day(timezone, day)]
    skipped = start % DAY // MINUTE
    return whole[skipped : skipped + minutes]


def local_date(case: Case, at: int) -> date:
    """The date of an instant in the link's zone."""
    return reading(case.link.hours.timezone, at)[0]


# R1, R8: hours


def open_minutes(case: Case, host: Host) -> list[bool]:
    """For each minute from the query's first: may this host be met then, by the hours alone?"""
    start, link = first_minute(case), case.link
    minutes = max(0, case.query_end - start) // MINUTE + 1 + link.duration
    in_link_hours = within(link.hours, start, minutes)
    if link.hours_source == "link":
        return in_link_hours
    return [a and b for a, b in zip(in_link_hours, within(host.hours, start, minutes), strict=True)]


def within(hours: Hours, start: int, minutes: int) -> list[bool]:
    """For each minute from `start` on: does its reading lie in the hours?"""
    clock = readings(hours.timezone, start, minutes)
    open_on = {on: minutes_open_on(hours, on) for on in {on for on, _ in clock}}
    return [minute in open_on[on] for on, minute in clock]


def minutes_open_on(hours: Hours, on: date) -> set[int]:
    """The minutes of a local date that are open: its override's if there is one, else its weekday's."""
    if on.isoformat() in hours.overrides:
        texts = hours.overrides[on.isoformat()]
    else:
        texts = hours.weekly.get(WEEKDAYS[on.weekday()], ())
    opened: set[int] = set()
    for text in texts:
        opening, closing = text.split("-")
        opened.update(range(minute_of_day(opening), minute_of_day(closing)))
    return opened


def minute_of_day(text: str) -> int:
    """`"09:30"` as 570 and `"24:00"` as 1440."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def all_open(opened: list[bool], minute: int, duration: int) -> bool:
    """A slot lies in the hours for its whole length."""
    return all(opened[minute : minute + duration])


# R2, R3: which starts


def may_start(case: Case, start: int) -> bool:
    """Whether the increment, the notice, the booking window and the link's caps allow this start."""
    return (
        on_the_increment(case.link, start)
        and start >= case.now + case.link.notice_minutes * MINUTE
        and on_a_date_that_is_offered(case, local_date(case, start))
        and link_is_below_its_caps(case, start)
    )


def on_the_increment(link: Link, start: int) -> bool:
    """R2: the wall clock of the link's zone, counted from midnight."""
    increment = link.duration if link.increment == "duration" else link.increment
    return reading(link.hours.timezone, start)[1] % increment == 0


def on_a_date_that_is_offered(case: Case, on: date) -> bool:
    """R3: not past today + N days, or inside the fixed range, both ends included."""
    link = case.link
    if link.window_days is not None and on > local_date(case, case.now) + timedelta(days=link.window_days):
        return False
    return link.fixed_range is None or link.fixed_range[0] <= on <= link.fixed_range[1]


# R4, R12: a host's time


def is_free(case: Case, host: Host, start: int) -> bool:
    """Whether the host's calendar works and what the slot would occupy touches nothing else; hours apart."""
    if not host.working or not host_is_below_caps(case, host, start):
        return False
    link = case.link
    low = start - link.buffer_before * MINUTE
    high = start + (link.duration + link.buffer_after) * MINUTE
    taken = [*host.busy, *(occupied(b) for b in case.bookings if host.id in b.host_ids)]
    return not any(touches(low, high, begin, end) for begin, end in taken)


def occupied(booking: Booking) -> tuple[int, int]:
    """What a booking occupies, with the buffers of its own link."""
    return booking.start - booking.buffer_before * MINUTE, booking.end + booking.buffer_after * MINUTE


def touches(low: int, high: int, begin: int, end: int) -> bool:
    """Whether two half-open intervals share an instant; an empty one shares none."""
    return max(low, begin) < min(high, end)


# R6, R7: kinds of link


def enough_hosts(case: Case, free: frozenset[str]) -> bool:
    """Group: every host who is not optional, and somebody is not. Round robin and personal: at least one."""
    if case.link.kind == "group":
        required = [host for host in case.hosts if not host.optional]
        return bool(required) and all(host.id in free for host in required)
    return len(free) > 0


# R9: caps


def link_is_below_its_caps(case: Case, start: int) -> bool:
    """Whether the link may take one more booking on that date and in that ISO week."""
    mine = [booking for booking in case.bookings if booking.on_this_link]
    return below(case, start, mine, case.link.caps.link_day, case.link.caps.link_week)


def host_is_below_caps(case: Case, host: Host, start: int) -> bool:
    """Whether the host may take one more booking of this link on that date and in that ISO week."""
    mine = [booking for booking in case.bookings if booking.on_this_link and host.id in booking.host_ids]
    day = case.link.caps.host_day if host.own_day is None else host.own_day
    week = case.link.caps.host_week if host.own_week is None else host.own_week
    return below(case, start, mine, day, week)


def below(case: Case, start: int, bookings: list[Booking], day: int | None, week: int | None) -> bool:
    """Whether these bookings are fewer than the caps, on the start's date and in its ISO week."""
    on = local_date(case, start)
    dates = [local_date(case, booking.start) for booking in bookings]
    if day is not None and dates.count(on) >= day:
        return False
    return week is None or [d.isocalendar()[:2] for d in dates].count(on.isocalendar()[:2]) < week
