"""Hypothesis strategies for cases: odd zones, DST days, split days, buffers, caps, every kind of link.

What is drawn is relative (steps from the start of the query, days from its date) and laid out afterwards, so
that every strategy is built once: thousands of cases take seconds.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.oracle.brute_force import DAY, MINUTE, WEEKDAYS
from tests.oracle.case import Booking, Caps, Case, Host, Hours, Link
from tests.oracle.places_in_time import ZONES, days_to_ask_about, epoch

STEP = 5 * MINUTE
STEPS_A_DAY = DAY // STEP
GONE = "gone"  # a host who has left the link since

DAYS_WORTH_TRYING = (
    ("00:00-24:00",),
    ("09:00-17:00",),
    ("08:00-12:00", "13:00-18:30"),
    ("00:00-04:00", "20:00-24:00"),
    ("00:00-23:59",),
    ("07:30-12:02", "12:02-19:17"),
    ("00:00-01:30", "01:30-03:00", "03:00-12:00"),
    ("22:00-24:00",),
    ("01:00-02:30",),
    (),
)


def clock(minute: int) -> str:
    """570 as `09:30`, 1440 as `24:00`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def paired(marks: list[int]) -> tuple[str, ...]:
    """Ranges between neighbouring marks; every third gap stays closed, so that some ranges touch."""
    neighbours = enumerate(pairwise(sorted(set(marks))))
    return tuple(f"{clock(a)}-{clock(b)}" for number, (a, b) in neighbours if number % 3 < 2)


# Hours

five_minute_marks = st.integers(0, STEPS_A_DAY).map(lambda step: 5 * step)
days_of_hours = st.one_of(
    st.sampled_from(DAYS_WORTH_TRYING),
    st.lists(five_minute_marks, min_size=2, max_size=6).map(paired),
    st.lists(st.integers(0, 24 * 60), min_size=2, max_size=6).map(paired),
)


class HoursPlan(NamedTuple):
    """Two kinds of day, dealt out over the week by the bits of `dealt`, and overrides by days from a date."""

    one: tuple[str, ...]
    other: tuple[str, ...]
    dealt: int
    special: list[tuple[int, tuple[str, ...]]]

    def near(self, day: date, timezone: str) -> Hours:
        """The plan laid out in a zone, its overrides counted from `day`."""
        weekly = {name: (self.one, self.other)[self.dealt >> bit & 1] for bit, name in enumerate(WEEKDAYS)}
        overrides = {(day + timedelta(days=days)).isoformat(): ranges for days, ranges in self.special}
        return Hours(timezone, weekly, overrides)


hours_plans = st.builds(
    HoursPlan,
    st.sampled_from(DAYS_WORTH_TRYING[:6]),
    days_of_hours,
    st.integers(0, 127),
    st.lists(st.tuples(st.integers(-1, 4), days_of_hours), max_size=2),
)

# Links

buffers = st.sampled_from((0, 0, 0, 5, 10, 15, 30, 60))
caps = st.just(Caps()) | st.builds(Caps, *[st.sampled_from((None, None, 1, 2))] * 4)
terms = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(("personal", "group", "round_robin", "round_robin")),
        "duration": st.integers(3, 36).map(lambda steps: 5 * steps),
        "increment": st.sampled_from((5, 10, 15, 20, 30, 45, 60, "duration")),
        "hours_source": st.sampled_from(("link", "link", "hosts")),
        "notice_minutes": st.sampled_from((0, 0, 7, 60, 240, 1440)),
        "buffer_before": buffers,
        "buffer_after": buffers,
        "caps": caps,
    }
)
booking_windows = st.one_of(
    st.just({}),
    st.integers(0, 5).map(lambda days: {"window_days": days}),
    st.tuples(st.integers(-1, 3), st.integers(0, 3)).map(lambda ends: {"fixed_range": ends}),
)


def link_near(day: date, hours: Hours, terms: dict[str, Any], window: dict[str, Any]) -> Link:
    """A link; a fixed range is drawn as days from `day` to its first date, and from there to its last."""
    if "fixed_range" in window:
        first = day + timedelta(days=window["fixed_range"][0])
        window = {"fixed_range": (first, first + timedelta(days=window["fixed_range"][1]))}
    return Link(hours=hours, **terms, **window)


