"""A small team whose bookings live through everything, and what must be true of them at any time."""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from tests.diary import Diary, link_diary
from tests.factories import NOW, make_link, make_organisation, make_user
from website.extensions import db
from website.ical.feed import BusyEvent
from website.models import Booking, BookingHost, CalendarAccount, Claim, Link, Message, User
from website.models.booking import CONFIRMED
from website.models.message import DONE, DROPPED, WAITING
from website.providers.calendars.records import Account, Reading
from website.scheduling.timeline import instant_of, step_after, step_before
from website.services.availability import offered_slots, scene_of
from website.services.calendar import refresh
from website.services.contact import NOBODY
from website.services.event_look import look_due
from website.services.outbox import deliver_due
from website.services.worker import work_once

NAMES = ("Ana", "Ben", "Cem")
HOUR = timedelta(hours=1)
TOLD_OF_A_CHANGE = ("booking_confirmed", "booking_changed", "booking_cancelled")


class OpenDiary(Diary):
    """A diary that tells of the bookings' own events too, as real calendars do; `failure` is by its user's address."""

    def read_busy(
        self, account: Account, window_start: datetime, window_end: datetime, deadline_seconds: float
    ) -> Reading:
        self._answer(account)
        return Reading({name: self.busy.get(name, []) + self._ours(name) for name in account.calendars})

    def _ours(self, calendar: str) -> list[BusyEvent]:
        return [
            BusyEvent(placed.start, placed.end, uid=placed.ref.key)
            for (name, _), placed in self.events.items()
            if name == calendar
        ]


@dataclass
class Team:
    """The hosts by name and their links by kind."""

    hosts: dict[str, User]
    links: dict[str, Link]


def make_team() -> Team:
    """Three hosts with a diary each; a personal, a group and a round-robin link over them."""
    make_organisation()
    hosts = {}
    for name in NAMES:
        email = f"{name.lower()}@acme.example"
        hosts[name] = make_user(
            name, calendar=False, email=email, role="admin" if name == "Ana" else "member"
        )
        link_diary(hosts[name], NOW)
    ana, ben, cem = hosts.values()
    links = {
        "personal": make_link("personal", hosts=[ana], reminders=[60]),
        "group": make_link("group", hosts=[ana, ben], buffer_before=10, durations=[60]),
        "round_robin": make_link(
            hosts=[ana, ben, cem],
            buffer_after=15,
            reminders=[1440, 60],
            any_colleague=True,
            rotation="balanced",
        ),
    }
    db.session.commit()
    return Team(hosts, links)


def settle(diary: Diary, now: datetime) -> datetime:
    """Everything answers, and the worker has all the time it wants; returns when that was."""
    diary.failure.clear()
    for _ in range(4):
        now += 2 * HOUR
        read_all(now)
        deliver(now)
    return now


def deliver(now: datetime) -> None:
    """What the worker does about bookings; calendars are read by `read_all`."""
    work_once(now, (deliver_due, look_due))
    db.session.expire_all()


def read_all(now: datetime) -> None:
    """Reads every account now."""
    refresh(list(db.session.scalars(select(CalendarAccount.id))), now)


def check_nobody_is_booked_twice() -> None:
    """R30: what a host's bookings occupy, buffers included, never overlaps, and the claims say the same."""
    active = list(
        db.session.execute(
            select(BookingHost.user_id, BookingHost.occupied_from, BookingHost.occupied_until, Booking)
            .join(Booking)
            .where(BookingHost.active, Booking.state == CONFIRMED)
            .order_by(BookingHost.user_id, BookingHost.occupied_from)
        )
    )
    for (user, _, until, _), (next_user, start, _, _) in itertools.pairwise(active):
        assert user != next_user or until <= start, "two bookings of one host overlap"
    steps = {(user, step) for user, start, until, _ in active for step in range(start, until)}
    claimed = [(row[0], row[1]) for row in db.session.execute(select(Claim.host_id, Claim.step))]
    assert set(claimed) == steps
    for _, start, until, booking in active:
        link = booking.link
        assert start <= step_before(booking.start_at - timedelta(minutes=link.buffer_before))
        assert until >= step_after(booking.end_at + timedelta(minutes=link.buffer_after))


def check_invitee_hears_once(booking: Booking, sequences: Sequence[int]) -> None:
    """R34: one mail to the invitee about the booking and about each change, whatever it took."""
    told = db.session.scalars(
        select(Message).where(Message.booking_id == booking.id, Message.kind.in_(TOLD_OF_A_CHANGE))
    )
    about = sorted(message.payload["sequence"] for message in told if message.payload["to"] == booking.email)
    assert about == sorted(sequences)


def check_reminders(booking: Booking) -> None:
    """R37: those that wait are of the booking as it stands, before it starts, and none of one that is off."""
    waiting = select(Message).where(
        Message.booking_id == booking.id, Message.kind == "reminder", Message.state == WAITING
    )
    for reminder in db.session.scalars(waiting):
        assert booking.confirmed
        assert reminder.payload["sequence"] == booking.sequence
        assert reminder.due_at < booking.start_at
        assert reminder.expires_at is not None
        assert reminder.expires_at <= booking.start_at


def check_events(diary: Diary, apart_from: Collection[int]) -> None:
    """R34: once all is delivered, one event in each host's calendar for a booking that is on, none otherwise.
    `apart_from` are bookings whose events somebody dragged about, unless they are yet to come."""
    left_out = {
        booking.uid for booking in db.session.scalars(select(Booking).where(Booking.id.in_(apart_from)))
    }
    wanted = sorted(
        (host.user.email, booking.uid, booking.start_at, booking.end_at)
        for booking in db.session.scalars(select(Booking).where(Booking.state == CONFIRMED))
        for host in booking.hosts
        if booking.uid not in left_out
    )
    stands = sorted(
        (calendar, placed.ref.key, placed.start, placed.end)
        for (calendar, _), placed in diary.events.items()
        if placed.ref.key not in left_out
    )
    assert stands == wanted


def check_was_free(booking: Booking, diary: Diary, only: int | None = None) -> None:
    """R4, R31: nothing else stood in the calendars of the hosts who answered, at the time that they were given."""
    for part in booking.hosts:
        email = part.user.email
        if email in diary.failure or (only is not None and part.user_id != only):
            continue
        start, end = instant_of(part.occupied_from), instant_of(part.occupied_until)
        assert not any(event.start < end and start < event.end for event in diary.busy.get(email, []))


def offered(link: Link, around: datetime, now: datetime) -> list[datetime]:
    """What the link's page shows on the day of an instant."""
    scene = scene_of(link, visitor=NOBODY, duration=link.durations[0], now=now)
    return offered_slots(scene, "UTC", around.date(), around.date()).starts


def check_nothing_is_left(now: datetime) -> None:
    """R32: nothing waits any more, and nothing failed."""
    left = select(Message.kind, Message.state, Message.error).where(
        Message.due_at <= now, Message.state.not_in([DONE, DROPPED])
    )
    assert list(db.session.execute(left)) == []
