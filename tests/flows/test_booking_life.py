"""Bookings are made, moved, handed over, declined and called off while calendars break, events are dragged about and
clocks jump; after each step nobody is booked twice and everybody heard once of each change."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from tests.conftest import BASE
from tests.diary import diaries
from tests.factories import NOW
from tests.flows.life import (
    HOUR,
    NAMES,
    OpenDiary,
    Team,
    check_events,
    check_invitee_hears_once,
    check_nobody_is_booked_twice,
    check_nothing_is_left,
    check_reminders,
    check_was_free,
    deliver,
    make_team,
    offered,
    read_all,
    settle,
)
from tests.peers.postgres import Postgres
from website import create_app
from website.extensions import db
from website.ical.feed import BusyEvent
from website.models import Booking, BookingEvent
from website.providers.calendars.errors import CalendarUnreachable
from website.services import event_finding
from website.services.booking import book
from website.services.booking_request import Request
from website.services.cancellation import cancel, cancel_by_host
from website.services.decline import decline
from website.services.errors import Refused
from website.services.event_look import look_due
from website.services.handover import hand_over
from website.services.reschedule import reschedule

pytestmark = [pytest.mark.fault(7), pytest.mark.fault(8)]

KINDS = ("personal", "group", "round_robin")
HALF_HOURS = st.integers(min_value=0, max_value=47)
HOSTS = st.sampled_from(NAMES)


@dataclass
class Known:
    """What the outside knows of a booking: its UID, and the SEQUENCE of each change that it heard of."""

    uid: str
    sequences: list[int] = field(default_factory=lambda: [0])


class BookingLife(RuleBasedStateMachine):
    """`fresh` gives the address of an empty database."""

    fresh: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[int, Known] = {}
        self.disturbed: set[int] = set()
        self.now, self.numbers = NOW, count(1)
        self.stack = ExitStack()
        app = create_app(replace(BASE, database_url=self.fresh()))
        self.stack.enter_context(app.app_context())
        self.diary: OpenDiary = self.stack.enter_context(diaries(OpenDiary()))
        self.team: Team = make_team()

    def teardown(self) -> None:
        """Whatever happened: once all is well again, calendars and mails say what the bookings say."""
        try:
            self._end_well()
        finally:
            db.session.remove()
            db.engine.dispose()
            self.stack.close()

    # What people do.

    @rule(kind=st.sampled_from(KINDS), half_hour=HALF_HOURS, email=st.sampled_from(("dana", "eve")))
    def somebody_books(self, kind: str, half_hour: int, email: str) -> None:
        link, start = self.team.links[kind], self._time(half_hour)
        request = Request(
            start, duration=link.durations[0], timezone="Europe/London", name=email.title(),
            email=f"{email}@prospect.example", nonce=f"n{next(self.numbers)}",
        )  # fmt: skip
        promised = start in offered(link, start, self.now)
        try:
            booking = book(link, request, now=self.now)
        except Refused:
            db.session.rollback()
            return
        assert promised, "what was not offered was booked"
        self.known[booking.id] = Known(booking.uid)
        check_was_free(booking, self.diary)
        assert book(link, request, now=self.now).id == booking.id

    @precondition(lambda self: self.known)
    @rule(which=st.integers(0), half_hour=HALF_HOURS, invitee=st.booleans(), anybody=st.booleans())
    def somebody_reschedules(self, which: int, half_hour: int, invitee: bool, anybody: bool) -> None:
        booking = self._pick(which)
        by = None if invitee else booking.hosts[0].user
        anybody = anybody and booking.link.any_colleague
        start, before = self._time(half_hour), booking.start_at

        def work() -> None:
            reschedule(
                booking.id, start, by=by, any_host=anybody, nonce=f"n{next(self.numbers)}", now=self.now
            )

        if self._changes(booking, work, unless=start == before):
            assert booking.start_at == start
            if start != before:
                check_was_free(booking, self.diary)

    @precondition(lambda self: self.known)
    @rule(which=st.integers(0), invitee=st.booleans())
    def somebody_cancels(self, which: int, invitee: bool) -> None:
        booking = self._pick(which)
        on, host = booking.confirmed, booking.hosts[0].user

        def work() -> None:
            if invitee:
                cancel(booking.token, reason="ill", now=self.now)
            else:
                cancel_by_host(booking.id, reason="ill", by=host, now=self.now)

        if self._changes(booking, work, unless=not on):
            assert not booking.confirmed
            self.disturbed.discard(booking.id)

    @precondition(lambda self: self.known)
    @rule(which=st.integers(0), to=HOSTS)
    def a_host_hands_over(self, which: int, to: str) -> None:
        booking, ana = self._pick(which), self.team.hosts["Ana"]
        goes, comes = booking.hosts[0].user_id, self.team.hosts[to].id

        def work() -> None:
            hand_over(booking.id, comes, from_user_id=goes, by=ana, now=self.now)

        if self._changes(booking, work):
            assert comes in [host.user_id for host in booking.hosts]
            check_was_free(booking, self.diary, only=comes)

    @precondition(lambda self: self.known)
    @rule(which=st.integers(0))
    def a_host_declines(self, which: int) -> None:
        booking = self._pick(which)
        decliner, start = booking.hosts[0].user, booking.start_at

        def work() -> None:
            decline(booking.id, by=decliner, reason="double booked", now=self.now)

        if self._changes(booking, work):
            assert booking.hosts[0].user_id != decliner.id
            assert booking.start_at == start
            check_was_free(booking, self.diary)

    # What the world does.

    @rule(name=HOSTS, half_hour=HALF_HOURS)
    def a_calendar_fills(self, name: str, half_hour: int) -> None:
        start, email = self._time(half_hour), self.team.hosts[name].email
        event = BusyEvent(start, start + HOUR, uid=f"foreign{next(self.numbers)}")
        self.diary.busy.setdefault(email, []).append(event)

    @precondition(lambda self: self.diary.events)
    @rule(which=st.integers(0), hours=st.sampled_from((None, -2, 1, 24)))
    def an_event_is_dragged_or_deleted(self, which: int, hours: int | None) -> None:
        place = sorted(self.diary.events)[which % len(self.diary.events)]
        placed = self.diary.events[place]
        booking = db.session.scalars(select(Booking).where(Booking.uid == placed.ref.key)).one()
        self.disturbed.add(booking.id)
        if hours is None:
            del self.diary.events[place]
        else:
            by = timedelta(hours=hours)
            self.diary.events[place] = replace(placed, start=placed.start + by, end=placed.end + by)

    @precondition(lambda self: self.disturbed)
    @rule(which=st.integers(0), decision=st.sampled_from(("keep", "move", "cancel")))
    def a_host_decides_about_an_odd_event(self, which: int, decision: str) -> None:
        self._look_twice()
        found = self._findings()
        if not found:
            return
        event = found[which % len(found)]
        booking = event.booking
        decide, host = getattr(event_finding, decision), booking.hosts[0].user
        if self._changes(booking, lambda: decide(event.id, by=host, now=self.now), unless=decision == "keep"):
            assert booking.confirmed == (decision != "cancel")

    @rule(name=HOSTS)
    def a_calendar_breaks(self, name: str) -> None:
        self.diary.failure[self.team.hosts[name].email] = CalendarUnreachable("It does not answer.")

    @rule()
    def all_calendars_work_again(self) -> None:
        self.diary.failure.clear()
        read_all(self.now)

    @rule(minutes=st.sampled_from((1, 30, 600, 1440, -60, -1440)))
    def the_clock_jumps(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        if minutes > 0:
            read_all(self.now)

    @rule()
    def the_worker_works(self) -> None:
        for _ in range(2):
            deliver(self.now)
            self.now += timedelta(minutes=2)

    # What must be true after each step.

    @invariant()
    def nobody_is_booked_twice(self) -> None:
        check_nobody_is_booked_twice()

    @invariant()
    def everybody_heard_once(self) -> None:
        for booking in self._bookings():
            known = self.known[booking.id]
            assert booking.uid == known.uid
            assert booking.sequence == known.sequences[-1]
            check_invitee_hears_once(booking, known.sequences)
            check_reminders(booking)
        db.session.rollback()

    # How it is done.

    def _time(self, half_hour: int) -> datetime:
        """A half hour of today's or tomorrow's office hours, where all meetings crowd."""
        day, slot = divmod(half_hour, 24)
        return self.now.replace(hour=7, minute=0, second=0) + timedelta(days=day, minutes=30 * slot)

    def _bookings(self) -> list[Booking]:
        return list(db.session.scalars(select(Booking).order_by(Booking.id)))

    def _pick(self, which: int) -> Booking:
        bookings = self._bookings()
        return bookings[which % len(bookings)]

    def _changes(self, booking: Booking, work: Callable[[], Any], *, unless: bool = False) -> bool:
        """Whether `work` went through. Then, unless it changed nothing, the SEQUENCE rose by one; refused, nothing
        is other than before."""
        number, sequence = booking.id, booking.sequence
        try:
            work()
        except Refused:
            db.session.rollback()
            assert booking.sequence == sequence
            return False
        db.session.expire_all()
        if not unless:
            sequence += 1
            self.known[number].sequences.append(sequence)
        assert booking.sequence == sequence
        return True

    def _look_twice(self) -> None:
        for minutes in (15, 2):
            self.now += timedelta(minutes=minutes)
            for event in db.session.scalars(select(BookingEvent).where(BookingEvent.look_at.is_not(None))):
                event.look_at = self.now
            db.session.commit()
            look_due(self.now)
        db.session.expire_all()

    def _findings(self) -> list[BookingEvent]:
        return [
            event
            for event in db.session.scalars(select(BookingEvent).where(BookingEvent.found != ""))
            if event.booking.confirmed and event.booking.start_at > self.now
        ]

    def _end_well(self) -> None:
        self.diary.failure.clear()
        for _ in range(2):
            self._look_twice()
            for event in self._findings():
                event_finding.keep(event.id, by=event.booking.hosts[0].user, now=self.now)
        self.now = settle(self.diary, self.now)
        check_nobody_is_booked_twice()
        check_events(self.diary, apart_from=self.disturbed)
        check_nothing_is_left(self.now)


def run(fresh: Callable[[], str], examples: int, steps: int) -> None:
    """Lives through so many lives of so many steps."""
    machine = type("Life", (BookingLife,), {"fresh": staticmethod(fresh)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.rule("R30")
@pytest.mark.rule("R32")
@pytest.mark.rule("R35")
@pytest.mark.rule("R36")
def test_bookings_live_through_everything_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    numbers = count(1)

    def fresh() -> str:
        path = tmp_path / f"life{next(numbers)}.db"
        shutil.copyfile(sqlite_template, path)
        return f"sqlite:///{path}"

    run(fresh, examples=25, steps=25)


@pytest.mark.rule("R30")
def test_bookings_live_through_everything_on_postgresql(postgres: Postgres, postgres_template: str) -> None:
    run(lambda: str(postgres.new_database(postgres_template)), examples=8, steps=25)
