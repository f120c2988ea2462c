"""Who would have been free for a booking of the past, by what is still known: a guess, and said to be one (R24).

Calendars outside keep little of the past, and hours and caps are those of today.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from ..extensions import db
from ..models import Booking, BookingHost, Link
from ..scheduling.slots import HOST_RULES
from ..scheduling.timeline import Window, step_before
from .availability import LONGEST, question_of, scene_of
from .change import minutes_of
from .contact import NOBODY
from .hosts import Host, hosts_of


class Guesses:
    """Free times of some users around the bookings of a link; read once, when first asked for."""

    def __init__(
        self, link: Link, user_ids: Collection[int], bookings: Sequence[Booking], now: datetime
    ) -> None:
        self._link, self._user_ids, self._bookings, self._now = link, list(user_ids), bookings, now
        self._starts: dict[int, tuple[Window, dict[int, int]]] = {}
        self._hosts: list[Host] | None = None

    def free(self, booking: Booking, of: frozenset[int]) -> frozenset[int]:
        """Who of these users could have met at the booking's time."""
        if not of:
            return of
        duration = minutes_of(booking)
        if duration not in self._starts:
            self._starts[duration] = self._free_starts(duration)
        window, starts = self._starts[duration]
        bit = step_before(booking.start_at) - window.start
        return frozenset(user for user in of if starts.get(user, 0) >> bit & 1)

    def _free_starts(self, duration: int) -> tuple[Window, dict[int, int]]:
        if self._hosts is None:
            self._hosts = hosts_of(self._user_ids, self._now)
        scene = scene_of(self._link, visitor=NOBODY, duration=duration, now=self._now)
        steps = [step_before(booking.start_at) for booking in self._bookings]
        window = Window(min(steps), max(steps) - min(steps) + 1).widened(scene.terms.margin)
        question = question_of(scene, window, self._hosts)
        booked, found = self._booked(window), {}
        for time in question.hosts:
            mask, known = window.mask, time._replace(booked=booked[time.host_id])
            for rule in HOST_RULES:
                mask &= rule.allowed(question, known)
            found[time.host_id] = mask
        return window, found

    def _booked(self, window: Window) -> dict[int, int]:
        """What bookings of any link occupy, of whoever is on this link or not."""
        masks: defaultdict[int, int] = defaultdict(int)
        rows = select(BookingHost.user_id, BookingHost.occupied_from, BookingHost.occupied_until).where(
            BookingHost.user_id.in_(self._user_ids),
            BookingHost.active,
            BookingHost.occupied_from > window.start - LONGEST,
            BookingHost.occupied_from < window.end,
        )
        for user_id, start, end in db.session.execute(rows):
            masks[user_id] |= window.span(start, end)
        return masks