# Hosts, busy time and bookings

odd_seconds = st.sampled_from((0, 0, 0, 1, -1, 150, 299))
busy_plans = st.lists(
    st.tuples(
        st.integers(-36, 4 * STEPS_A_DAY), odd_seconds, st.sampled_from((0, 1, 3, 6, 12, 24, 60)), odd_seconds
    ),
    max_size=8,
)
own_caps = st.just((None, None)) | st.tuples(*[st.sampled_from((None, 1, 2, 3))] * 2)
host_traits = (busy_plans, st.integers(0, 3), st.integers(0, 15), own_caps)
host_plans = {
    "link": st.lists(st.tuples(*host_traits), min_size=1, max_size=4),
    "hosts": st.lists(st.tuples(*host_traits, hours_plans, st.sampled_from(ZONES)), min_size=1, max_size=4),
}


def busy_from(start: int, plan: list[tuple[int, int, int, int]]) -> tuple[tuple[int, int], ...]:
    """Busy intervals with odd seconds, overlapping, some of no length."""
    laid = ((start + first * STEP + early, lasts, late) for first, early, lasts, late in plan)
    return tuple((begin, max(begin, begin + lasts * STEP + late)) for begin, lasts, late in laid)


def hosts_near(day: date, start: int, link: Link, plans: list[tuple[Any, ...]]) -> tuple[Host, ...]:
    """One host for a personal link, all for the others; own hours where they count, one in sixteen broken."""
    found = []
    for number, (busy, optional, health, caps, *own) in enumerate(
        plans[:1] if link.kind == "personal" else plans
    ):
        hours = own[0].near(day, own[1]) if own else link.hours
        wanted = link.kind == "group" and optional == 3
        found.append(Host(f"host{number}", hours, busy_from(start, busy), wanted, health < 15, *caps))
    return tuple(found)


booking_plans = st.lists(
    st.tuples(
        st.integers(0, 2 * STEPS_A_DAY) | st.integers(-7 * STEPS_A_DAY, 11 * STEPS_A_DAY),
        st.sampled_from((3, 6, 12, 18)),
        st.integers(1, 31),
        buffers,
        buffers,
        st.booleans(),
    ),
    max_size=4,
)


def bookings_from(start: int, hosts: tuple[Host, ...], plans: list[tuple[Any, ...]]) -> tuple[Booking, ...]:
    """Bookings on five-minute marks, within a week of the query, of some hosts or of one who has left."""
    found = []
    for first, lasts, who, before, after, on_this_link in plans:
        host_ids = tuple(host.id for bit, host in enumerate(hosts) if who >> bit & 1) or (GONE,)
        begin = (start // STEP + first) * STEP
        found.append(Booking(host_ids, begin, begin + lasts * STEP, before, after, on_this_link))
    return tuple(found)


# The question

zones = st.sampled_from(ZONES)
choices = st.integers(0, 999)
first_steps = st.integers(-STEPS_A_DAY, STEPS_A_DAY // 2)
stray_seconds = st.sampled_from((0, 0, 0, 60, 299))
lengths = st.integers(1, 4)
moments = st.integers(-2 * DAY, DAY)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A question about one to four days, often with a change of offset in one of the zones among them."""
    timezone = draw(zones)
    days = days_to_ask_about(draw(zones) if draw(st.booleans()) else timezone)
    start = epoch(days[draw(choices) % len(days)]) + STEP * draw(first_steps) + draw(stray_seconds)
    day = datetime.fromtimestamp(start, UTC).date()
    link = link_near(day, draw(hours_plans).near(day, timezone), draw(terms), draw(booking_windows))
    hosts = hosts_near(day, start, link, draw(host_plans[link.hours_source]))
    bookings = bookings_from(start, hosts, draw(booking_plans))
    return Case(start + draw(moments), link, hosts, start, start + DAY * draw(lengths), bookings)
