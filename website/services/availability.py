"""The one answer to "what may be booked?": page, API, booking and *why not?* all ask here (R11)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, SelectBase, bindparam, select, union_all

from ..extensions import db
from ..models import Booking, BookingHost, Link, LinkHost
from ..models.booking import CONFIRMED
from ..scheduling.hours import Hours, local_days, window_of_dates
from ..scheduling.kinds import LINK_KINDS
from ..scheduling.pool import Owner, Pool, any_colleague, choose_pool, colleagues
from ..scheduling.slots import Cap, HostTime, Offer, Question, Terms, booking_dates, offer
from ..scheduling.timeline import STEPS_A_DAY, Window, bits, first_bit, step_before, steps_in
from .busy import BY_CALENDAR, busy_masks
from .contact import NOBODY, Visitor
from .hosts import Host, host_of, hosts_of_link
from .ownership import heeds_owner

WEEK = 7 * STEPS_A_DAY
LONGEST = 2 * STEPS_A_DAY
FAR_DAYS = 400
OWN_HOURS = "hosts"


@dataclass(frozen=True, slots=True)
class Scene:
    """A link as it stands at `now`: its terms for one duration, its hosts, and the pool for one visitor.

    `apart_from` is a booking that is not in its own way, and `beside` where its events are not either (R4); `leaves` is
    when it begins now, which is no other time (R35). `visitor` is who asks.
    """

    link: Link
    now: datetime
    terms: Terms
    hosts: Sequence[Host]
    pool: Pool
    apart_from: int | None = None
    beside: BY_CALENDAR = field(default_factory=dict)
    leaves: datetime | None = None
    visitor: Visitor = NOBODY

    @property
    def looked_up(self) -> bool:
        """Whether the pool depends on an address. Then everything takes the same work whoever owns the contact, and
        whether there is one: an answer's time tells nothing of the address (R22)."""
        return self.visitor.email is not None and heeds_owner(self.link)

    @property
    def pooled(self) -> list[Host]:
        """The hosts of the pool, in the link's order."""
        inside = set(self.pool.host_ids)
        return [host for host in self.hosts if host.id in inside]

    def for_pool(self, pool: Pool) -> "Scene":
        """The same scene with another pool."""
        return replace(self, pool=pool)


def scene_of(link: Link, *, visitor: Visitor, duration: int, now: datetime) -> Scene:
    """What decides about slots of `duration` minutes of this link for this visitor."""
    hosts = hosts_of_link(link.id, now, own_hours=link.hours_source == OWN_HOURS)
    pool = choose_pool(
        LINK_KINDS[link.kind],
        [host.candidate for host in hosts],
        owner_first=link.owner_first,
        owner=_owner(visitor, hosts, now) if heeds_owner(link) else None,
        identified=visitor.email is not None,
    )
    return Scene(link, now, terms_of(link, duration), hosts, pool, visitor=visitor)


def _owner(visitor: Visitor, hosts: Sequence[Host], now: datetime) -> Owner | None:
    """The contact's owner. Somebody is read in any case, a host of the link or not: it takes as long without (R22)."""
    if visitor.email is None or not hosts:
        return None
    found = host_of(hosts[0].id if visitor.owner_id is None else visitor.owner_id, now)
    return Owner(found.id, found.standing) if found and visitor.owner_id is not None else None


def terms_of(link: Link, duration: int) -> Terms:
    """The link's rules for slots of `duration` minutes."""
    return Terms(
        hours=_hours(link.timezone, _frozen(link.hours), _frozen(link.overrides)),
        increment=link.increment or duration,
        duration=duration,
        everyone=LINK_KINDS[link.kind].needs == "all",
        own_hours=link.hours_source == OWN_HOURS,
        notice=link.notice_minutes,
        window_days=link.window_days,
        first_on=link.window_from,
        last_on=link.window_to,
        buffer_before=link.buffer_before,
        buffer_after=link.buffer_after,
        cap=Cap(link.max_per_day, link.max_per_week),
        host_cap=Cap(link.max_per_day_per_host, link.max_per_week_per_host),
    )


def _frozen(hours: dict[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((day, tuple(texts)) for day, texts in hours.items())


@lru_cache(maxsize=1024)
def _hours(timezone: str, weekly: Any, overrides: Any) -> Hours:
    return Hours.read(timezone, dict(weekly), dict(overrides))


def offer_in(scene: Scene, asked: Window) -> Offer:
    """The slots that start in `asked`: the only function that says what is offered."""
    window = asked.widened(scene.terms.margin)
    everybody = scene.hosts if scene.looked_up else None
    answer = offer(question_of(scene, window, everybody), scene.pool.host_ids)
    inside = window.span(asked.start, asked.end)
    if scene.leaves is not None:
        inside &= ~window.span(step_before(scene.leaves), step_before(scene.leaves) + 1)
    return Offer(
        window, answer.starts & inside, {host: mask & inside for host, mask in answer.by_host.items()}
    )


def question_of(scene: Scene, window: Window, of: Sequence[Host] | None = None) -> Question:
    """What is known in `window` of the pool's time, or of other hosts', as the rules ask for it."""
    hosts, optional = scene.pooled if of is None else of, LINK_KINDS[scene.link.kind].optional_hosts
    busy = busy_masks(hosts, window, scene.beside)
    booked = _booked_masks(scene, window)
    capped = _starts_for_caps(scene, window)
    times = [
        HostTime(
            host.id,
            host.standing,
            host.optional and optional,
            host.hours,
            busy[host.id],
            booked.get(host.id, 0),
            tuple(start for user, _, start in capped if user == host.id) if capped else (),
            host.cap and host.cap.over(scene.terms.host_cap),
        )
        for host in hosts
    ]
    each_once = {booking: start for _, booking, start in capped}
    return Question(scene.terms, times, window, scene.now, tuple(each_once.values()))


_part, _member = BookingHost.__table__, LinkHost.__table__
_ON_LINK = select(_member.c.user_id).where(_member.c.link_id == bindparam("link"))
_AT_BOOKING = select(_part.c.user_id).where(_part.c.booking_id == bindparam("apart"))


def _occupied_of(hosts: SelectBase) -> Select[Any]:
    return select(_part.c.user_id, _part.c.occupied_from, _part.c.occupied_until).where(
        _part.c.user_id.in_(hosts),
        _part.c.active,
        _part.c.occupied_from < bindparam("end"),
        _part.c.occupied_from > bindparam("earliest"),
        _part.c.occupied_until > bindparam("start"),
        _part.c.booking_id != bindparam("apart"),
    )


_OCCUPIED = _occupied_of(_ON_LINK)
# Hosts of a booking that is moved may have left its link.
_OCCUPIED_IN_A_MOVE = _occupied_of(union_all(_ON_LINK, _AT_BOOKING))


def _booked_masks(scene: Scene, window: Window) -> dict[int, int]:
    """What other bookings occupy, whatever their link, of the hosts of this link and of the booking apart (R4)."""
    moves = scene.apart_from is not None
    asked = {
        "link": scene.link.id,
        "start": window.start,
        "end": window.end,
        "earliest": window.start - LONGEST,
        "apart": scene.apart_from if moves else -1,
    }
    masks: dict[int, int] = {}
    for user_id, start, end in db.session.execute(_OCCUPIED_IN_A_MOVE if moves else _OCCUPIED, asked):
        masks[user_id] = masks.get(user_id, 0) | window.span(start, end)
    return masks


def _starts_for_caps(scene: Scene, window: Window) -> list[tuple[int, int, int]]:
    """`(user, booking, first step)` of the link's confirmed bookings in the weeks of the window (R9)."""
    terms = scene.terms
    if terms.cap == terms.host_cap == Cap() and not any(host.cap for host in scene.hosts):
        return []
    rows = (
        select(BookingHost.user_id, Booking.id, Booking.start_at)
        .join(Booking, Booking.id == BookingHost.booking_id)
        .where(
            Booking.link_id == scene.link.id,
            Booking.state == CONFIRMED,
            Booking.start_at >= window.instant(-WEEK),
            Booking.start_at < window.instant(window.length + WEEK),
        )
    )
    if scene.apart_from is not None:
        rows = rows.where(Booking.id != scene.apart_from)
    return [(user, booking, step_before(start)) for user, booking, start in db.session.execute(rows)]


@dataclass(frozen=True, slots=True)
class Slots:
    """What a visitor is shown: `starts` (aware, UTC), and with a colleague, sooner (R20)."""

    scene: Scene
    starts: list[datetime]
    with_colleague: list[datetime]


def offered_slots(scene: Scene, timezone: str, first: date, last: date) -> Slots:
    """The slots that start on the dates from `first` to `last`, both included, of the visitor's `timezone`.

    The instants are the same whatever the zone (R10); it only says which dates are meant.
    """
    window = window_of_dates(timezone, first, last)
    own = offer_in(scene, window)
    sooner = sooner_with_colleague(scene, window)
    return Slots(scene, starts_of(own), starts_of(sooner) if sooner else [])


def starts_of(answer: Offer) -> list[datetime]:
    """The starts of an offer as aware UTC datetimes, ascending."""
    return [answer.window.instant(bit) for bit in bits(answer.starts)]


def booking_window(scene: Scene) -> Window | None:
    """All dates on which a slot may start (R3), `FAR_DAYS` ahead at most; None where there is none."""
    first, last = booking_dates(scene.terms, scene.now)
    last = min(last, scene.now.date() + timedelta(days=FAR_DAYS))
    return window_of_dates(scene.terms.hours.timezone, first, last) if first <= last else None


def next_start(scene: Scene, after: datetime) -> datetime | None:
    """The first slot that starts at `after` or later in the whole booking window, None when there is none."""
    whole = booking_window(scene)
    if whole is None:
        return None
    start = max(whole.start, step_before(after))
    for length in (35 * STEPS_A_DAY, whole.length):
        left = whole.end - start
        if left <= 0:
            return None
        window = Window(start, min(length, left))
        found = first_bit(offer_in(scene, window).starts)
        if found is not None:
            return window.widened(scene.terms.margin).instant(found)
        start = window.end
    return None


def sooner_with_colleague(scene: Scene, asked: Window) -> Offer | None:
    """R20's option: colleagues' slots before the owner's first one when that is too many days away."""
    days = scene.link.owner_fallback_days
    if not days or not scene.looked_up:
        return None
    first = next_start(scene, scene.now)
    found = offer_in(scene_with_colleagues(scene), asked)
    if not scene.pool.owner_alone or (first is not None and first - scene.now <= timedelta(days=days)):
        return None
    if first is None:
        return found
    before = found.window.span(found.window.start, step_before(first))
    return Offer(
        found.window, found.starts & before, {host: mask & before for host, mask in found.by_host.items()}
    )


def scene_with_colleagues(scene: Scene) -> Scene:
    """The scene of the second list, where the contact's owner decides about the first (R20); else of all hosts."""
    hosts = [host.candidate for host in scene.hosts]
    return scene.for_pool(colleagues(scene.pool, hosts) if scene.pool.owner_alone else any_colleague(hosts))


def offer_at(scene: Scene, start_at: datetime) -> tuple[Scene, Offer]:
    """The offer around one start, and the scene whose pool makes it: the visitor's own, else colleagues (R20)."""
    step = Window(step_before(start_at), 1)
    own = offer_in(scene, step)
    if own.offers(start_at):
        return scene, own
    sooner = sooner_with_colleague(scene, step)
    if sooner and sooner.offers(start_at):
        return scene_with_colleagues(scene), sooner
    return scene, own


def days_with_slots(starts: int, window: Window, timezone: str) -> dict[date, int]:
    """How many of the starts lie on each date of the visitor's zone."""
    counts: dict[date, int] = {}
    for day in local_days(timezone, window):
        count = (starts >> day.low & ((1 << day.high - day.low) - 1)).bit_count()
        if count:
            counts[day.on] = counts.get(day.on, 0) + count
    return counts


def occupied_steps(terms: Terms, start_at: datetime) -> tuple[int, int]:
    """The steps `[from, until)` that a booking at `start_at` occupies, buffers included (R4)."""
    start = step_before(start_at)
    return start - steps_in(terms.buffer_before), start + steps_in(terms.duration + terms.buffer_after)
